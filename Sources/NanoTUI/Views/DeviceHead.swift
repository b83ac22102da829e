import NanoCore

/// How much a device has sent, how fast, what was refused, and the facts about it.
struct DeviceHead {
    /// Columns of a fact's name.
    private static let nameWidth = 11
    /// Columns of a fact where two stand beside each other.
    private static let halfWidth = 38

    private let device: DeviceSnapshot
    private let curve: DeviceCurve
    private let refusals: [PacketRecord]
    private let rows: [[DeviceFacts.Fact]]
    private let cellWidth: Int
    /// Whether the gateway counts what is refused of it.
    private let isCounted: Bool

    /// Rows that all of it takes.
    var height: Int { 3 + rows.count }

    init(
        _ device: DeviceSnapshot, of model: ConsoleModel, width: Int, isCounted: Bool = true
    ) {
        self.device = device
        self.isCounted = isCounted
        curve = model.deviceCurve
        let sent = DeviceRecords(of: DeviceName(device), in: model.shown)
        refusals = sent.all.filter { $0.refusal != nil }
        let facts = DeviceFacts.facts(of: device, newest: sent.accepted.last, in: model)
        let columns = max(1, width / Self.halfWidth)
        cellWidth = width / columns
        rows = Self.arranged(facts, cellWidth: cellWidth, columns: columns)
    }

    /// Facts beside each other; one that is too long for that has a row of its own.
    private static func arranged(
        _ facts: [DeviceFacts.Fact], cellWidth: Int, columns: Int
    ) -> [[DeviceFacts.Fact]] {
        var rows: [[DeviceFacts.Fact]] = []
        var isOpen = false
        for fact in facts {
            let text = SafeText.escaped(fact.text)
            let isLong = nameWidth + 2 + TextWidth.columns(of: text) > cellWidth
            if isOpen, !isLong, let last = rows.indices.last, rows[last].count < columns {
                rows[last].append(fact)
            } else {
                rows.append([fact])
            }
            isOpen = !isLong
        }
        return rows
    }

    func draw(in rect: Rect, on screen: inout Screen) {
        let shown = rows.prefix(max(0, rect.height - 3))
        let left = rows.dropFirst(shown.count).reduce(0) { $0 + $1.count }
        let room = min(History.seconds, max(0, rect.width - 39))
        let title = "\(device.model) \(SafeText.name(device.id))"
        screen.rule(
            title, right: left > 0 ? "+\(left) more" : past(room), in: rect)
        drawTotals(room, in: rect, on: &screen)
        for (row, facts) in shown.enumerated() {
            for (column, fact) in facts.enumerated() {
                let x = rect.x + 1 + column * cellWidth
                screen.put(fact.name, x: x, y: rect.y + 3 + row, style: .dim)
                let width =
                    (facts.count == 1 ? rect.width : cellWidth) - Self.nameWidth - 1
                screen.put(
                    TextWidth.fitted(fact.text, to: max(0, width)), x: x + Self.nameWidth,
                    y: rect.y + 3 + row, style: fact.style)
            }
        }
    }

    /// How far back the curve goes.
    private func past(_ room: Int) -> String {
        let seconds = min(room, curve.accepted.count)
        return seconds > 0 ? "curve of the last \(seconds) s" : ""
    }

    private func drawTotals(_ room: Int, in rect: Rect, on screen: inout Screen) {
        let totals: [(name: String, count: UInt64, rate: Double, style: Style)] = [
            ("accepted", device.accepted, device.packetsPerSecond, .good),
            (
                "refused", device.refused, curve.refusedPerSecond,
                device.refused > 0 ? .warning : .text
            ),
        ]
        for (row, total) in totals.enumerated() where row + 1 < rect.height {
            let y = rect.y + 1 + row
            screen.put(" \(total.name)", x: rect.x, y: y, style: .dim)
            let isKnown = row == 0 || isCounted
            screen.put(
                isKnown ? Numbers.grouped(total.count) : "–", endingAt: rect.x + 24, y: y,
                style: total.style)
            screen.put(
                isKnown ? "\(Numbers.rate(total.rate))/s" : "–", endingAt: rect.x + 36, y: y)
        }
        screen.put(
            Graph.sparkline(curve.accepted, width: room), x: rect.x + 38, y: rect.y + 1,
            style: Style(.graphLow))
        guard rect.height > 2 else { return }
        let x = screen.put("kept: ", x: rect.x + 38, y: rect.y + 2, style: .dim)
        reasons.draw(
            in: Rect(x: x, y: rect.y + 2, width: rect.x + rect.width - x - 1, height: 1),
            on: &screen)
    }

    /// Why frames with its name were refused, of those that are kept, most often first.
    private var reasons: Tally {
        var counts: [RefusalReason: UInt64] = [:]
        for record in refusals {
            if let reason = record.refusal?.reason { counts[reason, default: 0] += 1 }
        }
        let items = counts.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
            .map { Tally.Item(name: $0.key.name, count: Numbers.grouped($0.value)) }
        return Tally(items: items.isEmpty ? [Tally.Item(name: "none", count: "")] : items)
    }
}
