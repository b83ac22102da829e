import NIOCore
import NIOHTTP1
import Synchronization

/// Connections on which no request is being answered. Where a newcomer finds no place, the one that has
/// been quiet for longest gives way: whoever has been answered, or says nothing, must not keep others out.
final class QuietConnections: Sendable {
    private struct State {
        var channels: [UInt64: any Channel] = [:]
        /// Numbers the times that one has become quiet.
        var last: UInt64 = 0
    }

    private let state = Mutex(State())

    /// - Returns: What the connection is called while it is quiet.
    fileprivate func add(_ channel: any Channel) -> UInt64 {
        state.withLock { state in
            state.last += 1
            state.channels[state.last] = channel
            return state.last
        }
    }

    fileprivate func remove(_ number: UInt64) {
        state.withLock { $0.channels[number] = nil }
    }

    /// Closes the one that has been quiet for longest.
    ///
    /// - Returns: Whether there is one.
    func closeOldest() -> Bool {
        let channel: (any Channel)? = state.withLock { state in
            state.channels.keys.min().flatMap { state.channels.removeValue(forKey: $0) }
        }
        guard let channel else { return false }
        // Its end gives a place back, which the caller is just taking.
        channel.eventLoop.execute { channel.close(promise: nil) }
        return true
    }
}

/// Tells when a connection is quiet: until its first request is there, and between an answer and the next
/// request.
final class QuietWatch: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let connections: QuietConnections
    /// Its name among them; nil while requests are being answered.
    private var number: UInt64?
    private var requests = 0

    init(_ connections: QuietConnections) {
        self.connections = connections
    }

    func handlerAdded(context: ChannelHandlerContext) {
        number = connections.add(context.channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) {
            requests += 1
            number.take().map(connections.remove)
        }
        context.fireChannelRead(data)
    }

    func write(
        context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
        if case .end = unwrapOutboundIn(data) {
            requests -= 1
            if requests == 0 { number = connections.add(context.channel) }
        }
        context.write(data, promise: promise)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        number.take().map(connections.remove)
    }
}
