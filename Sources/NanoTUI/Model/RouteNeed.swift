import NanoCore

extension Snapshot {
    /// How much somebody has to look after a route; 0 when it is well.
    func need(of route: RouteSnapshot) -> Int {
        switch route.state {
        case .retrying: 4
        case .refusing: 3
        case .paused: 2
        // What falls behind, for one, flows and has an alarm.
        case .flowing, .idle:
            route.deadLetters > 0 || alarms.contains { $0.route == route.name } ? 1 : 0
        }
    }

    /// Those that most need somebody come first, otherwise in their order.
    var routesByNeed: [RouteSnapshot] {
        routes.enumerated().map { (need: need(of: $1), place: $0, route: $1) }
            .sorted { ($1.need, $0.place) < ($0.need, $1.place) }.map(\.route)
    }
}
