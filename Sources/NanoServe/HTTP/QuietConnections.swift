import NIOCore
import NIOHTTP1
import Synchronization

/// Connections on which no request is being answered. Where a newcomer finds no place, the one that has
/// been quiet for longest gives way: whoever has been answered, or says nothing, must not keep others out.
final class QuietConnections: Sendable {
    private struct State {
        var channels: [UInt64: any Channel] = [:]
        /// Those that are about to be closed, unless they are asked for something before.
        var leaving: Set<UInt64> = []
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
        state.withLock { state in
            state.channels[number] = nil
            state.leaving.remove(number)
        }
    }

    /// Closes the one that has been quiet for longest.
    ///
    /// - Returns: Whether there is one.
    func closeOldest() -> Bool {
        let oldest: (number: UInt64, channel: any Channel)? = state.withLock { state in
            guard let number = state.channels.keys.min(),
                let channel = state.channels.removeValue(forKey: number)
            else { return nil }
            state.leaving.insert(number)
            return (number, channel)
        }
        guard let (number, channel) = oldest else { return false }
        // Its end gives a place back, which the caller is just taking.
        channel.eventLoop.execute {
            guard self.state.withLock({ $0.leaving.remove(number) }) != nil else { return }
            channel.close(promise: nil)
        }
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
        guard case .end = unwrapOutboundIn(data) else {
            return context.write(data, promise: promise)
        }
        let done = promise ?? context.eventLoop.makePromise()
        let channel = context.channel
        // Until then it is still being answered.
        done.futureResult.assumeIsolated().whenComplete { _ in
            self.requests -= 1
            if self.requests == 0, channel.isActive { self.number = self.connections.add(channel) }
        }
        context.write(data, promise: done)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        number.take().map(connections.remove)
    }
}
