import NanoCore

/// Rates and curves, made from the totals in one snapshot after another.
struct History: Sendable {
    private var windows: [String: RateWindow] = [:]
    private var now: UInt64 = 0

    /// Takes note of a snapshot's totals. The snapshot's own uptime is the clock.
    mutating func note(_ snapshot: Snapshot) {
        let time = UInt64(max(0, snapshot.gateway.uptimeSeconds) * 1e9)
        now = max(now, time)
        observe("received", snapshot.ledger.received)
        observe("accepted", snapshot.ledger.accepted)
        observe("refused", snapshot.ledger.refused)
        for model in snapshot.models {
            observe("accepted/\(model.id)", model.accepted)
            observe("refused/\(model.id)", model.refused)
            observe("replay/\(model.id)", model[.replay] &+ model[.replayStale])
            observe("mac/\(model.id)", model[.macMismatch] &+ model[.crcMismatch])
            observe("route/\(model.id)", model.routeFailures)
        }
        for route in snapshot.routes { observe("out/\(route.name)", route.delivered) }
        for reason in RefusalReason.allCases {
            observe("reason/\(reason.name)", snapshot.ledger[reason])
        }
    }

    /// Events a second of a series, settled over some seconds.
    func rate(_ series: String) -> Double { windows[series]?.rate(now: now) ?? 0 }

    /// Events in each of the last 60 seconds, oldest first.
    func curve(_ series: String) -> [Double] { windows[series]?.history(now: now) ?? [] }

    private mutating func observe(_ series: String, _ total: UInt64) {
        windows[series, default: RateWindow(now: now)].observe(total: total, now: now)
    }
}
