import NanoCore

/// One device: how it does, what it measures, and what it has sent of late.
enum DeviceDetailView {
    /// Rows that its packets get at least, with their title and head.
    private static let leastRecords = 5
    /// Rows that its values get at least, with their title and head.
    private static let leastValues = 3

    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        guard let device = model.devices.first else {
            return drawMissing(model, in: rect, on: &screen)
        }
        let isWide = rect.width >= 160 && rect.height >= 30 && !model.showsAllValues
        var main = rect
        if isWide { main.width = rect.width / 2 }
        let head = DeviceHead(device, of: model, width: main.width)
        let needed = max(1, model.deviceValues.series.count) + 2
        let records = isWide || model.showsAllValues ? 0 : leastRecords
        let headRows = min(
            head.height, main.height - records - min(needed, leastValues))
        let (top, below) = main.split(top: headRows)
        head.draw(in: top, on: &screen)
        let valueRows = records == 0 ? below.height : min(needed, below.height - records)
        let (values, rest) = below.split(top: valueRows)
        drawValues(model, in: values, on: &screen)
        if isWide {
            let x = rect.x + main.width + 1
            drawRecords(
                model,
                in: Rect(x: x, y: rect.y, width: rect.x + rect.width - x, height: rect.height),
                on: &screen)
        } else if records > 0 {
            drawRecords(model, in: rest, on: &screen)
        }
    }

    private static func drawMissing(
        _ model: ConsoleModel, in rect: Rect, on screen: inout Screen
    ) {
        screen.rule(model.device?.words ?? "Device", in: rect)
        guard !model.isWaitingForRows else { return }
        screen.put(
            "It has not been heard since the start of the gateway.", x: rect.x + 2, y: rect.y + 1,
            style: .dim)
    }

    // MARK: - Values

    private static func drawValues(
        _ model: ConsoleModel, in rect: Rect, on screen: inout Screen
    ) {
        let values = model.deviceValues
        let hidden = values.series.count - max(0, rect.height - 2)
        let parts = [
            values.packets > 0 ? "of \(Numbers.counted(UInt64(values.packets), "packet"))" : "",
            values.left > 0 ? "\(Numbers.grouped(UInt64(values.left))) numbers left out" : "",
            hidden > 0 ? "+\(hidden) more" : "",
        ]
        screen.rule(
            "Values", right: parts.filter { !$0.isEmpty }.joined(separator: " · "), in: rect)
        let rows = rect.split(top: 1).rest
        guard !values.series.isEmpty else {
            guard rows.height > 0 else { return }
            screen.put(
                "No telemetry of it is kept yet.", x: rows.x + 2, y: rows.y, style: .dim)
            return
        }
        table(values.series, width: rect.width).draw(
            values.series.map(row), selected: nil, in: rows, on: &screen)
    }

    private static func table(_ series: [DeviceValues.Series], width: Int) -> Table {
        func widest(_ text: (DeviceValues.Series) -> String) -> Int {
            series.map { TextWidth.columns(of: SafeText.escaped(text($0))) }.max() ?? 0
        }
        return Table(columns: [
            Table.Column("value", max(5, min(widest(\.name), width >= 90 ? 32 : 18))),
            Table.Column("unit", max(4, min(widest(\.unit), 8)), importance: 2),
            Table.Column("latest", 8, number: true),
            Table.Column("least", 8, number: true, importance: 3),
            Table.Column("mean", 8, number: true, importance: 4),
            Table.Column("largest", 8, number: true, importance: 3),
            .trace(10, importance: 1),
        ])
    }

    private static func row(_ series: DeviceValues.Series) -> [Table.Entry] {
        [
            Table.Entry(SafeText.escaped(series.name)),
            Table.Entry(series.unit.isEmpty ? "–" : SafeText.escaped(series.unit), .dim),
            Table.Entry(Numbers.measured(series.latest), .accent),
            Table.Entry(Numbers.measured(series.least), .dim),
            Table.Entry(Numbers.measured(series.mean), .dim),
            Table.Entry(Numbers.measured(series.largest), .dim),
            Table.Entry(curve: series.points),
        ]
    }

    // MARK: - Packets and refusals

    private static func drawRecords(
        _ model: ConsoleModel, in rect: Rect, on screen: inout Screen
    ) {
        let records = model.records
        let refused = records.count { $0.refusal != nil }
        let follow = model.list(.device).isFollowing ? "▼ following" : "End follows"
        screen.rule(
            model.listTitle("Packets", shown: records.count, of: records.count),
            right: (refused > 0 ? "\(refused) refused · " : "") + follow, in: rect)
        let rows = rect.split(top: 1).rest
        guard !records.isEmpty else {
            return model.drawEmpty(
                "No packet of it is kept; its next ones will be.", in: rows, on: &screen)
        }
        let table = Table(columns: [
            Table.Column("time", 8), Table.Column("", 1), Table.Column("verdict", 17),
            Table.Column("type", 9, importance: 3), Table.Column("level", 8, importance: 4),
            Table.Column("reading, or what is wrong", 26, importance: 1, flexible: true),
            Table.Column("bytes", 5, number: true, importance: 5),
            Table.Column("address", 21, importance: 6),
        ])
        model.drawList(table, count: records.count, in: rows, on: &screen) { row(records[$0]) }
    }

    private static func row(_ record: PacketRecord) -> [Table.Entry] {
        let header = FrameBounds(readingAt: 0, in: record.bytes.span)?.header
        let style: Style = record.refusal == nil ? .good : .bad
        let words = record.refusal.map { record.diagnosis ?? $0.words }
        return [
            Table.Entry(Numbers.clock(unixMilliseconds: record.unixMilliseconds), .dim),
            Table.Entry(record.refusal == nil ? "✓" : "✗", style),
            Table.Entry(record.refusal?.reason.name ?? "accepted", style),
            Table.Entry(header?.type.name ?? "–"), Table.Entry(header?.level.name ?? "–", .dim),
            Table.Entry(
                SafeText.escaped(words ?? Reading.words(of: record)),
                words == nil ? .accent : .text),
            Table.Entry(Numbers.grouped(UInt64(record.bytes.count)), .dim),
            Table.Entry(SafeText.escaped(record.address), .dim),
        ]
    }
}
