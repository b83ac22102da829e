/// Alarms for packets that are given up at this moment, unasked: one for each destination, with
/// the remedy for what costs it most.
enum ExpiryAlarms {
    private static let holdNanoseconds: UInt64 = 30_000_000_000

    static func findings(_ snapshot: Snapshot, _ trends: AlarmTrends) -> [AlarmFinding] {
        let configured = snapshot.routes.compactMap { route -> AlarmFinding? in
            let verb = route.state == .paused ? "resume" : "mend"
            var finding = finding(
                route.name, route.expiredBy, newly: trends.newlyExpired(route),
                action: "\(verb) \(route.name)")
            finding?.route = route.name
            return finding
        }
        let others = snapshot.journal.unconfigured.compactMap { other in
            let name = SafeText.escaped(other.name)
            return finding(
                name, other.expiredBy, newly: trends.newlyExpired(other),
                action: "configure \(name) again")
        }
        return configured + others
    }

    /// - Parameter action: What brings a destination's packets on their way again.
    private static func finding(
        _ name: String, _ expired: ExpiredPackets, newly: ExpiredPackets, action: String
    ) -> AlarmFinding? {
        let causes = ExpiryCause.allCases.filter { newly[$0] > 0 }
        guard let worst = causes.max(by: { newly[$0] < newly[$1] }) else { return nil }
        let remedy =
            switch worst {
            case .room: "\(action), or give the journal more room (journal.max_bytes)"
            case .age: "\(action), or raise journal.max_age_h"
            case .damage: "look at the log, and check the disk"
            case .deadLetterLimit:
                "look at its answers, then redrive or drop its dead letters, or raise "
                    + "dead_letters.max_count"
            }
        return AlarmFinding(
            id: "expired/\(name)", severity: .critical, title: "packets for \(name) are lost",
            text: "\(count(expired)); \(remedy)", holdNanoseconds: holdNanoseconds)
    }

    private static func count(_ expired: ExpiredPackets) -> String {
        let causes = ExpiryCause.allCases.filter { expired[$0] > 0 }
        let packets = "\(PlainWords.count(expired.total, "packet")) expired so far"
        if let cause = causes.first, causes.count == 1 { return "\(packets) \(cause.words)" }
        let parts = causes.map { "\(PlainWords.count(expired[$0])) \($0.words)" }
        return "\(packets): \(parts.joined(separator: ", "))"
    }
}
