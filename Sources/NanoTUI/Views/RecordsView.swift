import NanoCore

/// The newest frames with their verdicts, live.
enum RecordsView {
    static func drawPackets(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let records = model.records
        let title = model.listTitle("Packets", shown: records.count, of: model.shown.packets.count)
        screen.rule(title, right: follow(model), in: rect)
        let rows = rect.split(top: 1).rest
        guard !records.isEmpty else {
            model.drawEmpty("No packet has been accepted yet.", in: rows, on: &screen)
            return
        }
        let table = Table(columns: [
            Table.Column("time", 8), Table.Column("model", 5, importance: 1),
            Table.Column("device", 14), Table.Column("type", 11, importance: 2),
            Table.Column("level", 8, importance: 3),
            Table.Column("reading", 22, importance: 1, flexible: true),
            Table.Column("bytes", 5, number: true, importance: 4),
            Table.Column("address", 21, importance: 5),
        ])
        model.drawList(table, count: records.count, in: rows, on: &screen) { index in
            let record = records[index]
            let header = FrameBounds(readingAt: 0, in: record.bytes.span)?.header
            return [
                Table.Entry(Numbers.clock(unixMilliseconds: record.unixMilliseconds), .dim),
                Table.Entry(record.model?.description ?? "–"),
                Table.Entry(SafeText.escaped(record.deviceID ?? "–")),
                Table.Entry(header?.type.name ?? "–"), Table.Entry(header?.level.name ?? "–", .dim),
                Table.Entry(reading(record), .accent), Table.Entry("\(record.bytes.count)", .dim),
                Table.Entry(SafeText.escaped(record.address), .dim),
            ]
        }
    }

    static func drawRejections(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let records = model.records
        let title = model.listTitle(
            "Rejections", shown: records.count, of: model.shown.rejections.count)
        screen.rule(title, right: follow(model), in: rect)
        let (counts, rest) = rect.split(top: 1).rest.split(top: 3)
        drawTally("", reasons(model), in: counts.split(top: 2).top, on: &screen)
        drawTally("of these:", senders(records), in: counts.split(bottom: 1).bottom, on: &screen)
        guard !records.isEmpty else {
            model.drawEmpty("Nothing has been refused yet.", in: rest, on: &screen)
            return
        }
        let table = Table(columns: [
            Table.Column("time", 8), Table.Column("reason", 17),
            Table.Column("model", 5, importance: 2), Table.Column("device", 12, importance: 1),
            Table.Column("what is wrong", 26, importance: 1, flexible: true),
            Table.Column("address", 21, importance: 4),
        ])
        model.drawList(table, count: records.count, in: rest, on: &screen) { index in
            let record = records[index]
            return [
                Table.Entry(Numbers.clock(unixMilliseconds: record.unixMilliseconds), .dim),
                Table.Entry(record.refusal?.reason.name ?? "", .bad),
                Table.Entry(record.model?.description ?? "–"),
                Table.Entry(SafeText.escaped(record.deviceID ?? "–")),
                Table.Entry(SafeText.escaped(record.diagnosis ?? record.refusal?.words ?? "")),
                Table.Entry(SafeText.escaped(record.address), .dim),
            ]
        }
    }

    /// How often each reason was given since the start, most often first.
    private static func reasons(_ model: ConsoleModel) -> [(name: String, count: String)] {
        let ledger = model.shown.ledger
        return RefusalReason.allCases.filter { ledger[$0] > 0 }
            .sorted { ledger[$0] > ledger[$1] }
            .map { reason in
                let rate = Numbers.rate(model.history.rate("reason/\(reason.name)"))
                return (reason.name, "\(Numbers.short(ledger[reason])) \(rate)/s")
            }
    }

    /// How many of those listed each device sent, most first; by address where none is known.
    private static func senders(_ records: [PacketRecord]) -> [(name: String, count: String)] {
        var counts: [String: Int] = [:]
        for record in records { counts[sender(record), default: 0] += 1 }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(20)
            .map { (TextWidth.fitted($0.key, to: 24), Numbers.short(UInt64($0.value))) }
    }

    private static func sender(_ record: PacketRecord) -> String {
        if let device = record.deviceID { return device }
        return record.address.lastIndex(of: ":").map { String(record.address[..<$0]) } ?? "–"
    }

    /// Draws names with their counts in the rows that there are; what does not fit whole is left out.
    private static func drawTally(
        _ title: String, _ tally: [(name: String, count: String)], in rect: Rect,
        on screen: inout Screen
    ) {
        guard !tally.isEmpty else { return }
        var (x, y) = (rect.x + 2, rect.y)
        if !title.isEmpty { x = screen.put(title, x: x, y: y, style: .dim) + 1 }
        for entry in tally {
            let width = TextWidth.columns(of: entry.name) + entry.count.count + 1
            if x + width > rect.x + rect.width {
                (x, y) = (rect.x + 2, y + 1)
            }
            guard y < rect.y + rect.height else { return }
            x = screen.put(entry.name, x: x, y: y, style: .dim) + 1
            x = screen.put(entry.count, x: x, y: y, style: .warning) + 3
        }
    }

    private static func follow(_ model: ConsoleModel) -> String {
        model.list(model.view).isFollowing ? "▼ following" : "End follows"
    }

    /// The measurement in a few words.
    private static func reading(_ record: PacketRecord) -> String {
        guard let bounds = FrameBounds(readingAt: 0, in: record.bytes.span) else { return "–" }
        return SafeText.escaped(
            CBORDiagnostic.line(record.bytes, bounds.payload, atMost: 200))
    }
}
