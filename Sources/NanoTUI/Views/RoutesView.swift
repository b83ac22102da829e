import NanoCore

/// Where packets leave to, and whether they do.
enum RoutesView {
    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let routes = model.shown.routes
        screen.rule("Routes · \(routes.count)", in: rect)
        let (table, detail) = rect.split(top: 1).rest.split(top: routes.count + 1)
        drawTable(model, cursor: true, in: table, on: &screen)
        guard let index = model.list(.routes).index(in: model.rowIDs) else { return }
        drawDetail(routes[index], model, in: detail, on: &screen)
    }

    /// - Parameter cursor: Whether the table is the one that keys move in.
    static func drawTable(
        _ model: ConsoleModel, cursor: Bool, in rect: Rect, on screen: inout Screen
    ) {
        let table = Table(columns: [
            Table.Column("", 1), Table.Column("route", 8), Table.Column("state", 8),
            Table.Column("waiting", 9, number: true),
            Table.Column("oldest", 8, number: true, importance: 2),
            Table.Column("flight", 6, number: true, importance: 3),
            Table.Column("p50/p99 ms", 10, number: true, importance: 1),
            Table.Column("out/s", 8, number: true),
            Table.Column("last error", 12, importance: 4, flexible: true),
        ])
        let rows = model.shown.routes.map { row($0, model.history) }
        let index = cursor ? model.list(.routes).index(in: model.rowIDs) : nil
        table.draw(rows, selected: index, in: rect, on: &screen)
    }

    private static func row(_ route: RouteSnapshot, _ history: History) -> [Table.Entry] {
        let (glyph, style) = mark(route.state)
        let times = [route.answer.p50Microseconds, route.answer.p99Microseconds]
            .map(Numbers.milliseconds).joined(separator: "/")
        return [
            Table.Entry(glyph, style), Table.Entry(SafeText.escaped(route.name)),
            Table.Entry(route.state.rawValue, style),
            Table.Entry(Numbers.grouped(route.waiting), route.waiting > 0 ? .warning : .text),
            Table.Entry(route.oldestSeconds.map(Numbers.duration) ?? "–", .dim),
            Table.Entry(Numbers.grouped(route.inFlight)),
            Table.Entry(route.answer.count > 0 ? times : "–"),
            Table.Entry(Numbers.rate(history.rate("out/\(route.name)"))),
            Table.Entry(
                route.lastError.isEmpty ? "–" : SafeText.escaped(route.lastError),
                route.lastError.isEmpty ? .dim : .bad),
        ]
    }

    static func mark(_ state: RouteSnapshot.State) -> (glyph: String, style: Style) {
        switch state {
        case .flowing: ("●", .good)
        case .paused: ("‖", .warning)
        case .retrying, .refusing: ("✗", .bad)
        case .idle: ("◌", .dim)
        }
    }

    private static func drawDetail(
        _ route: RouteSnapshot, _ model: ConsoleModel, in rect: Rect, on screen: inout Screen
    ) {
        screen.rule("\(route.name) · \(SafeText.escaped(route.endpoint))", in: rect)
        let lines: [(String, UInt64)] = [
            ("accepted for it", route.accepted), ("delivered", route.delivered),
            ("waiting", route.waiting), ("in flight", route.inFlight),
            ("dead letters", route.deadLetters), ("expired", route.expired),
            ("skipped", route.skipped), ("retries", route.retries),
        ]
        for (row, line) in lines.enumerated() where row + 1 < rect.height {
            let y = rect.y + 1 + row
            screen.put(" \(line.0)", x: rect.x, y: y, style: .dim)
            screen.put(Numbers.grouped(line.1), endingAt: rect.x + 30, y: y)
        }
        let balance = route.balances ? "✓ balances" : "✗ does not balance"
        screen.put(balance, x: rect.x + 34, y: rect.y + 1, style: route.balances ? .good : .bad)
        let curve = model.history.curve("out/\(route.name)")
        screen.put(
            Graph.sparkline(curve, width: min(60, max(0, rect.width - 36))), x: rect.x + 34,
            y: rect.y + 3, style: Style(.graphLow))
        screen.put("delivered, last 60 s", x: rect.x + 34, y: rect.y + 4, style: .dim)
    }
}
