import NanoCore

/// What the gateway says.
enum LogView {
    static let columns = [
        Table.Column("time", 8), Table.Column("level", 8),
        Table.Column("from", 12, importance: 1),
        Table.Column("message", 30, flexible: true),
    ]

    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let lines = model.log
        let title = model.listTitle(
            "Log", shown: lines.count, of: model.shown.log.count,
            ever: model.shown.log.last?.id ?? 0)
        let follow = model.list(.log).isFollowing ? "▼ following" : "End follows"
        screen.rule(title, right: follow, in: rect)
        let rows = rect.split(top: 1).rest
        guard !lines.isEmpty else {
            model.drawEmpty("The gateway has said nothing yet.", in: rows, on: &screen)
            return
        }
        let table = Table(columns: columns)
        model.drawList(table, count: lines.count, in: rows, on: &screen) { index in
            row(lines[index])
        }
    }

    static func row(_ line: LogLine) -> [Table.Entry] {
        [
            Table.Entry(Numbers.clock(unixMilliseconds: line.unixMilliseconds), .dim),
            Table.Entry(line.level, style(line.level)),
            Table.Entry(SafeText.escaped(line.label), .dim),
            Table.Entry(SafeText.escaped(line.message)),
        ]
    }

    static func style(_ level: String) -> Style {
        switch level {
        case "critical", "error": .bad
        case "warning": .warning
        case "notice": .accent
        default: .dim
        }
    }
}
