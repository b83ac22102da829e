import NanoCore

/// One device: how it does, what it measures, and what it has sent of late.
enum DeviceDetailView {
    /// Rows that its packets get at least, with their title and head.
    private static let leastRecords = 5
    /// Rows that they get before there are larger graphs.
    private static let manyRecords = 14
    /// Rows that its values get at least, with their title and head.
    private static let leastValues = 3

    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        guard let device = model.devices.first else {
            guard let row = model.unheardRow else {
                return drawMissing(model, in: rect, on: &screen)
            }
            return drawUnheard(row, model, in: rect, on: &screen)
        }
        let isWide =
            model.lasting.layout.split.putsPacketsBeside(in: rect) && !model.showsAllValues
        var main = rect
        if isWide { main.width = rect.width / 2 }
        let head = DeviceHead(device, of: model, width: main.width)
        let needed = max(1, model.deviceValues.series.count) + 2
        let records = isWide || model.showsAllValues ? 0 : leastRecords
        let headRows = min(
            head.height, main.height - records - min(needed, leastValues))
        let (top, below) = main.split(top: headRows)
        head.draw(in: top, on: &screen)
        // Where there are rows to spare, the values get some for larger graphs.
        let spare = max(0, below.height - needed - manyRecords)
        let graphs = min(spare / 4, model.deviceValues.series.count) * 4
        let valueRows =
            records == 0 ? below.height : min(needed + graphs, below.height - records)
        let (values, rest) = below.split(top: valueRows)
        DeviceValuesView.draw(model.deviceValues, in: values, on: &screen)
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

    /// A device that waits or is turned away: what is known of it, and its frames that are kept.
    private static func drawUnheard(
        _ row: RegistryRow, _ model: ConsoleModel, in rect: Rect, on screen: inout Screen
    ) {
        var device = DeviceSnapshot(model: row.name.model, id: row.name.id)
        device.refused = row.frames
        // The gateway counts frames of those that wait, and none of those that it was told about.
        let head = DeviceHead(
            device, of: model, width: rect.width, isCounted: row.lastSeenUnixMilliseconds > 0)
        let (top, below) = rect.split(top: min(head.height, rect.height - leastRecords))
        head.draw(in: top, on: &screen)
        drawRecords(model, in: below, on: &screen)
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
                model.unheardRow == nil
                    ? "No packet of it is kept; its next ones will be."
                    : "No frame of it is kept any more.", in: rows, on: &screen)
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
        let words = RefusalAccount(of: record)?.sentence
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
