import Glibc
import NIOCore
import NanoCore

/// A device's connection on its event loop: bytes in, verdicts into the lane.
///
/// It works on the buffer that NIO has read into. Only what a read leaves unfinished is kept, and
/// that is less than five kilobytes.
final class DeviceHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// Bytes of memory that a connection keeps for unfinished frames, while it has none.
    private static let keptBytes = 4_096
    /// Bytes from which a read is judged where it lies rather than copied: for fewer, a copy is the
    /// cheaper way.
    private static let longBytes = 2_048

    private let lane: Lane
    private let address: String
    private let port: UInt16
    private let loop: LoopConnections
    private let isTLS: Bool
    private var reader: ConnectionReader
    private var peer: PeerReference?
    private var held = ByteBuffer()
    private var context: ChannelHandlerContext?
    private var isEnding = false
    /// Bytes that are still taken before the connection is closed: the gateway stops, or needs its place.
    private var bytesToDrain: Int?
    /// Whether that is because the gateway stops, of which the device knows nothing.
    private var isStopping = false
    private var watch: ConnectionWatch
    /// Called with the first genuine frame; nil behind it.
    private var prove: (() -> Void)?
    /// Whether nothing is read for a while, because what came was refused.
    private var isPaused = false
    /// Whether there is room for what would be read.
    private var hasRoom = true
    private(set) var closedByGateway = false
    /// Monotonic time of the last byte.
    private var lastByteAt: UInt64 = 0
    /// Monotonic time at which the unfinished frame began; nil when there is none.
    private var frameStartedAt: UInt64?

    /// - Parameters:
    ///   - isTLS: Whether what comes here was encrypted on its way.
    ///   - prove: Called once, with the first genuine frame.
    init(
        lane: Lane, address: String, port: UInt16, loop: LoopConnections, reader: ConnectionReader,
        watch: ConnectionWatch, isTLS: Bool = false, prove: @escaping () -> Void
    ) {
        self.watch = watch
        self.prove = prove
        self.lane = lane
        self.address = address
        self.port = port
        self.loop = loop
        self.isTLS = isTLS
        self.reader = reader
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        peer = lane.reference(address: address, port: port)
        lastByteAt = Moment.monotonicNow
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        loop.remove(self)
        if !isStopping { watch.end(now: .now) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isEnding else { return }
        var buffer = Self.unwrapInboundIn(data)
        let arrived = buffer.readableBytes
        if held.readableBytes == 0 {
            judge(&buffer, context: context)
            // A copy of the little that is left, so that NIO can use its buffer again.
            held.clear()
            held.writeBuffer(&buffer)
        } else {
            judgeHeld(and: &buffer, context: context)
        }
        if let bytesToDrain { drain(upTo: bytesToDrain - arrived) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.closed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(.closed)
        context.close(promise: nil)
    }

    /// Judges what was held together with what has come. Of a long read only what the frame lacks is
    /// copied; the rest is judged where it lies.
    private func judgeHeld(and buffer: inout ByteBuffer, context: ChannelHandlerContext) {
        if let missing = reader.missingBytes(in: held.readableBytesUInt8Span),
            missing + Self.longBytes <= buffer.readableBytes,
            var end = buffer.readSlice(length: missing)
        {
            held.writeBuffer(&end)
            judge(&held, context: context)
            guard !isEnding else { return }
        }
        if held.readableBytes == 0 {
            judge(&buffer, context: context)
            held.clear()
            held.writeBuffer(&buffer)
        } else {
            held.writeBuffer(&buffer)
            judge(&held, context: context)
            held.discardReadBytes()
        }
        // A burst is over soon, the connection may last for months.
        if held.readableBytes == 0, held.capacity > Self.keptBytes { held = ByteBuffer() }
    }

    private func judge(_ buffer: inout ByteBuffer, context: ChannelHandlerContext) {
        guard let peer else { return }
        let (outcome, counts, isFull, endedAt) = lane.judge(
            buffer.readableBytesUInt8Span, ending: nil, with: &reader, from: peer)
        buffer.moveReaderIndex(forwardBy: outcome.consumed)
        lastByteAt = endedAt
        loop.noteRead(bytes: outcome.consumed, at: endedAt)
        if !outcome.frameStarted {
            frameStartedAt = nil
        } else if frameStartedAt == nil || outcome.consumed > 0 {
            frameStartedAt = lastByteAt
        }
        if counts.genuine > 0 { prove.take()?() }
        let step = watch.note(counts, now: endedAt)
        if outcome.mustClose || step == .close {
            isEnding = true
            closedByGateway = true
            context.close(promise: nil)
        } else if bytesToDrain == nil {
            if isFull { loop.stopReading() }
            if case .pause(let nanoseconds) = step { pause(nanoseconds, context) }
        }
    }

    /// Judges what is left, once.
    private func finish(_ ending: Ending) {
        guard !isEnding, let peer else { return }
        isEnding = true
        let counts = lane.judge(
            held.readableBytesUInt8Span, ending: ending, with: &reader, from: peer
        ).counts
        _ = watch.note(counts, now: Moment.monotonicNow)
        held = ByteBuffer()
    }

    /// Closes the connection if it has been silent, or at one frame, for too long.
    func closeIfOverdue(now: UInt64, limits: LoopConnections.Limits) {
        let isIdle = now &- lastByteAt > limits.idleNanoseconds
        let isSlow = frameStartedAt.map { now &- $0 > limits.frameNanoseconds } ?? false
        guard isIdle || isSlow else { return }
        closedByGateway = true
        finish(.idle)
        context?.close(promise: nil)
    }

    /// Closes the connection if its address was blocked after it had come in.
    func closeIfBlocked(now: UInt64) {
        guard watch.isToBeClosed(now: now) else { return }
        closedByGateway = true
        finish(.closed)
        context?.close(promise: nil)
    }

    /// Reads nothing for a while. What is sent meanwhile waits with the system.
    private func pause(_ nanoseconds: UInt64, _ context: ChannelHandlerContext) {
        guard !isPaused else { return }
        isPaused = true
        updateReading()
        context.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(Int64(nanoseconds))) {
            self.endPause()
        }
    }

    private func endPause() {
        guard isPaused else { return }
        isPaused = false
        updateReading()
    }

    /// Judges what has arrived and closes, because the gateway stops.
    ///
    /// - Parameter takesMore: Whether that includes what the system holds for us: a device that
    ///   could write its frame has to be able to believe that somebody reads it.
    func drain(takesMore: Bool) {
        isStopping = true
        takeWhatCame(isAll: takesMore)
    }

    private func takeWhatCame(isAll: Bool) {
        drain(upTo: isAll ? context.map(Self.bytesToRead) ?? 0 : 0)
        if isTLS { endWhenAllIsRead() }
    }

    /// Judges what has arrived and closes, to make room.
    func giveWay() {
        takeWhatCame(isAll: hasRoom)
    }

    /// What the system holds of a TLS connection is more than comes out of it: so this looks from
    /// time to time whether there is anything left.
    private func endWhenAllIsRead() {
        guard !isEnding, let context else { return }
        guard Self.bytesToRead(context) > 0 else { return drain(upTo: 0) }
        context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(10)) {
            self.endWhenAllIsRead()
        }
    }

    private func drain(upTo bytes: Int) {
        bytesToDrain = bytes
        endPause()
        guard bytes <= 0 else { return }
        finish(.closed)
        context?.close(promise: nil)
    }

    /// Bytes that have arrived and were not read yet.
    private static func bytesToRead(_ context: ChannelHandlerContext) -> Int {
        let count = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable {
            (descriptor: NIOBSDSocket.Handle) in
            var count: CInt = 0
            return ioctl(descriptor, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
        }
        return count.flatMap(\.self) ?? 0
    }

    func setReading(_ hasRoom: Bool) {
        self.hasRoom = hasRoom
        updateReading()
    }

    private func updateReading() {
        // It fails only for a channel that is closed, which needs no reading.
        _ = context?.channel.setOption(.autoRead, value: hasRoom && !isPaused)
        // Time in which we did not listen is not the device's silence.
        lastByteAt = Moment.monotonicNow
        frameStartedAt = frameStartedAt.map { _ in lastByteAt }
    }
}
