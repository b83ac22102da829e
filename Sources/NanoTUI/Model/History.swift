import NanoCore

/// Rates and curves, made from the totals in one snapshot after another.
struct History: Sendable {
    /// Seconds that a curve goes back.
    static let seconds = 240

    private var windows: [String: RateWindow] = [:]
    private var curves: [String: [Double]] = [:]
    private var holds: [ModelID: RefusalHold] = [:]
    private var now: UInt64 = 0
    /// Uptime at the first snapshot, in nanoseconds. What was before that is not known, and drawn as
    /// nothing.
    private var begunAt: UInt64?
    private var isAnswered = true
    /// Nanoseconds that a rate is made of at least.
    private static let shortest: UInt64 = 2_000_000_000

    /// Takes note of a snapshot's totals. The snapshot's own uptime is the clock.
    mutating func note(_ snapshot: Snapshot) {
        let time = UInt64(max(0, snapshot.gateway.uptimeSeconds) * 1e9)
        let passed = begunAt == nil ? 0 : max(now, time) / 1_000_000_000 - now / 1_000_000_000
        now = max(now, time)
        begunAt = begunAt ?? now
        isAnswered = snapshot.gateway.state != .unreachable
        observe("received", snapshot.ledger.received, isDrawn: true)
        observe("accepted", snapshot.ledger.accepted, isDrawn: true)
        observe("refused", snapshot.ledger.refused, isDrawn: true)
        observe(Self.processor, UInt64(max(0, snapshot.gateway.cpuSeconds) * 1e6))
        for model in snapshot.models {
            observe("accepted/\(model.id)", model.accepted, isDrawn: true)
            observe("refused/\(model.id)", model.refused, isDrawn: true)
            observe("replay/\(model.id)", model[.replay] &+ model[.replayStale])
            observe("mac/\(model.id)", model[.macMismatch] &+ model[.crcMismatch])
            observe("route/\(model.id)", model.routeFailures)
        }
        for route in snapshot.routes {
            observe("in/\(route.name)", route.accepted)
            observe("out/\(route.name)", route.delivered, isDrawn: true)
            let settled = route.delivered &+ route.deadLetters
            observe("settled/\(route.name)", settled)
            observe("done/\(route.name)", settled &+ route.expired &+ route.skipped)
        }
        for reason in RefusalReason.allCases {
            let count = snapshot.ledger[reason]
            observe("reason/\(reason.name)", count, isDrawn: count > 0)
        }
        if hasRates {
            for model in snapshot.models { hold(model.id) }
        }
        if passed > 0 { lengthen(by: Int(min(passed, UInt64(RateWindow.historySeconds)))) }
    }

    private mutating func hold(_ model: ModelID) {
        let (refused, accepted) = (rate("refused/\(model)"), rate("accepted/\(model)"))
        holds[model, default: RefusalHold()].note(refused: refused, accepted: accepted, now: now)
    }

    /// Whether a model refuses frames, or did so a moment ago.
    func isRefusing(_ model: ModelID) -> Bool { holds[model]?.isRefusing ?? false }

    /// Adds the seconds that have passed since the last snapshot to every curve.
    private mutating func lengthen(by seconds: Int) {
        for (series, curve) in curves {
            guard let added = windows[series]?.history(now: now).suffix(seconds) else { continue }
            curves[series] = (curve + added).suffix(Self.seconds)
        }
    }

    /// Whether there are rates: two snapshots far enough from each other, of a gateway that answers.
    var hasRates: Bool {
        guard let begunAt, isAnswered else { return false }
        return now - begunAt >= Self.shortest
    }

    /// The series of the processor time that the gateway has used, in microseconds.
    private static let processor = "processor"

    /// How much of a core the gateway uses, settled over some seconds: `12 %`; `–` where that is not known.
    var processorUse: String {
        let share = rate(Self.processor) / 1e6
        return share.isFinite ? "\(Int((share * 100).rounded())) %" : "–"
    }

    /// Events a second of a series, settled over some seconds; not a number where that is not known,
    /// which is shown as `–`.
    func rate(_ series: String) -> Double {
        guard hasRates else { return .nan }
        return windows[series]?.rate(now: now) ?? 0
    }

    /// Events in each of the last seconds that are known of, at most ``seconds``; oldest first.
    func curve(_ series: String) -> [Double] { curves[series] ?? [] }

    /// - Parameter isDrawn: Whether it has a curve from now on.
    private mutating func observe(_ series: String, _ total: UInt64, isDrawn: Bool = false) {
        if isDrawn, curves[series] == nil { curves[series] = [] }
        windows[series, default: RateWindow(now: now)].observe(total: total, now: now)
    }
}
