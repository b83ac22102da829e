import NanoCore

/// Where packets leave to, and whether they do.
enum RoutesView {
    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let routes = model.routes
        let title = model.listTitle("Routes", shown: routes.count, of: model.shown.routes.count)
        screen.rule(title, in: rect)
        let rows = rect.split(top: 1).rest
        guard !routes.isEmpty else {
            model.drawEmpty("No route is configured.", in: rows, on: &screen)
            return
        }
        let (table, detail) = rows.split(top: routes.count + 1)
        drawTable(model, in: table, on: &screen)
        guard let index = model.cursor else { return }
        RouteDetailView.draw(routes[index], of: model, in: detail, on: &screen)
    }

    /// Columns of the longest name that is shown whole.
    private static let nameColumns = 14

    /// What was not delivered has a column as soon as there is any, before all that may be left out;
    /// columns of nothing but zeros go first.
    ///
    /// - Parameter name: Columns of the longest name.
    static func columns(name: Int = 0, of routes: [RouteSnapshot] = []) -> [Table.Column] {
        func importance(_ count: (RouteSnapshot) -> UInt64, ofNone rest: Int) -> Int {
            routes.contains { count($0) > 0 } ? 1 : rest
        }
        return [
            Table.Column("", 1), Table.Column("route", min(max(8, name), nameColumns)),
            Table.Column("state", 8),
            Table.Column("waiting", 8, number: true),
            Table.Column("oldest", 8, number: true, importance: 3),
            Table.Column("flight", 6, number: true, importance: 6),
            Table.Column("p50/p99", 11, unit: "ms", number: true, importance: 5),
            Table.Column("in", 7, unit: "/s", number: true, importance: 8),
            Table.Column("out", 8, unit: "/s", number: true),
            Table.Column("delivered", 9, number: true, importance: 2),
            Table.Column("dead", 5, number: true, importance: importance(\.deadLetters, ofNone: 7)),
            Table.Column("expired", 7, number: true, importance: importance(\.expired, ofNone: 9)),
            Table.Column("skipped", 7, number: true, importance: importance(\.skipped, ofNone: 10)),
            Table.Column("last error", 10, importance: 4, flexible: true),
        ]
    }

    /// Draws the routes that there is room for, with the cursor's among them.
    static func drawTable(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let routes = model.routes
        let longest = routes.map { TextWidth.columns(of: SafeText.escaped($0.name)) }.max() ?? 0
        var table = Table(columns: columns(name: longest, of: routes))
        table.hidden = model.hiddenColumns(of: .routes)
        let selected = selected(model)
        let window = window(model, rows: rect.height - 1)
        table.draw(
            window.map { row(routes[$0], model) },
            selected: selected.map { $0 - window.lowerBound }, in: rect, on: &screen)
        model.markRows(window, in: rect.split(top: 1).rest, on: &screen)
    }

    /// Index of the route that the cursor is on.
    private static func selected(_ model: ConsoleModel) -> Int? {
        model.cursor.flatMap { model.routes.indices.contains($0) ? $0 : nil }
    }

    /// The routes that are shown where there is room for so many.
    private static func window(_ model: ConsoleModel, rows: Int) -> Range<Int> {
        ListState().window(count: model.routes.count, index: selected(model), rows: rows)
    }

    /// How many routes there is no room for, and how many of these are not well: `+5 more, 2 not
    /// well`; empty when all are there.
    ///
    /// - Parameter rows: Of the table, without its head.
    static func hidden(_ model: ConsoleModel, rows: Int) -> String {
        let window = window(model, rows: rows)
        let hidden = model.routes.indices.filter { !window.contains($0) }
        guard !hidden.isEmpty else { return "" }
        let unwell = hidden.count { model.shown.need(of: model.routes[$0]) > 0 }
        return "+\(hidden.count) more" + (unwell > 0 ? ", \(unwell) not well" : "")
    }

    private static func row(_ route: RouteSnapshot, _ model: ConsoleModel) -> [Table.Entry] {
        let history = model.history
        let (glyph, word, style) = mark(of: route, in: model)
        return [
            Table.Entry(glyph, style), Table.Entry(SafeText.escaped(route.name)),
            Table.Entry(word, style),
            Table.Entry(Numbers.grouped(route.waiting), route.waiting > 0 ? .warning : .text),
            Table.Entry(route.oldestSeconds.map(Numbers.duration) ?? "–", .dim),
            Table.Entry(Numbers.grouped(route.inFlight)),
            Table.Entry(answers(route)),
            Table.Entry(Numbers.rate(history.rate("in/\(route.name)"))),
            Table.Entry(Numbers.rate(history.rate("out/\(route.name)"))),
            Table.Entry(Numbers.grouped(route.delivered)), lost(route.deadLetters),
            lost(route.expired), lost(route.skipped),
            lastError(of: route, in: model.shown),
        ]
    }

    private static func lost(_ count: UInt64) -> Table.Entry {
        Table.Entry(Numbers.grouped(count), count > 0 ? .bad : .dim)
    }

    /// How long a route that is well shows what it met, in milliseconds.
    private static let errorMilliseconds: Int64 = 60_000

    /// What a route met, as long as it is not well, and a minute longer. How old it is stands below.
    private static func lastError(
        of route: RouteSnapshot, in snapshot: Snapshot
    ) -> Table.Entry {
        let isFailing = [.retrying, .refusing].contains(route.state) || route.isFailingInPart
        let age = snapshot.gateway.unixMilliseconds - route.lastErrorUnixMilliseconds
        guard !route.lastError.isEmpty, isFailing || age <= errorMilliseconds else {
            return Table.Entry("–", .dim)
        }
        return Table.Entry(SafeText.escaped(route.lastError), .bad)
    }

    /// The time of half of the answers, and of nearly all, in milliseconds.
    static func answers(_ route: RouteSnapshot) -> String {
        guard route.answer.count > 0 else { return "–" }
        return [route.answer.p50Microseconds, route.answer.p99Microseconds]
            .map(Numbers.milliseconds).joined(separator: "/")
    }

    /// The state of a route as it is shown. How it was when the gateway answered last is not how it is.
    static func mark(
        of route: RouteSnapshot, in model: ConsoleModel
    ) -> (glyph: String, word: String, style: Style) {
        guard model.oldness == nil || model.hasPlayedOut else { return ("◌", "unknown", .idle) }
        let (glyph, style) = mark(route.state)
        // What it does is well, and somebody has to look at what it has refused.
        let isOwing =
            route.deadLetters > 0 || (route.isFailingInPart && route.oldestSeconds ?? 0 > 30)
        if [.flowing, .idle].contains(route.state), isOwing {
            return ("▲", route.state.rawValue, .warning)
        }
        return (glyph, route.state.rawValue, style)
    }

    private static func mark(_ state: RouteSnapshot.State) -> (glyph: String, style: Style) {
        switch state {
        case .flowing: ("●", .good)
        case .paused: ("‖", .paused)
        case .retrying, .refusing: ("✗", .bad)
        case .idle: ("◌", .idle)
        }
    }
}
