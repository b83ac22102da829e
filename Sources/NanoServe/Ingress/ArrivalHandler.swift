import NIOCore
import NIOSSL
import NIOTLS
import NanoCore

/// The beginning of a connection where TLS is spoken: looks at the first byte, sees to the
/// handshake, and then makes way for the handler of the device.
///
/// A frame never begins as a handshake does (RFC 8446 §5.1).
final class ArrivalHandler: ChannelInboundHandler, RemovableChannelHandler, Arriving {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private enum Stage {
        case silent
        /// With what encrypts.
        case handshaking(NIOSSLServerHandler)
        case over
    }

    /// What tells a handshake: the type of its record.
    private static let handshakeByte: UInt8 = 0x16

    private let door: TLSDoor
    private let takesPlain: Bool
    private let loop: LoopConnections
    private let stay: Stay
    private let watch: ConnectionWatch
    private let turnAway: (HandshakeFault) -> Void
    private let welcome: (_ isTLS: Bool, _ device: String?) -> DeviceHandler
    private var stage = Stage.silent
    private var context: ChannelHandlerContext?
    /// Monotonic time at which the connection or, where it may stay silent, its handshake began.
    private var startedAt = Moment.monotonicNow

    /// - Parameters:
    ///   - takesPlain: Whether frames may come without TLS, too.
    ///   - watch: What is held against the connection.
    ///   - turnAway: Counts a connection that comes to nothing.
    ///   - welcome: Gives what judges the frames of who has come in.
    init(
        door: TLSDoor, takesPlain: Bool, loop: LoopConnections, stay: Stay,
        watch: ConnectionWatch,
        turnAway: @escaping (HandshakeFault) -> Void,
        welcome: @escaping (_ isTLS: Bool, _ device: String?) -> DeviceHandler
    ) {
        self.door = door
        self.takesPlain = takesPlain
        self.loop = loop
        self.stay = stay
        self.watch = watch
        self.turnAway = turnAway
        self.welcome = welcome
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        loop.remove(self)
        // Whoever comes in is judged by the handler that follows.
        if stay.handler == nil, !loop.isDraining { watch.end(now: .now) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .silent = stage else {
            // Behind a handshake that failed, bytes are nobody's.
            if stay.handler != nil { context.fireChannelRead(data) }
            return
        }
        let bytes = Self.unwrapInboundIn(data).readableBytesView
        guard let first = bytes.first else { return }
        if first == Self.handshakeByte {
            beginHandshake(context, data)
        } else if takesPlain {
            letIn(context, data, isTLS: false)
        } else {
            fail(HandshakeFault(.plain, "it does not begin with TLS"))
        }
    }

    private func beginHandshake(_ context: ChannelHandlerContext, _ data: NIOAny) {
        let encryption = NIOSSLServerHandler(context: door.tls.context)
        stage = .handshaking(encryption)
        if takesPlain { startedAt = Moment.monotonicNow }
        let pipeline = context.pipeline.syncOperations
        // It fails only for a channel that is closed.
        guard (try? pipeline.addHandler(encryption, position: .before(self))) != nil else { return }
        pipeline.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        if case TLSUserEvent.handshakeCompleted = event, case .handshaking(let encryption) = stage {
            settle(context, encryption)
        }
    }

    /// The handshake is done: finds out whose connection it is.
    private func settle(_ context: ChannelHandlerContext, _ encryption: NIOSSLServerHandler) {
        do {
            let certificate = encryption.peerCertificate
            // A session that is taken up again brings its certificate along, or nobody.
            if certificate == nil, door.tls.requiresCertificates { throw HandshakeFault.bare }
            let device = try certificate.flatMap { try door.naming?.device(of: $0) }
            letIn(context, nil, isTLS: true, device: device)
        } catch {
            fail(error as? HandshakeFault ?? HandshakeFault(error))
        }
    }

    /// - Parameter data: What has been read already.
    private func letIn(
        _ context: ChannelHandlerContext, _ data: NIOAny?, isTLS: Bool, device: String? = nil
    ) {
        stage = .over
        let handler = welcome(isTLS, device)
        let pipeline = context.pipeline.syncOperations
        guard (try? pipeline.addHandler(handler, position: .after(self))) != nil else { return }
        if let data { context.fireChannelRead(data) }
        pipeline.removeHandler(context: context, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch stage {
        case .handshaking: fail(HandshakeFault(error))
        case .silent: context.close(promise: nil)
        case .over: context.fireErrorCaught(error)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        // A port that is tried and left without a word is no fault.
        stage = .over
        context.fireChannelInactive()
    }

    private func fail(_ fault: HandshakeFault) {
        stage = .over
        turnAway(fault)
        context?.close(promise: nil)
    }

    /// Who may come without TLS may be silent as long as a device; nobody else has a reason to be.
    func closeIfOverdue(now: UInt64, limits: LoopConnections.Limits) {
        switch stage {
        case .silent:
            let limit = takesPlain ? limits.idleNanoseconds : limits.frameNanoseconds
            if now &- startedAt > limit { giveUp() }
        case .handshaking:
            if now &- startedAt > limits.frameNanoseconds { fail(.late) }
        case .over: break
        }
    }

    func closeIfBlocked(now: UInt64) {
        if case .over = stage { return }
        if watch.isToBeClosed(now: now) { giveUp() }
    }

    private func giveUp() {
        stay.isGivenUp = true
        close()
    }

    func close() {
        stage = .over
        context?.close(promise: nil)
    }
}
