import NIOCore
import NIOHTTP1

/// A client's end of one connection: one request after the other, each with a deadline.
///
/// Only its event loop touches it.
final class HTTPConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart
    typealias Completion = (Result<HTTPAnswer, any Error>) -> Void

    private struct Pending {
        let completion: Completion
        let deadline: Scheduled<Void>
        var answer: HTTPAnswer?
    }

    private let pool: HTTPConnections
    private var context: ChannelHandlerContext?
    private var exchange: Pending?
    private var exchanges = 0
    private var isReusable = true
    private(set) var idleSince = NIODeadline.uptimeNanoseconds(0)

    init(pool: HTTPConnections) {
        self.pool = pool
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    /// Sends a request; the completion is called once, with its answer or what went wrong.
    func send(_ request: HTTPExchange, completion: @escaping Completion) {
        guard let context, isReusable else {
            return completion(.failure(HTTPFault.closed(wasKept: exchanges > 0)))
        }
        precondition(exchange == nil, "one request at a time")
        let loop = context.eventLoop.assumeIsolated()
        let timer = loop.scheduleTask(deadline: request.deadline) { self.fail(HTTPFault.timeout) }
        exchange = Pending(completion: completion, deadline: timer)
        exchanges += 1
        context.write(wrapOutboundOut(.head(request.head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(request.body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            exchange?.answer = HTTPAnswer(head: head)
            if !head.isKeepAlive { isReusable = false }
        case .body(let part):
            exchange?.answer?.append(part)
            guard exchange?.answer?.isCut == true else { return }
            isReusable = false
            finish()
        case .end: finish()
        }
    }

    private func finish() {
        guard let exchange, let answer = exchange.answer else { return }
        self.exchange = nil
        exchange.deadline.cancel()
        idleSince = .now()
        if isReusable { pool.keep(self) } else { context?.close(promise: nil) }
        exchange.completion(.success(answer))
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(HTTPFault.closed(wasKept: isCrossing))
        pool.forget(self)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error is IOError && isCrossing ? HTTPFault.closed(wasKept: true) : error)
    }

    /// Whether the request under way is not the first here, and nothing has come back.
    private var isCrossing: Bool { exchanges > 1 && exchange?.answer == nil }

    /// Ends the exchange under way, if there is one, and the connection.
    func fail(_ error: any Error) {
        isReusable = false
        // Taken before the end of the connection can give it another reason.
        let ended = exchange.take()
        context?.close(promise: nil)
        guard let ended else { return }
        ended.deadline.cancel()
        ended.completion(.failure(error))
    }
}
