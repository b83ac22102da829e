import NanoCore

/// Devices that are not heard: those that wait for approval first.
enum RegistryView {
    static let columns = [
        Table.Column("standing", 8), Table.Column("device", 16, growing: true),
        Table.Column("model", 6, importance: 1),
        Table.Column("frames", 9, number: true, importance: 3),
        Table.Column("gen", 4, number: true, importance: 4),
        Table.Column("first seen", 10, number: true, importance: 2),
        Table.Column("last seen", 9, number: true),
        Table.Column("address", 21, importance: 1),
    ]

    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let registry = model.shown.registry
        let title = model.listTitle(
            "Not heard", shown: model.unheard.count, of: registry.rows.count)
        let forgotten =
            registry.forgotten > 0
            ? "\(Numbers.grouped(registry.forgotten)) had to make room · " : ""
        screen.rule(title, right: forgotten + summary(registry), in: rect)
        let rows = rect.split(top: 1).rest
        guard !model.unheard.isEmpty else {
            model.drawEmpty(
                registry.isClosed
                    ? "No device waits, and none was turned away."
                    : "No device was turned away. The registry is open: none has to wait.",
                in: rows, on: &screen)
            return
        }
        let table = Table(columns: columns)
        let now = model.shown.gateway.unixMilliseconds
        model.drawList(table, count: model.unheard.count, in: rows, on: &screen) { index in
            row(model.unheard[index], now)
        }
    }

    private static func row(_ row: RegistryRow, _ now: Int64) -> [Table.Entry] {
        let style: Style = row.standing == nil ? .warning : .blocked
        let isSeen = row.lastSeenUnixMilliseconds > 0
        func ago(_ time: Int64) -> String {
            isSeen ? Numbers.duration(Double(max(0, now - time)) / 1_000) : "–"
        }
        return [
            Table.Entry(row.stateName, style),
            Table.Entry(row.name.id.isEmpty ? "(no id)" : SafeText.name(row.name.id)),
            Table.Entry("\(row.name.model)", .dim),
            Table.Entry(isSeen ? Numbers.grouped(row.frames) : "–"),
            Table.Entry(isSeen ? "\(row.generation)" : "–", .dim),
            Table.Entry(ago(row.firstSeenUnixMilliseconds), .dim),
            Table.Entry(ago(row.lastSeenUnixMilliseconds)),
            Table.Entry(isSeen ? SafeText.escaped(row.address) : "–", .dim),
        ]
    }

    /// What a head says of the registry; empty where there is nothing to say.
    static func summary(_ registry: RegistrySnapshot) -> String {
        var parts: [String] = []
        if registry.waiting > 0 { parts.append("\(registry.waiting) wait") }
        if registry.blocked > 0 { parts.append("\(registry.blocked) blocked") }
        if registry.isClosed {
            parts.append("registry closed, \(Numbers.grouped(UInt64(registry.known))) known")
        }
        return parts.joined(separator: " · ")
    }
}
