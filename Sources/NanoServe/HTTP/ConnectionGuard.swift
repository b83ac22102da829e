import NIOCore

/// How long a server waits for clients that ask for nothing, or don't take what they asked for.
struct HTTPPatience: Sendable {
    /// For the head of a connection's first request.
    var request = TimeAmount.seconds(10)
    /// For the socket to take something of what has been written.
    var write = TimeAmount.seconds(10)
    /// For requests in hand, once the server is told to stop.
    var stop = TimeAmount.seconds(2)
}

/// Closes a connection whose client has stopped reading, and any that outlasts the server's stop.
///
/// An answer that nobody reads suspends whoever writes it, where neither an idle limit nor the end
/// of the server reaches it; closing the connection does. It sits next to the socket, so that it
/// sees what is written to that and nothing else.
final class ConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = IOData

    /// How far the socket has come with what it was given.
    private struct Progress: Equatable {
        var writesDone: UInt64
        var bytesWaiting: Int
    }

    private let patience: HTTPPatience
    private var writesUnderWay = 0
    private var writesDone: UInt64 = 0
    /// Runs from a write until nothing is left to be written.
    private var watch: Scheduled<Void>?
    private var end: Scheduled<Void>?
    /// Whether the other end has said that nothing more comes from it.
    private var hasPeerEnded = false
    private var peerEnds: (() -> Void)?

    init(patience: HTTPPatience) {
        self.patience = patience
    }

    func write(
        context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
        let done = promise ?? context.eventLoop.makePromise()
        writesUnderWay += 1
        done.futureResult.assumeIsolated().whenComplete { _ in
            self.writesUnderWay -= 1
            self.writesDone &+= 1
        }
        context.write(data, promise: done)
        if watch == nil { look(after: progress(context), context) }
    }

    /// Looks again after a while, and closes the connection if nothing has moved.
    private func look(after before: Progress, _ context: ChannelHandlerContext) {
        watch = context.eventLoop.assumeIsolated().scheduleTask(in: patience.write) {
            self.watch = nil
            guard self.writesUnderWay > 0 else { return }
            let now = self.progress(context)
            let isStuck =
                now.writesDone == before.writesDone && now.bytesWaiting >= before.bytesWaiting
            if isStuck { context.close(promise: nil) } else { self.look(after: now, context) }
        }
    }

    private func progress(_ context: ChannelHandlerContext) -> Progress {
        let waiting = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
        return Progress(writesDone: writesDone, bytesWaiting: waiting ?? 0)
    }

    /// Calls back once nothing more comes from the other end, in place of who asked before.
    func whenPeerEnds(_ action: @escaping () -> Void) {
        if hasPeerEnded { action() } else { peerEnds = action }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent, end == nil {
            end = context.eventLoop.assumeIsolated().scheduleTask(in: patience.stop) {
                context.close(promise: nil)
            }
        } else if event as? ChannelEvent == .inputClosed {
            hasPeerEnded = true
            peerEnds.take()?()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        watch?.cancel()
        end?.cancel()
        peerEnds = nil
    }
}
