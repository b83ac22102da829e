import NanoCore

/// The packets around the open one, as the view lists them.
enum RecordsPane {
    static func draw(
        _ record: PacketRecord, _ model: ConsoleModel, in rect: Rect, on screen: inout Screen
    ) {
        guard rect.height > 1 else { return }
        let records = model.records
        let place = records.firstIndex { $0.id == record.id }
        let count = Numbers.grouped(UInt64(records.count))
        PacketView.drawHead(
            model.view.title,
            right: place.map { "\(Numbers.grouped(UInt64($0 + 1))) of \(count)" }
                ?? "gone, of \(count)",
            isActive: model.detail.pane == .records, in: rect, on: &screen)
        let rows = rect.split(top: 1).rest
        let isRefused = record.refusal != nil
        let table = Table(columns: [
            Table.Column("time", 8),
            isRefused ? Table.Column("reason", 19) : Table.Column("device", 12, flexible: true),
            isRefused
                ? Table.Column("device", 10, importance: 1, flexible: true)
                : Table.Column("reading", 18, importance: 1, flexible: true),
        ])
        let window = model.list(model.view).window(
            count: records.count, index: place ?? model.cursor, rows: rows.height - 1)
        let entries = window.map { index in
            let row = records[index]
            let device = SafeText.name(row.deviceID ?? String(row.host))
            let time = Table.Entry(Numbers.clock(unixMilliseconds: row.unixMilliseconds), .dim)
            return isRefused
                ? [
                    time, Table.Entry(row.refusal?.reason.name ?? "accepted", .bad),
                    Table.Entry(device),
                ]
                : [
                    time, Table.Entry(device),
                    Table.Entry(SafeText.escaped(Reading.words(of: row)), .accent),
                ]
        }
        let selected = place.flatMap { window.contains($0) ? $0 - window.lowerBound : nil }
        table.draw(
            entries, selected: selected, marked: model.marked(window), in: rows, on: &screen)
    }
}
