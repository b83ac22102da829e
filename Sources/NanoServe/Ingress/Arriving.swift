import NIOCore

/// A connection that nobody has come in with yet: it has a header or a handshake to do first.
protocol Arriving: AnyObject {
    /// Closes the connection if it takes too long.
    ///
    /// - Parameter now: Monotonic time, in nanoseconds.
    func closeIfOverdue(now: UInt64, limits: LoopConnections.Limits)
    /// Closes the connection if its address was blocked after it had arrived.
    ///
    /// - Parameter now: Monotonic time, in nanoseconds.
    func closeIfBlocked(now: UInt64)
    /// Closes the connection, because the gateway stops.
    func close()
}

/// What is known of a connection from its coming to its end. Only its event loop touches it.
final class Stay {
    /// Nil until a proxy has told for whom it has come.
    var visitor: Visitor?
    /// Whether its handshake is done.
    var isTLS = false
    /// What judges its frames; nil until somebody has come in.
    var handler: DeviceHandler?
    /// Whether the gateway has closed it before that, for being silent or blocked, or to make room.
    var isGivenUp = false
    /// What the gate calls it until it has shown a genuine frame.
    var unproven: UnprovenConnections.Number?

    var closedByGateway: Bool { isGivenUp || handler?.closedByGateway ?? false }

    /// Closes a connection for the sake of others, unless it has shown a genuine frame meanwhile. What has
    /// arrived is judged first.
    func giveWay(_ channel: any Channel) {
        guard unproven != nil else { return }
        isGivenUp = true
        guard let handler else { return channel.close(promise: nil) }
        handler.giveWay()
    }
}
