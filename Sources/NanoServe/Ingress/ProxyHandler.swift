import NIOCore
import NanoCore

/// The beginning of a connection from a trusted proxy: waits for its header, and then makes way for
/// what receives the device that the proxy came for.
final class ProxyHandler: ChannelInboundHandler, RemovableChannelHandler, Arriving {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let loop: LoopConnections
    private let turnAway: (TurnedAwayReason) -> Void
    private let admit: (ProxyHeader) -> (any ChannelHandler)?
    private let startedAt = Moment.monotonicNow
    private var held = ByteBuffer()
    private var context: ChannelHandlerContext?
    private var isDone = false
    /// Whether somebody was let in.
    private var isWelcome = false

    /// - Parameters:
    ///   - turnAway: Counts a connection whose header is none.
    ///   - admit: Judges whom the header names, and gives what receives it; nil when it is turned
    ///     away.
    init(
        loop: LoopConnections, turnAway: @escaping (TurnedAwayReason) -> Void,
        admit: @escaping (ProxyHeader) -> (any ChannelHandler)?
    ) {
        self.loop = loop
        self.turnAway = turnAway
        self.admit = admit
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        loop.remove(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isWelcome else { return context.fireChannelRead(data) }
        guard !isDone else { return }
        var buffer = Self.unwrapInboundIn(data)
        held.writeBuffer(&buffer)
        do {
            guard let header = try ProxyHeader.read(held.readableBytesUInt8Span) else { return }
            held.moveReaderIndex(forwardBy: header.length)
            welcome(header, context)
        } catch {
            close(.proxyHeader)
        }
    }

    private func welcome(_ header: ProxyHeader, _ context: ChannelHandlerContext) {
        guard let receiver = admit(header),
            (try? context.pipeline.syncOperations.addHandler(
                receiver, position: .after(self))) != nil
        else { return close(nil) }
        isWelcome = true
        isDone = true
        if held.readableBytes > 0 { context.fireChannelRead(Self.wrapInboundOut(held)) }
        held = ByteBuffer()
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        // A port that is tried and left without a word is no fault.
        close(held.readableBytes > 0 ? .proxyHeader : nil)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isWelcome else { return context.fireErrorCaught(error) }
        close(nil)
    }

    func closeIfOverdue(now: UInt64, limits: LoopConnections.Limits) {
        if now &- startedAt > limits.frameNanoseconds { close(.proxyHeader) }
    }

    /// Until its header is there, it is not known whose connection it is.
    func closeIfBlocked(now: UInt64) {}

    func close() { close(nil) }

    /// Closes the connection, since nobody has come in yet.
    ///
    /// - Parameter reason: To be counted; nil for what is counted elsewhere, or nobody's fault.
    private func close(_ reason: TurnedAwayReason?) {
        guard !isDone else { return }
        isDone = true
        if let reason { turnAway(reason) }
        held = ByteBuffer()
        context?.close(promise: nil)
    }
}
