import NanoCore

/// Everything at a glance: is it arriving, is it leaving, who attacks, what is there to do.
enum OverviewView {
    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let snapshot = model.shown
        let (ledger, belowLedger) = rect.split(top: 4)
        drawLedger(model, in: ledger, on: &screen)
        let models = min(snapshot.models.count + 2, max(3, belowLedger.height / 3 + 1))
        let (modelsRect, belowModels) = belowLedger.split(top: models)
        drawModels(model, in: modelsRect, on: &screen)
        let routes = min(snapshot.routes.count + 2, max(3, belowModels.height - 3))
        let (routesRect, alarms) = belowModels.split(top: routes)
        screen.rule("Routes", in: routesRect)
        RoutesView.drawTable(model, cursor: false, in: routesRect.split(top: 1).rest, on: &screen)
        drawAlarms(model, in: alarms, on: &screen)
    }

    private static func drawLedger(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let ledger = model.shown.ledger
        let isBalanced = ledger.balances && model.shown.routes.allSatisfy(\.balances)
        screen.rule(
            "Ledger", right: isBalanced ? "✓ balances · last 60 s" : "✗ DOES NOT BALANCE", in: rect)
        let lines: [(name: String, total: UInt64, style: Style)] = [
            ("received", ledger.received, .text), ("accepted", ledger.accepted, .good),
            ("refused", ledger.refused, ledger.refused > 0 ? .warning : .text),
        ]
        for (row, line) in lines.enumerated() where row + 1 < rect.height {
            let y = rect.y + 1 + row
            screen.put(" \(line.name)", x: rect.x, y: y, style: .dim)
            screen.put(Numbers.grouped(line.total), endingAt: rect.x + 24, y: y, style: line.style)
            let rate = Numbers.rate(model.history.rate(line.name)) + "/s"
            screen.put(rate, endingAt: rect.x + 36, y: y)
            let width = min(60, max(0, rect.width - 38 - (row == 2 ? 30 : 1)))
            let curve = Graph.sparkline(model.history.curve(line.name), width: width)
            screen.put(
                curve, x: rect.x + 38, y: y, style: Style(row == 2 ? .graphMiddle : .graphLow))
            guard row == 2 else { continue }
            let reasons = topReasons(ledger)
            screen.put(reasons, x: rect.x + 39 + width, y: y, style: .dim, columns: 30)
        }
    }

    /// `replay 31k mac 9k time 3k`
    private static func topReasons(_ ledger: LedgerSnapshot) -> String {
        RefusalStage.allCases.map { stage in
            let count = RefusalReason.allCases.filter { $0.stage == stage }
                .reduce(UInt64(0)) { $0 + ledger[$1] }
            return (stage.name, count)
        }.filter { $0.1 > 0 }.sorted { $0.1 > $1.1 }.prefix(3)
            .map { "\($0.0) \(Numbers.short($0.1))" }.joined(separator: " ")
    }

    private static func drawModels(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        screen.rule("Models", in: rect)
        let table = Table(columns: [
            Table.Column("", 1), Table.Column("model", 12),
            Table.Column("dev", 6, number: true, importance: 1),
            Table.Column("accepted/s", 10, number: true),
            Table.Column("replay/s", 8, number: true, importance: 2),
            Table.Column("mac/s", 7, number: true, importance: 2),
            Table.Column("route/s", 7, number: true, importance: 3),
            Table.Column("last 60 s", 10, importance: 4, flexible: true),
        ])
        let history = model.history
        let rows = model.shown.models.map { entry -> [Table.Entry] in
            let refusing = history.rate("refused/\(entry.id)")
            let isCalm = refusing < 1
            let width = max(10, rect.width - 70)
            return [
                Table.Entry(isCalm ? "●" : "▲", isCalm ? .good : .warning),
                Table.Entry("\(entry.id) \(SafeText.escaped(entry.name))"),
                Table.Entry(Numbers.grouped(UInt64(entry.devices))),
                Table.Entry(Numbers.rate(history.rate("accepted/\(entry.id)"))),
                rate(history.rate("replay/\(entry.id)")), rate(history.rate("mac/\(entry.id)")),
                rate(history.rate("route/\(entry.id)")),
                Table.Entry(
                    Graph.sparkline(history.curve("accepted/\(entry.id)"), width: min(60, width)),
                    Style(.graphLow)),
            ]
        }
        table.draw(rows, selected: nil, in: rect.split(top: 1).rest, on: &screen)
    }

    private static func rate(_ value: Double) -> Table.Entry {
        Table.Entry(Numbers.rate(value), value > 0 ? .warning : .dim)
    }

    private static func drawAlarms(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        screen.rule("Alarms", in: rect)
        let rows = rect.split(top: 1).rest
        guard !model.shown.alarms.isEmpty else {
            let isQuiet = model.shown.ledger.received > 0
            let port = model.shown.gateway.devicePort
            let sentence =
                isQuiet
                ? "✓ nothing needs you"
                : "No packet yet: devices connect to TCP \(port); `nanogridata simulate` sends some."
            guard rows.height > 0 else { return }
            screen.put(" " + sentence, x: rows.x, y: rows.y, style: .dim)
            return
        }
        let index = model.list(.overview).index(in: model.rowIDs)
        for (row, alarm) in model.shown.alarms.prefix(rows.height).enumerated() {
            let time = Numbers.clock(unixMilliseconds: alarm.unixMilliseconds)
            let glyph = alarm.severity == .critical ? "✗" : "▲"
            let text = " \(time) \(glyph) \(alarm.title): \(SafeText.escaped(alarm.text))"
            let style = alarm.severity == .critical ? Style.bad : .warning
            let isSelected = row == index && model.view == .overview
            screen.put(
                TextWidth.fitted(text, to: rows.width), x: rows.x, y: rows.y + row,
                style: isSelected ? .selected : style)
        }
    }
}
