import NanoCore

/// The second pane of the overview, on screens with room for it: connections, times, refusals and
/// the busiest addresses.
enum SideView {
    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let turnedAway = mostTurnedAway(model.shown.connections.turnedAway)
        let extra = turnedAway.count + (model.shown.connections.tls == nil ? 0 : 1)
        let (connections, belowConnections) = rect.split(top: 7 + extra)
        drawConnections(model, turnedAway, in: connections, on: &screen)
        let (times, belowTimes) = belowConnections.split(top: 5)
        drawTimes(model.shown.latency, in: times, on: &screen)
        let reasons = RefusalReason.allCases.filter { model.shown.ledger[$0] > 0 }
        let room = max(3, belowTimes.height - min(12, model.shown.topTalkers.count + 2))
        let (refusals, talkers) = belowTimes.split(top: min(max(3, reasons.count + 2), room))
        drawReasons(reasons, model, in: refusals, on: &screen)
        drawTalkers(model.shown.topTalkers, in: talkers, on: &screen)
    }

    /// The commonest reasons for which connections were turned away, at most two.
    private static func mostTurnedAway(_ connections: TurnedAwayConnections) -> [TurnedAwayReason] {
        let reasons = TurnedAwayReason.allCases.filter { connections[$0] > 0 }
        return Array(reasons.sorted { connections[$0] > connections[$1] }.prefix(2))
    }

    private static func drawConnections(
        _ model: ConsoleModel, _ reasons: [TurnedAwayReason], in rect: Rect, on screen: inout Screen
    ) {
        let (connections, gateway) = (model.shown.connections, model.shown.gateway)
        screen.rule("Gateway", in: rect)
        let turnedAway = reasons.map {
            ("  \($0.words)", Numbers.grouped(connections.turnedAway[$0]))
        }
        let tls = connections.tls.map { [("  over TLS", Numbers.grouped(UInt64($0.open)))] } ?? []
        let lines: [(String, String)] =
            [("connections open", Numbers.grouped(UInt64(connections.open)))] + tls + [
                ("accepted so far", Numbers.grouped(connections.total)),
                ("turned away", Numbers.grouped(connections.turnedAway.total)),
            ] + turnedAway + [
                ("closed by the gateway", Numbers.grouped(connections.closedByGateway)),
                ("bytes read", Numbers.bytes(model.shown.ledger.bytes)),
                (
                    "memory, processor",
                    "\(Numbers.bytes(gateway.residentBytes)) · \(model.history.processorUse)"
                ),
            ]
        for (row, line) in lines.enumerated() where row + 1 < rect.height {
            screen.put(" \(line.0)", x: rect.x, y: rect.y + 1 + row, style: .dim)
            screen.put(line.1, endingAt: rect.x + 38, y: rect.y + 1 + row)
        }
    }

    private static func drawTimes(
        _ latency: LatencySnapshot, in rect: Rect, on screen: inout Screen
    ) {
        screen.rule("Times in ms", in: rect)
        let table = Table(columns: [
            Table.Column("", 16), Table.Column("p50", 8, number: true),
            Table.Column("p99", 8, number: true), Table.Column("largest", 8, number: true),
        ])
        let rows = [
            ("judging", latency.decode), ("delivering", latency.route),
            ("all the way", latency.endToEnd),
        ].map { name, times -> [Table.Entry] in
            let values = [
                times.p50Microseconds, times.p99Microseconds, times.maximumMicroseconds,
            ].map { Table.Entry(times.count > 0 ? Numbers.milliseconds($0) : "–") }
            return [Table.Entry(name, .dim)] + values
        }
        table.draw(rows, selected: nil, in: rect.split(top: 1).rest, on: &screen)
    }

    private static func drawReasons(
        _ reasons: [RefusalReason], _ model: ConsoleModel, in rect: Rect, on screen: inout Screen
    ) {
        let left = reasons.count - max(0, rect.height - 2)
        screen.rule("Refusals", right: left > 0 ? "+\(left) more" : "", in: rect)
        let (ledger, history) = (model.shown.ledger, model.history)
        let table = Table(columns: [
            Table.Column("reason", 22), Table.Column("so far", 11, number: true),
            Table.Column("now", 8, unit: "/s", number: true), .graph(10, importance: 1),
        ])
        let rows = reasons.sorted { ledger[$0] > ledger[$1] }.map { reason in
            let rate = history.rate("reason/\(reason.name)")
            return [
                Table.Entry(reason.name), Table.Entry(Numbers.grouped(ledger[reason])),
                Table.Entry(Numbers.rate(rate), rate > 0 ? .warning : .dim),
                Table.Entry(curve: history.curve("reason/\(reason.name)")),
            ]
        }
        table.draw(rows, selected: nil, in: rect.split(top: 1).rest, on: &screen)
    }

    private static func drawTalkers(
        _ talkers: [TalkerSnapshot], in rect: Rect, on screen: inout Screen
    ) {
        screen.rule("Busiest addresses", in: rect)
        let table = Table(columns: [
            Table.Column("address", 22, flexible: true),
            Table.Column("packets", 12, number: true), Table.Column("refused", 10, number: true),
        ])
        let rows = talkers.map { talker in
            [
                Table.Entry(SafeText.escaped(talker.address)),
                Table.Entry(Numbers.grouped(talker.packets)),
                Table.Entry(
                    Numbers.grouped(talker.refused), talker.refused > 0 ? .warning : .dim),
            ]
        }
        table.draw(rows, selected: nil, in: rect.split(top: 1).rest, on: &screen)
    }
}
