import NanoCore

/// What was done to the gateway, by whom, newest first.
enum AuditRows {
    static let table = Table(columns: [
        Table.Column("time", 8), Table.Column("who", 10, importance: 1),
        Table.Column("by", 7, importance: 3), Table.Column("action", 18),
        Table.Column("target", 14, importance: 2), Table.Column("", 1),
        Table.Column("result", 12, flexible: true),
    ])

    static func row(_ entry: AuditSnapshot) -> [Table.Entry] {
        let (glyph, style) = mark(entry.result)
        return [
            Table.Entry(String(entry.time.dropFirst(11).prefix(8)), .dim),
            Table.Entry(SafeText.escaped(entry.user)), Table.Entry(entry.way, .dim),
            Table.Entry(SafeText.escaped(entry.action)),
            Table.Entry(SafeText.escaped(entry.target)),
            Table.Entry(glyph, style),
            Table.Entry(SafeText.escaped(sentence(entry)), style == .bad ? .bad : .text),
        ]
    }

    static func entries(of entry: AuditSnapshot) -> [SheetView.Entry] {
        let (glyph, style) = mark(entry.result)
        return [
            SheetView.Entry(name: "time", text: entry.time),
            SheetView.Entry(name: "who", text: "\(entry.user), by \(entry.way)"),
            SheetView.Entry(name: "action", text: entry.action),
            SheetView.Entry(name: "target", text: entry.target),
            SheetView.Entry(name: "result", text: "\(glyph) \(entry.result)", style: style),
            SheetView.Entry(name: "", text: entry.sentence),
        ]
    }

    private static func sentence(_ entry: AuditSnapshot) -> String {
        entry.sentence.isEmpty ? entry.result : entry.sentence
    }

    private static func mark(_ result: String) -> (String, Style) {
        switch result {
        case "done": ("✓", .good)
        case "failed": ("✗", .bad)
        default: ("◌", .warning)
        }
    }
}
