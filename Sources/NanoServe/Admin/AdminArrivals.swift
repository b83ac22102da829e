import NIOCore
import Synchronization

/// Connections that nobody has begun to answer. A library that has wrapped one ends the process should
/// it go without having been served, as those would that come just as the listening ends
/// (apple/swift-nio#2637): so they are held here until they are taken, and the rest is closed in order.
final class AdminArrivals: Sendable {
    typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private struct State {
        var waiting: [ObjectIdentifier: Connection] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Wraps a connection, on its event loop and before anything is read from it.
    ///
    /// - Throws: `ChannelError` when nobody will answer it.
    func wrap(_ channel: any Channel) throws -> Connection {
        try state.withLock { state in
            guard !state.isClosed else { throw ChannelError.ioOnClosedChannel }
            let connection = try Connection(
                wrappingChannelSynchronously: channel,
                configuration: .init(isOutboundHalfClosureEnabled: true))
            state.waiting[ObjectIdentifier(channel)] = connection
            return connection
        }
    }

    /// Says that a connection is served from now on.
    func take(_ connection: Connection) {
        state.withLock { $0.waiting[ObjectIdentifier(connection.channel)] = nil }
    }

    /// Takes no more connections.
    ///
    /// - Returns: Those that nobody has taken, to be closed.
    func close() -> [Connection] {
        state.withLock { state in
            defer { state = State(isClosed: true) }
            return Array(state.waiting.values)
        }
    }
}
