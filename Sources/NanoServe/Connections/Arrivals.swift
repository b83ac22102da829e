import NIOCore
import Synchronization

/// Connections that nobody has begun to answer. A library that has wrapped one ends the process should
/// it go without having been served, as those would that come just as the listening ends
/// (apple/swift-nio#2637): so they are held here until they are taken, and the rest is closed in order.
final class Arrivals<Connection: WrappedConnection>: Sendable {
    private struct State {
        var waiting: [ObjectIdentifier: Connection] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Holds a connection that has just been wrapped.
    ///
    /// - Throws: `ChannelError` when nobody will answer it; it is closed in order then.
    func hold(_ connection: Connection) throws {
        let isHeld = state.withLock { state in
            guard !state.isClosed else { return false }
            state.waiting[ObjectIdentifier(connection.channel)] = connection
            return true
        }
        guard isHeld else {
            refuse(connection)
            throw ChannelError.ioOnClosedChannel
        }
    }

    /// Says that a connection is served from now on.
    func take(_ connection: Connection) {
        state.withLock { $0.waiting[ObjectIdentifier(connection.channel)] = nil }
    }

    /// Closes a connection that is not going to be served.
    func refuse(_ connection: Connection) {
        take(connection)
        Task { await connection.end() }
    }

    /// Takes no more connections, and closes those that nobody has taken.
    func close() async {
        let left = state.withLock { state in
            defer { state = State(isClosed: true) }
            return Array(state.waiting.values)
        }
        for connection in left { await connection.end() }
    }
}

/// A connection as a library hands it to who serves it.
protocol WrappedConnection: Sendable {
    var channel: any Channel { get }
    /// Closes it in order, unserved.
    func end() async
}

extension NIOAsyncChannel: WrappedConnection {
    func end() async {
        // Not only closed: the library wants to see the end of its writer.
        try? await executeThenClose { _, _ in }
    }
}
