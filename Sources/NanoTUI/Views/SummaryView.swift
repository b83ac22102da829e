import NanoCore

/// What still fits where the views do not: one fact a row, the most important first.
enum SummaryView {
    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let ledger = model.shown.ledger
        var rows: [(String, Style)] = [
            ("in  \(Numbers.rate(model.history.rate("accepted")))/s", .good),
            (
                "ref \(Numbers.rate(model.history.rate("refused")))/s",
                ledger.refused > 0 ? .warning : .dim
            ),
        ]
        for route in model.shown.routesByNeed {
            let (glyph, style) = RoutesView.mark(route.state)
            rows.append(
                (
                    "\(glyph) \(SafeText.escaped(route.name)) \(Numbers.grouped(route.waiting)) wait",
                    style
                ))
        }
        for alarm in model.shown.alarms { rows.append(("▲ \(alarm.title)", .warning)) }
        let need = "all of it needs 60x16"
        if need.count <= rect.width { rows.append((need, .dim)) }
        for (index, row) in rows.prefix(rect.height).enumerated() {
            screen.put(
                TextWidth.fitted(row.0, to: rect.width), x: rect.x, y: rect.y + index, style: row.1)
        }
    }
}
