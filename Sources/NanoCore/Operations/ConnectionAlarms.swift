/// The alarm for connections that are turned away: one, whatever they are turned away for.
enum ConnectionAlarms {
    /// Connections a second from which it is no accident, and down to which it stays so.
    private static let connectionsPerSecond = 5.0
    private static let standingPerSecond = 2.5
    private static let id = "turned-away"

    static func findings(
        _ snapshot: Snapshot, _ trends: AlarmTrends, _ standing: Set<String>
    ) -> [AlarmFinding] {
        guard let previous = trends.previous, trends.seconds > 0 else { return [] }
        let turnedAway = snapshot.connections.turnedAway.since(previous.connections.turnedAway)
        let reasons = TurnedAwayReason.allCases.filter { $0.remedy != nil }
        let sum = reasons.reduce(0) { $0 + turnedAway[$1] }
        let rate = Double(sum) / trends.seconds
        guard rate >= (standing.contains(id) ? standingPerSecond : connectionsPerSecond),
            let most = reasons.max(by: { turnedAway[$0] < turnedAway[$1] }),
            let remedy = most.remedy
        else { return [] }
        let share = turnedAway[most] == sum ? "all" : "most"
        return [
            AlarmFinding(
                id: id, severity: .warning, title: "connections turned away",
                text: "\(PlainWords.count(rate)) connections a second are turned away, \(share) "
                    + "of them by \(remedy.key)\(words(of: most, snapshot)); \(remedy.action)",
                holdNanoseconds: 30_000_000_000)
        ]
    }

    /// What the last handshake to fail has come to, where these are the reason.
    private static func words(of reason: TurnedAwayReason, _ snapshot: Snapshot) -> String {
        guard let last = snapshot.connections.tls?.failures.last(where: { $0.reason == reason })
        else { return "" }
        return ", the last from \(last.address): \(last.words)"
    }
}
