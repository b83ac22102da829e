import NIOCore
import NIOHTTP1

/// Closes a connection that brings no request: what says nothing has no business here, and holds a
/// place that others need.
final class FirstRequestLimit: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private let limit: TimeAmount
    private var end: Scheduled<Void>?

    /// - Parameter limit: For the head of the first request, from the connection's beginning.
    init(limit: TimeAmount) {
        self.limit = limit
    }

    func handlerAdded(context: ChannelHandlerContext) {
        end = context.eventLoop.assumeIsolated().scheduleTask(in: limit) {
            context.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        end?.cancel()
        context.fireChannelRead(data)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end?.cancel()
    }
}
