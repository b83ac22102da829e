public import NanoCore

/// A gateway told in lines that only follow one another, for screen readers and logs: what changes at
/// once, and how all is now and then.
public struct LinearReport: Sendable {
    private let secondsBetweenSummaries: Double
    private var history = History()
    private var last: Snapshot?
    /// The gateway's uptime at the last summary; nil before the first, which waits for its rates.
    private var summarizedAt: Double?

    /// - Parameter secondsBetweenSummaries: How often all is told though nothing has changed.
    public init(secondsBetweenSummaries: Double) {
        self.secondsBetweenSummaries = secondsBetweenSummaries
    }

    /// What is to be said of the newest snapshot, each line with its time. Looked for once a second.
    public mutating func lines(for snapshot: Snapshot) -> [String] {
        let uptime = snapshot.gateway.uptimeSeconds
        if let last, snapshot.gateway.isStartedAnew(since: last.gateway) {
            (history, summarizedAt) = (History(), summarizedAt.map { _ in 0 })
        }
        history.note(snapshot)
        var sentences = changes(to: snapshot)
        let isDue = summarizedAt.map { uptime - $0 >= secondsBetweenSummaries } ?? history.hasRates
        if isDue {
            sentences.append(summary(snapshot))
            summarizedAt = uptime
        }
        last = snapshot
        let time = Timestamp.short(unixSeconds: snapshot.gateway.unixMilliseconds / 1_000)
        return sentences.map { "\(time) \(SafeText.escaped($0))" }
    }

    private func changes(to snapshot: Snapshot) -> [String] {
        var sentences: [String] = []
        let gateway = snapshot.gateway
        let lastGateway = last?.gateway
        if gateway.state != lastGateway?.state || gateway.stateReason != lastGateway?.stateReason {
            let reason = gateway.stateReason.isEmpty ? "" : ": \(gateway.stateReason)"
            sentences.append("gateway \(gateway.name) is \(gateway.state.rawValue)\(reason)")
        }
        for route in snapshot.routes {
            let before = last?.routes.first { $0.name == route.name }?.state
            if route.state != before, before != nil || route.state != .idle {
                sentences.append(Self.sentence(route))
            }
        }
        for alarm in snapshot.alarms.reversed() {
            let before = last?.alarms.first { $0.id == alarm.id }
            // One that has become another, or worse, is news too.
            guard before?.title != alarm.title || before?.severity != alarm.severity else {
                continue
            }
            sentences.append("\(alarm.severity.rawValue) alarm: \(alarm.title): \(alarm.text)")
        }
        let still = Set(snapshot.alarms.map(\.id))
        for alarm in last?.alarms ?? [] where !still.contains(alarm.id) {
            sentences.append("alarm over: \(alarm.title)")
        }
        return sentences
    }

    /// How a route is, with why.
    private static func sentence(_ route: RouteSnapshot) -> String {
        let error = route.state == .retrying || route.state == .refusing ? route.lastError : ""
        return "route \(route.name) is \(route.state.rawValue)"
            + (error.isEmpty ? "" : ": \(error)")
    }

    private func summary(_ snapshot: Snapshot) -> String {
        let ledger = snapshot.ledger
        let devices = UInt64(snapshot.deviceCount)
        let connections = UInt64(snapshot.connections.open)
        var parts = [
            "received \(Numbers.rate(history.rate("received"))) packets/s, "
                + "accepted \(Numbers.rate(history.rate("accepted")))/s, "
                + "refused \(Numbers.rate(history.rate("refused")))/s",
            "in all \(Numbers.grouped(ledger.received)) received, "
                + "\(Numbers.grouped(ledger.accepted)) accepted, "
                + "\(Numbers.grouped(ledger.refused)) refused"
                + (ledger.balances ? "" : ", which does not balance"),
            "\(Numbers.counted(devices, "device")), \(Numbers.counted(connections, "connection"))",
        ]
        parts += snapshot.routes.filter { $0.state != .idle }.map { route in
            let age = route.oldestSeconds.map { ", oldest \(Numbers.duration($0))" } ?? ""
            let dead = route.deadLetters > 0 ? ", \(Numbers.grouped(route.deadLetters)) dead" : ""
            return
                "\(route.name) \(route.state.rawValue), \(Numbers.grouped(route.waiting)) waiting"
                + age + dead
        }
        parts.append(
            snapshot.alarms.isEmpty
                ? "no alarms" : Numbers.counted(UInt64(snapshot.alarms.count), "alarm"))
        return parts.joined(separator: "; ")
    }
}
