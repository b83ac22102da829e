/// Decides what an operator should look at, from one look at the gateway to the next.
///
/// A value without clocks: it is shown a snapshot about once a second. An alarm is raised when its
/// cause has lasted, and falls when the cause has been away for a while, so that it does not flicker.
public struct AlarmBoard: Sendable {
    /// Alarms that stand, newest first.
    public private(set) var alarms: [AlarmSnapshot] = []

    private var previous: Snapshot?
    /// By alarm: since when its cause is there, and when it was there last.
    private var causes: [String: (since: UInt64, last: UInt64)] = [:]

    /// Refusals of one kind a second from which they are an attack or an outage, not an accident.
    public static let refusalsPerSecond = 5.0
    private static let holdNanoseconds: UInt64 = 30_000_000_000
    private static let failingNanoseconds: UInt64 = 5_000_000_000

    public init() {}

    /// Looks at the newest snapshot.
    public mutating func look(at snapshot: Snapshot, now: Moment) {
        defer { previous = snapshot }
        guard let previous else { return }
        let seconds = snapshot.gateway.uptimeSeconds - previous.gateway.uptimeSeconds
        guard seconds > 0 else { return }
        for model in snapshot.models {
            guard let before = previous.models.first(where: { $0.id == model.id }) else { continue }
            judgeRefusals(of: model, before, seconds, now)
        }
        for route in snapshot.routes { judge(route, now) }
        judge(snapshot.gateway, now)
        dropOld(now)
    }

    private mutating func judgeRefusals(
        of model: ModelSnapshot, _ before: ModelSnapshot, _ seconds: Double, _ now: Moment
    ) {
        let watched: [(RefusalReason, String, String)] = [
            (.replay, "replay storm", "look at the rejections for its source"),
            (.macMismatch, "MAC failures", "check the devices' secrets, or who is forging"),
            (.timestampDrift, "clocks drift", "check the devices' time source"),
            (.timestampFuture, "clocks ahead", "check the devices' and the gateway's time source"),
        ]
        for (reason, title, action) in watched {
            let rate = Double(model[reason] &- before[reason]) / seconds
            guard rate >= Self.refusalsPerSecond else { continue }
            let count = Int(rate.rounded())
            raise(
                "\(reason.name)/\(model.id)", .warning, title,
                "\(model.id) \(model.name): \(count) frames/s refused; \(action)", now
            ) {
                $0.model = model.id
                $0.reason = reason
            }
        }
    }

    private mutating func judge(_ route: RouteSnapshot, _ now: Moment) {
        guard route.state == .retrying else {
            causes["pending/\(route.name)"] = nil
            return
        }
        let since = causes["pending/\(route.name)"]?.since ?? now.monotonicNanoseconds
        causes["pending/\(route.name)"] = (since, now.monotonicNanoseconds)
        guard now.monotonicNanoseconds - since >= Self.failingNanoseconds else { return }
        raise(
            "route/\(route.name)", .critical, "\(route.name) fails",
            "\(route.lastError); \(route.waiting) packets wait; check the destination", now
        ) { $0.route = route.name }
    }

    private mutating func judge(_ gateway: GatewaySnapshot, _ now: Moment) {
        guard gateway.state == .blocked else { return }
        raise("blocked", .critical, "reading stopped", gateway.stateReason, now) { _ in }
    }

    private mutating func raise(
        _ id: String, _ severity: AlarmSnapshot.Severity, _ title: String, _ text: String,
        _ now: Moment, _ complete: (inout AlarmSnapshot) -> Void
    ) {
        let since = causes[id]?.since ?? now.monotonicNanoseconds
        causes[id] = (since, now.monotonicNanoseconds)
        if let index = alarms.firstIndex(where: { $0.id == id }) {
            alarms[index].text = text
            return
        }
        var alarm = AlarmSnapshot(
            id: id, severity: severity, unixMilliseconds: now.unixMilliseconds, title: title,
            text: text)
        complete(&alarm)
        alarms.insert(alarm, at: 0)
    }

    private mutating func dropOld(_ now: Moment) {
        alarms.removeAll { alarm in
            guard let cause = causes[alarm.id] else { return true }
            return now.monotonicNanoseconds - cause.last > Self.holdNanoseconds
        }
        causes = causes.filter { now.monotonicNanoseconds - $0.value.last <= Self.holdNanoseconds }
    }
}
