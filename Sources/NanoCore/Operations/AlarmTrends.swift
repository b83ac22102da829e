/// What changed from look to look, as far as alarms depend on it.
struct AlarmTrends {
    /// One look's totals of a route.
    private struct Totals {
        var accepted: UInt64 = 0
        /// Delivered or condemned.
        var settled: UInt64 = 0
        /// Expired or skipped.
        var givenUp: UInt64 = 0
        var waiting: UInt64 = 0
        var condemned: UInt64 = 0
        var isRefusing = false
    }

    private struct Look {
        var at: UInt64
        var journalBytes: UInt64
        var routes: [String: Totals]
    }

    /// The looks of the last minute, oldest first.
    private var looks: [Look] = []
    /// The look before the newest.
    private(set) var previous: Snapshot?
    private var newest: Snapshot?
    /// Seconds between the two newest looks; 0 for the first.
    private(set) var seconds = 0.0

    private static let spanNanoseconds: UInt64 = 60_000_000_000
    private static let flowNanoseconds: UInt64 = 4_000_000_000
    private static let leastFlowNanoseconds: UInt64 = 2_000_000_000
    private static let refusingNanoseconds: UInt64 = 10_000_000_000
    /// Growth below this is none.
    private static let leastGrowth: UInt64 = 100

    mutating func note(_ snapshot: Snapshot, now: UInt64) {
        previous = newest
        newest = snapshot
        // Rows are large, and nobody asks for those of the look before.
        newest?.rejections = []
        seconds =
            previous.map { snapshot.gateway.uptimeSeconds - $0.gateway.uptimeSeconds } ?? 0
        let routes = snapshot.routes.map { route in
            (
                route.name,
                Totals(
                    accepted: route.accepted, settled: route.delivered &+ route.condemned,
                    givenUp: route.expired &+ route.skipped, waiting: route.waiting,
                    condemned: route.condemned, isRefusing: route.state == .refusing)
            )
        }
        looks.removeAll { now - min($0.at, now) > Self.spanNanoseconds }
        looks.append(
            Look(
                at: now, journalBytes: snapshot.journal.usedBytes,
                routes: Dictionary(routes) { first, _ in first }))
    }

    /// Packets that came, were settled and were given up, a second; nil until there are some seconds to
    /// tell by.
    func flow(_ route: String) -> RouteFlow? {
        guard let last = looks.last, let now = last.routes[route],
            let first = looks.first(where: { last.at - $0.at <= Self.flowNanoseconds }),
            let before = first.routes[route], last.at - first.at >= Self.leastFlowNanoseconds
        else { return nil }
        let span = Double(last.at - first.at) / 1e9
        func rate(_ count: KeyPath<Totals, UInt64>) -> Double {
            max(0, Double(now[keyPath: count]) - Double(before[keyPath: count])) / span
        }
        return RouteFlow(
            incoming: rate(\.accepted), outgoing: rate(\.settled), givenUp: rate(\.givenUp))
    }

    /// Whether more and more waited for a route, third by third of the last minute.
    func risesOverMinute(_ route: String) -> Bool {
        guard let last = looks.last, let first = looks.first,
            last.at - first.at >= Self.spanNanoseconds * 9 / 10
        else { return false }
        let third = (last.at - first.at) / 3
        let means = (0..<3).map { part -> UInt64 in
            let start = first.at + third * UInt64(part)
            let waiting = looks.filter { $0.at >= start && $0.at - start <= third }
                .compactMap { $0.routes[route]?.waiting }
            return waiting.reduce(0, +) / UInt64(max(1, waiting.count))
        }
        let growth = max(Self.leastGrowth, means[0] / 10)
        return means[1] > means[0] && means[2] > means[1] && means[2] >= means[0] + growth
    }

    /// Packets given up since the look before; at the first look since the start, which may have found that
    /// packets are lost.
    func newlyExpired(_ route: RouteSnapshot) -> ExpiredPackets {
        let before = previous?.routes.first { $0.name == route.name }
        return route.expiredBy.since(before?.expiredBy ?? ExpiredPackets())
    }

    /// The same for a destination that is not configured.
    func newlyExpired(_ other: UnconfiguredRoute) -> ExpiredPackets {
        let before = previous?.journal.unconfigured.first { $0.name == other.name }
        return other.expiredBy.since(before?.expiredBy ?? ExpiredPackets())
    }

    /// Packets refused for good since the look before.
    func newlyCondemned(_ route: RouteSnapshot) -> UInt64 {
        guard let before = looks.dropLast().last?.routes[route.name] else { return 0 }
        return route.condemned &- before.condemned
    }

    /// Whether packets were refused for good within the last minute.
    func condemnsOfLate(_ route: RouteSnapshot) -> Bool {
        guard let before = looks.lazy.compactMap({ $0.routes[route.name] }).first else {
            return false
        }
        return route.condemned > before.condemned
    }

    /// Whether a route has taken nothing for some seconds but refused what came: between two packets of
    /// a device that it always refuses, those of others are delivered.
    func refusesAll(_ route: String) -> Bool {
        guard let last = looks.last else { return false }
        let recent = looks.reversed().prefix { look in
            last.at - look.at < Self.refusingNanoseconds
        }
        let isRefusing = recent.allSatisfy { $0.routes[route]?.isRefusing ?? false }
        return isRefusing && recent.count < looks.count
    }

    /// Seconds until the journal or its disk is full at the rate of the last minute; nil when it does not
    /// fill, or nothing more goes in.
    func secondsUntilFull(_ journal: JournalSnapshot) -> Double? {
        guard let first = looks.first, let last = looks.last,
            last.at - first.at >= Self.leastFlowNanoseconds,
            last.journalBytes > first.journalBytes, !journal.isFull, journal.room.bytes > 0
        else { return nil }
        let span = Double(last.at - first.at) / 1e9
        let rate = Double(last.journalBytes - first.journalBytes) / span
        return Double(journal.room.bytes) / rate
    }
}
