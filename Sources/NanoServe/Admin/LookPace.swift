import NanoCore

/// How long a console rests between two looks at a gateway in another process: longer while nothing moves
/// there, which costs both of them less.
struct LookPace: Sendable {
    /// What is no longer the same as soon as something has moved. Ages and the use of memory are none of it.
    private struct Look: Equatable, Sendable {
        let state: GatewaySnapshot.State
        let received: UInt64
        let connections: UInt64
        let open: Int
        let alarms: [String]
        let routes: [RouteSnapshot.State]
        let waiting: [UInt64]
        let lists: [String: UInt64]
    }

    private var last: Look?

    /// Seconds.
    static let usual = 0.25
    static let ofStillness = 0.5

    /// How long to rest, in seconds.
    ///
    /// - Parameter lists: The numbers of the long lists that came with the snapshot, or before.
    mutating func rest(after snapshot: Snapshot, lists: [String: UInt64]) -> Double {
        let look = Look(
            state: snapshot.gateway.state, received: snapshot.ledger.received,
            connections: snapshot.connections.total, open: snapshot.connections.open,
            alarms: snapshot.alarms.map(\.id), routes: snapshot.routes.map(\.state),
            waiting: snapshot.routes.map(\.waiting), lists: lists)
        defer { last = look }
        return look == last ? Self.ofStillness : Self.usual
    }
}
