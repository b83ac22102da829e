import NIOCore
import NanoCore

/// The beginning of a connection from a trusted proxy: waits for its header, and then makes way for
/// the handler of the device that the proxy came for.
final class ProxyHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// A connection behind its header.
    struct Guest {
        let visitor: Visitor
        let handler: DeviceHandler
    }

    private let loop: LoopConnections
    private let turnAway: (TurnedAwayReason) -> Void
    private let admit: (ProxyHeader) -> Guest?
    private let startedAt = Moment.monotonicNow
    private var held = ByteBuffer()
    private var context: ChannelHandlerContext?
    private var isDone = false
    /// Who was let in.
    private(set) var guest: Guest?

    /// - Parameters:
    ///   - turnAway: Counts a connection whose header is none.
    ///   - admit: Judges whom the header names; nil when it is turned away.
    init(
        loop: LoopConnections, turnAway: @escaping (TurnedAwayReason) -> Void,
        admit: @escaping (ProxyHeader) -> Guest?
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
        guard guest == nil else { return context.fireChannelRead(data) }
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
        guard let guest = admit(header),
            (try? context.pipeline.syncOperations.addHandler(
                guest.handler, position: .after(self))) != nil
        else { return close(nil) }
        self.guest = guest
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
        guard guest == nil else { return context.fireErrorCaught(error) }
        close(nil)
    }

    /// Closes the connection if its header takes too long.
    func closeIfOverdue(now: UInt64, limitNanoseconds: UInt64) {
        if now &- startedAt > limitNanoseconds { close(.proxyHeader) }
    }

    /// Closes the connection, since nobody has come in yet.
    ///
    /// - Parameter reason: To be counted; nil for what is counted elsewhere, or nobody's fault.
    func close(_ reason: TurnedAwayReason?) {
        guard !isDone else { return }
        isDone = true
        if let reason { turnAway(reason) }
        held = ByteBuffer()
        context?.close(promise: nil)
    }
}
