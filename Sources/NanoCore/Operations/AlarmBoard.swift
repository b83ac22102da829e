/// Decides what an operator should look at, from one look at the gateway to the next.
///
/// A value without clocks: it is shown a snapshot about once a second. An alarm begins when its
/// cause has lasted, and ends when the cause has been away for a while, so that it does not flicker.
public struct AlarmBoard: Sendable {
    /// Alarms that stand, newest first.
    public internal(set) var alarms: [AlarmSnapshot] = []
    /// Alarms that have ended, the last to end first.
    public private(set) var ended: [AlarmSnapshot] = []

    /// What a look has changed.
    public enum Change: Sendable {
        case began(AlarmSnapshot)
        case ended(AlarmSnapshot)
    }

    /// What is known of a cause, whether its alarm stands or not.
    private struct Cause {
        /// Monotonic nanoseconds.
        var since: UInt64
        var last: UInt64
        var hold: UInt64
        /// Since when its alarm stands, which tells how long it did.
        var begun: UInt64
        /// How grave its alarm was when it was told last, and when that was.
        var told: (severity: AlarmSnapshot.Severity, at: UInt64)?
    }

    /// What goes back and forth between two severities is told again after so long.
    private static let toldAgainNanoseconds: UInt64 = 600_000_000_000

    /// Ended alarms that are kept.
    public static let historyCount = 20

    private var causes: [String: Cause] = [:]
    private var trends = AlarmTrends()
    private var refusals = RefusalWindow()
    private var sources = RefusalSources()
    private var offenders = OffendingSources()
    private let clock: ClockRules

    public init(clock: ClockRules = ClockRules()) {
        self.clock = clock
    }

    /// Looks at the newest snapshot. Its rejections, if it has them, tell where refusals come from.
    ///
    /// - Returns: Alarms that have begun and ended, to be written down.
    @discardableResult
    public mutating func look(at snapshot: Snapshot, now: Moment) -> [Change] {
        trends.note(snapshot, now: now.monotonicNanoseconds)
        refusals.note(snapshot, now: now.monotonicNanoseconds)
        RefusalAlarms.count(snapshot, trends, in: &sources)
        var snapshot = snapshot
        for index in snapshot.routes.indices {
            snapshot.routes[index].flow = trends.flow(snapshot.routes[index].name)
        }
        let standing = Set(alarms.map(\.id))
        let findings =
            GatewayAlarms.findings(snapshot, trends, standing)
            + ClockAlarms.findings(snapshot.clock, clock, standing, now: now)
            + AnomalyAlarms.findings(snapshot)
            + ConnectionAlarms.findings(snapshot, trends, standing)
            + CertificateAlarms.findings(snapshot)
            + RouteAlarms.findings(snapshot, trends, standing)
            + SecretAlarms.findings(snapshot)
            + ExpiryAlarms.findings(snapshot, trends)
            + UnconfiguredAlarms.findings(snapshot)
            + RegistryAlarms.findings(snapshot)
            + OffenderAlarms.findings(snapshot, &offenders, now: now)
            + RefusalAlarms.findings(snapshot, refusals, sources, standing)
        let begun = findings.compactMap { take($0, now) }
        forget(causesBut: Set(findings.map(\.id)))
        return begun.map(Change.began)
            + endOld(now, covered: Set(findings.compactMap(\.covered))).map(Change.ended)
    }

    /// What moved on a route between the last looks; nil until there are some seconds to tell by.
    public func flow(_ route: String) -> RouteFlow? { trends.flow(route) }

    /// Takes in one cause.
    ///
    /// - Returns: The alarm, if it begins with this look, or has become worse than was told of late.
    private mutating func take(_ finding: AlarmFinding, _ now: Moment) -> AlarmSnapshot? {
        let time = now.monotonicNanoseconds
        let known = causes[finding.id]
        let since = known?.since ?? time
        causes[finding.id] = Cause(
            since: since, last: time, hold: finding.holdNanoseconds,
            begun: known?.begun ?? time, told: known?.told)
        if let index = alarms.firstIndex(where: { $0.id == finding.id }) {
            // One that means something else now has begun with that.
            let before = alarms[index]
            let isSame = before.title == finding.title
            if !isSame { causes[finding.id]?.begun = time }
            var alarm = finding.alarm(
                begunAt: isSame ? before.unixMilliseconds : now.unixMilliseconds)
            guard finding.severity > before.severity else {
                alarm.acknowledgement = before.acknowledgement
                alarms[index] = alarm
                return nil
            }
            alarms.remove(at: index)
            alarms.insert(alarm, at: 0)
            let isNews =
                known?.told.map {
                    finding.severity > $0.severity || time - $0.at >= Self.toldAgainNanoseconds
                } ?? true
            guard isNews else { return nil }
            causes[finding.id]?.told = (finding.severity, time)
            return alarm
        }
        guard time - since >= finding.patienceNanoseconds else { return nil }
        let alarm = finding.alarm(begunAt: now.unixMilliseconds)
        alarms.insert(alarm, at: 0)
        causes[finding.id]?.begun = time
        causes[finding.id]?.told = (finding.severity, time)
        return alarm
    }

    /// A cause that went away before its alarm began starts anew when it comes back.
    private mutating func forget(causesBut present: Set<String>) {
        let standing = Set(alarms.map(\.id))
        causes = causes.filter { present.contains($0.key) || standing.contains($0.key) }
    }

    /// - Parameter covered: Alarms whose causes others tell of now, which end at once.
    private mutating func endOld(_ now: Moment, covered: Set<String>) -> [AlarmSnapshot] {
        var over: [AlarmSnapshot] = []
        alarms.removeAll { alarm in
            let cause = causes[alarm.id]
            let hold = covered.contains(alarm.id) ? 0 : cause?.hold ?? 0
            if let cause, now.monotonicNanoseconds - cause.last <= hold { return false }
            over.append(alarm)
            over[over.count - 1].endedUnixMilliseconds = now.unixMilliseconds
            over[over.count - 1].lastedSeconds = cause.map {
                Double(now.monotonicNanoseconds - min(now.monotonicNanoseconds, $0.begun)) / 1e9
            }
            causes[alarm.id] = nil
            return true
        }
        ended = Array((over + ended).prefix(Self.historyCount))
        return over
    }
}

/// A cause for an alarm, found by one look.
struct AlarmFinding {
    /// Stays the same while the cause lasts, whatever its numbers are.
    var id: String
    var severity: AlarmSnapshot.Severity
    var title: String
    /// A sentence that ends in an action.
    var text: String
    /// How long the cause has to last before it is an alarm.
    var patienceNanoseconds: UInt64 = 0
    /// How long the alarm outlasts its cause.
    var holdNanoseconds: UInt64 = 10_000_000_000
    var model: ModelID?
    var route: String?
    var device: String?
    var reason: RefusalReason?
    var address: String?
    /// The id of another alarm, of which this one tells as well from now on.
    var covered: String?

    func alarm(begunAt unixMilliseconds: Int64) -> AlarmSnapshot {
        var alarm = AlarmSnapshot(
            id: id, severity: severity, unixMilliseconds: unixMilliseconds, title: title,
            text: text)
        alarm.model = model
        alarm.route = route
        alarm.device = device
        alarm.reason = reason
        alarm.address = address
        return alarm
    }
}
