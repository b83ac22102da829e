import NanoCore

/// What came in, and what became of it.
enum LedgerView {
    /// Rows that it takes.
    static let height = 4

    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let ledger = model.shown.ledger
        let isBalanced = ledger.balances && model.shown.routes.allSatisfy(\.balances)
        let room = max(0, rect.width - 39)
        let seconds = min(room, History.seconds)
        let past = min(seconds, model.history.curve("received").count)
        let state =
            !isBalanced
            ? "✗ DOES NOT BALANCE"
            : model.oldness
                ?? "✓ balances" + (past > 0 ? " · last \(past) s" : "")
        // Where the line on top has no room for it.
        let usage =
            model.oldness == nil && screen.width < 120
            ? "\(Numbers.bytes(model.shown.gateway.residentBytes)) · "
                + "cpu \(model.history.processorUse) · " : ""
        screen.rule("Ledger", right: usage + state, in: rect)
        let tally = reasons(ledger, turnedAway: model.shown.registry.refused)
        let lines: [(name: String, total: UInt64, style: Style, graph: Int)] = [
            ("received", ledger.received, .text, seconds),
            ("accepted", ledger.accepted, .good, seconds),
            (
                "refused", ledger.refused, ledger.refused > 0 ? .warning : .text,
                min(seconds, graphWidth(room, beside: tally.width))
            ),
        ]
        for (row, line) in lines.enumerated() where row + 1 < rect.height {
            let y = rect.y + 1 + row
            screen.put(" \(line.name)", x: rect.x, y: y, style: .dim)
            screen.put(Numbers.grouped(line.total), endingAt: rect.x + 24, y: y, style: line.style)
            let rate = Numbers.rate(model.history.rate(line.name)) + "/s"
            screen.put(rate, endingAt: rect.x + 36, y: y)
            Graph.draw(
                model.history.curve(line.name), row == 2 ? .graphMiddle : .graphLow,
                x: rect.x + 38, y: y, width: line.graph, on: &screen)
            guard row == 2 else { continue }
            let used = line.graph > 0 ? line.graph + 2 : 0
            tally.draw(
                in: Rect(x: rect.x + 38 + used, y: y, width: room - used, height: 1), on: &screen)
        }
    }

    /// How much of the row the curve gets: what the reasons leave, or a little of it, or nothing.
    private static func graphWidth(_ room: Int, beside width: Int) -> Int {
        if room - width - 2 >= 6 { return room - width - (width > 0 ? 2 : 0) }
        return room >= 40 ? 6 : 0
    }

    /// Refusals by the check that failed, most first.
    private static func reasons(_ ledger: LedgerSnapshot, turnedAway: UInt64) -> Tally {
        var counts = RefusalStage.allCases.map { stage in
            let count = RefusalReason.allCases.filter { $0.stage == stage }
                .reduce(UInt64(0)) { $0 + ledger[$1] }
            // There is nothing wrong with the payload of a device that is turned away.
            return (stage.name, stage == .payload ? count - min(count, turnedAway) : count)
        }
        counts.append(("registry", turnedAway))
        return Tally(
            items: counts.filter { $0.1 > 0 }.sorted { $0.1 > $1.1 }
                .map { Tally.Item(name: $0.0, count: Numbers.grouped($0.1)) }, gap: 2)
    }
}
