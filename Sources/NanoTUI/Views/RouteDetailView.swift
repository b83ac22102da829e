import NanoCore

/// The route that the cursor is on: its ledger, how fast it delivers, and how it gets on with its
/// destination where there is room.
enum RouteDetailView {
    /// Where what stands beside the counts begins.
    private static let sideColumn = 34
    private static let countColumns = 30
    /// Rows of the graph, at most.
    private static let mostGraphRows = 6

    static func draw(
        _ route: RouteSnapshot, of model: ConsoleModel, in rect: Rect, on screen: inout Screen
    ) {
        screen.rule("\(route.name) · \(SafeText.escaped(route.endpoint))", in: rect)
        let inner = rect.split(top: 1).rest
        let counts = drawCounts(route, in: inner, on: &screen)
        let facts = SheetView.lines(
            RouteFacts.conduct(of: route, in: model), width: max(1, inner.width - 2))
        let room = inner.height - counts - 1
        let hasFacts = room >= facts.count
        // What is left is the graph's.
        let spare = hasFacts ? room - facts.count : 0
        let upper = counts + min(spare, mostGraphRows - 1)
        drawSide(
            route, model, in: inner.split(top: min(inner.height, upper)).top,
            saysAttempts: !hasFacts, on: &screen)
        guard hasFacts else { return }
        for (row, line) in facts.enumerated() {
            line.draw(x: inner.x + 1, y: inner.y + upper + 1 + row, on: &screen)
        }
    }

    /// - Returns: The rows that there are of them.
    private static func drawCounts(
        _ route: RouteSnapshot, in rect: Rect, on screen: inout Screen
    ) -> Int {
        let lines: [(String, UInt64)] = [
            ("accepted for it", route.accepted), ("delivered", route.delivered),
            ("waiting", route.waiting), ("in flight", route.inFlight),
            ("dead letters", route.deadLetters), ("expired", route.expired),
            ("skipped", route.skipped), ("retries", route.retries),
        ]
        for (row, line) in lines.enumerated() where row < rect.height {
            screen.put(" \(line.0)", x: rect.x, y: rect.y + row, style: .dim)
            screen.put(
                Numbers.grouped(line.1), endingAt: rect.x + countColumns, y: rect.y + row)
        }
        return lines.count
    }

    /// Whether the ledger balances, what becomes of what waits, and the graph.
    private static func drawSide(
        _ route: RouteSnapshot, _ model: ConsoleModel, in rect: Rect, saysAttempts: Bool,
        on screen: inout Screen
    ) {
        let x = rect.x + sideColumn
        let balance = route.balances ? model.oldness ?? "✓ balances" : "✗ does not balance"
        let isGood = route.balances && model.oldness == nil
        screen.put(
            balance, x: x, y: rect.y, style: isGood ? .good : route.balances ? .dim : .bad)
        if let outlook = RouteFacts.outlook(route, model.history) {
            screen.put(outlook, x: x, y: rect.y + 1, style: .warning)
        }
        let width = min(History.seconds, max(0, rect.width - sideColumn - 2))
        let height = max(1, rect.height - 7)
        let curve = model.history.curve("out/\(route.name)")
        Graph.draw(
            curve, .graphLow, in: Rect(x: x, y: rect.y + 2, width: width, height: height),
            on: &screen)
        let below = rect.y + 2 + height
        let seconds = min(width, curve.count)
        let most = curve.suffix(width).max() ?? 0
        screen.put(
            "delivered/s, last \(seconds) s"
                + (height > 1 ? ", \(Numbers.rate(most)) at most" : ""),
            x: x, y: below, style: .dim)
        if route.deadLetters > 0 {
            screen.put("l lists the dead letters", x: x, y: below + 1, style: .dim)
        }
        if saysAttempts, let attempts = RouteFacts.attempts(route) {
            screen.put("attempts: \(attempts)", x: x, y: below + 2, style: .warning)
        }
    }
}
