import NanoCore

/// Everything at a glance: is it arriving, is it leaving, who attacks, what is there to do.
enum OverviewView {
    static let modelColumns = [
        Table.Column("", 1), Table.Column("model", 12), Table.Column("state", 8, importance: 1),
        Table.Column("dev", 5, number: true, importance: 6),
        Table.Column("accepted", 10, unit: "/s", number: true),
        Table.Column("refused", 9, unit: "/s", number: true, importance: 2),
        Table.Column("replay", 8, unit: "/s", number: true, importance: 3),
        Table.Column("mac", 5, unit: "/s", number: true, importance: 3),
        Table.Column("route", 7, unit: "/s", number: true, importance: 4),
        .graph(10, importance: 5),
    ]

    /// - Returns: Whether there is room for the newest refusals and the log.
    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) -> Bool {
        var main = rect
        if rect.width >= 160, rect.height >= 28, model.shows(.side) {
            main.width = rect.width * 5 / 8
            let side = Rect(
                x: rect.x + main.width + 1, y: rect.y, width: rect.width - main.width - 1,
                height: rect.height)
            SideView.draw(model, in: side, on: &screen)
        }
        return drawMain(model, in: main, on: &screen)
    }

    private static func drawMain(
        _ model: ConsoleModel, in rect: Rect, on screen: inout Screen
    ) -> Bool {
        let snapshot = model.shown
        let (ledger, belowLedger) = rect.split(
            top: model.shows(.ledger) ? LedgerView.height : 0)
        if model.shows(.ledger) { LedgerView.draw(model, in: ledger, on: &screen) }
        // Where not all have room each part keeps a share, and the models get what is left.
        let alarmRows = model.shows(.alarms) ? 1 + min(max(1, snapshot.alarms.count), 2) : 0
        let rest = belowLedger.height - alarmRows
        let share = model.shows(.models) ? max(3, rest / 2) : rest
        let routes = model.shows(.routes) ? min(snapshot.routes.count + 2, share) : 0
        let models =
            model.shows(.models) ? min(snapshot.models.count + 2, max(3, rest - routes)) : 0
        let (modelsRect, belowModels) = belowLedger.split(top: models)
        if models > 0 { drawModels(model, in: modelsRect, on: &screen) }
        let (routesRect, alarms) = belowModels.split(top: routes)
        if routes > 0 { drawRoutes(model, in: routesRect, on: &screen) }
        let needed =
            model.shows(.alarms) ? AlarmsView.height(of: model, width: alarms.width) : 0
        guard model.shows(.newest), alarms.height >= needed + NewestView.leastHeight else {
            if model.shows(.alarms) { AlarmsView.draw(model, in: alarms, on: &screen) }
            return false
        }
        let (alarmsRect, newest) = alarms.split(top: needed)
        if needed > 0 { AlarmsView.draw(model, in: alarmsRect, on: &screen) }
        NewestView.draw(model, in: newest, on: &screen)
        return true
    }

    private static func drawRoutes(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        screen.rule("Routes", right: RoutesView.hidden(model, rows: rect.height - 2), in: rect)
        RoutesView.drawTable(model, in: rect.split(top: 1).rest, on: &screen)
    }

    private static func drawModels(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let left = model.shown.models.count - max(0, rect.height - 2)
        let key = key(of: model.lasting.layout.curves)
        let parts = (rect.width >= 76 ? [key] : []) + (left > 0 ? ["+\(left) more"] : [])
        screen.rule("Models", right: parts.joined(separator: " · "), in: rect)
        var table = Table(columns: modelColumns)
        table.hidden = model.hiddenColumns(of: .overview)
        table.curves = model.lasting.layout.curves
        let rows = model.shown.models.map { row($0, model.history) }
        table.draw(rows, selected: nil, in: rect.split(top: 1).rest, on: &screen)
    }

    /// What the curves are drawn with.
    private static func key(of form: StackedGraph.Form) -> String {
        switch form {
        case .braille:
            "\(StackedGraph.character(4, 0)) accepted \(StackedGraph.character(0, 4)) refused"
        case .block: "█ accepted ▒ some refused ▌ half or more"
        case .ascii: "# accepted x some refused X half or more"
        }
    }

    private static func row(_ entry: ModelSnapshot, _ history: History) -> [Table.Entry] {
        let state = ModelState(of: entry, history)
        return [
            Table.Entry(state.glyph, state.style),
            Table.Entry("\(entry.id) \(SafeText.escaped(entry.name))"),
            Table.Entry(state.word, state.style),
            Table.Entry(Numbers.grouped(UInt64(entry.devices))),
            Table.Entry(Numbers.rate(history.rate("accepted/\(entry.id)"))),
            rate(history.rate("refused/\(entry.id)")),
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
