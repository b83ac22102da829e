import NanoCore

/// Everything at a glance: is it arriving, is it leaving, who attacks, what is there to do.
enum OverviewView {
    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        var main = rect
        if rect.width >= 160, rect.height >= 30 {
            main.width = rect.width * 5 / 8
            let side = Rect(
                x: rect.x + main.width + 1, y: rect.y, width: rect.width - main.width - 1,
                height: rect.height)
            SideView.draw(model, in: side, on: &screen)
        }
        drawMain(model, in: main, on: &screen)
    }

    private static func drawMain(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let snapshot = model.shown
        let (ledger, belowLedger) = rect.split(top: LedgerView.height)
        LedgerView.draw(model, in: ledger, on: &screen)
        // Where not all have room each part keeps a share, and the models get what is left.
        let rest = belowLedger.height - 1 - min(max(1, snapshot.alarms.count), 2)
        let routes = min(snapshot.routes.count + 2, max(3, rest / 2))
        let models = min(snapshot.models.count + 2, max(3, rest - routes))
        let (modelsRect, belowModels) = belowLedger.split(top: models)
        drawModels(model, in: modelsRect, on: &screen)
        let (routesRect, alarms) = belowModels.split(top: routes)
        drawRoutes(model, in: routesRect, on: &screen)
        AlarmsView.draw(model, in: alarms, on: &screen)
    }

    private static func drawRoutes(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        screen.rule("Routes", right: RoutesView.hidden(model, rows: rect.height - 2), in: rect)
        RoutesView.drawTable(model, in: rect.split(top: 1).rest, on: &screen)
    }

    private static func drawModels(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let left = model.shown.models.count - max(0, rect.height - 2)
        let key = "\(StackedGraph.character(4, 0)) accepted \(StackedGraph.character(0, 4)) refused"
        let parts = (rect.width >= 76 ? [key] : []) + (left > 0 ? ["+\(left) more"] : [])
        screen.rule("Models", right: parts.joined(separator: " · "), in: rect)
        let table = Table(columns: [
            Table.Column("", 1), Table.Column("model", 12), Table.Column("state", 8, importance: 1),
            Table.Column("dev", 5, number: true, importance: 2),
            Table.Column("accepted/s", 10, number: true),
            Table.Column("replay/s", 8, number: true, importance: 3),
            Table.Column("mac/s", 5, number: true, importance: 3),
            Table.Column("route/s", 7, number: true, importance: 4),
            .graph(10, importance: 5),
        ])
        let rows = model.shown.models.map { row($0, model.history) }
        table.draw(rows, selected: nil, in: rect.split(top: 1).rest, on: &screen)
    }

    private static func row(_ entry: ModelSnapshot, _ history: History) -> [Table.Entry] {
        let accepting = history.rate("accepted/\(entry.id)")
        let refusing = history.rate("refused/\(entry.id)")
        // However little comes: where all of it is refused, nobody is silent.
        let isRefusing = refusing >= 1 || (refusing > 0 && accepting == 0)
        let (glyph, word, style): (String, String, Style) =
            isRefusing
            ? ("▲", "refusing", .warning)
            : accepting > 0 ? ("●", "fine", .good) : ("◌", "silent", .silent)
        return [
            Table.Entry(glyph, style),
            Table.Entry("\(entry.id) \(SafeText.escaped(entry.name))"), Table.Entry(word, style),
            Table.Entry(Numbers.grouped(UInt64(entry.devices))),
            Table.Entry(Numbers.rate(accepting)),
            rate(history.rate("replay/\(entry.id)")), rate(history.rate("mac/\(entry.id)")),
            rate(history.rate("route/\(entry.id)")),
            Table.Entry(
                curve: history.curve("accepted/\(entry.id)"),
                upper: history.curve("refused/\(entry.id)")),
        ]
    }

    private static func rate(_ value: Double) -> Table.Entry {
        Table.Entry(Numbers.rate(value), value > 0 ? .warning : .dim)
    }
}
