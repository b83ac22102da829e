/// What became of some bytes of a connection.
public enum Verdict: Sendable {
    case accepted(VerifiedPacket)
    /// `bytes` is the frame, or for a fault in framing what is there of it; `header` is nil where
    /// none could be read.
    case refused(Refusal, bytes: Range<Int>, header: FrameHeader?)
    /// The bytes skipped behind a refusal are all; `closing` when the search was given up.
    case gapEnded(skippedBytes: Int, closing: Bool)
}

/// Why no more bytes come.
public enum Ending: Sendable {
    case closed
    /// The connection was silent past its limit and is about to be closed.
    case idle
}

/// What a reader leaves its caller to do.
public struct ReadOutcome: Equatable, Sendable {
    /// Bytes at the front of the buffer that are settled; the rest has to be passed again.
    public var consumed: Int
    /// The connection has cost too much and has to be closed.
    public var mustClose: Bool
    /// Bytes of an unfinished frame are held.
    public var frameStarted: Bool
}

/// Judges the bytes of one connection: finds frames, has them judged, finds the way back.
///
/// A value without I/O. The verdicts and their order depend on the bytes alone, however they are
/// cut into reads.
public struct ConnectionReader: Sendable {
    public let source: PacketSource
    /// The only device whose frames may come, by ``CertifiedDevice``; nil for any.
    private let device: CertifiedDevice?
    private let network: UInt64?
    private var parser = FrameParser()
    /// Bytes that the caller was told to pass again.
    private var heldBytes = 0

    /// - Parameters:
    ///   - device: The only one whose frames may come; nil for any.
    ///   - network: What limits count the source's address as; nil for itself.
    public init(source: PacketSource, device: CertifiedDevice? = nil, network: UInt64? = nil) {
        self.source = source
        self.device = device
        self.network = network
    }

    /// Bytes that the unfinished frame still lacks.
    ///
    /// - Parameter bytes: What the last call left unconsumed.
    /// - Returns: Nil where they can't be told: before the header is whole, or in a search.
    public func missingBytes(in bytes: Span<UInt8>) -> Int? {
        parser.missingBytes(in: bytes)
    }

    /// Judges all that can be judged.
    ///
    /// - Parameters:
    ///   - bytes: What the last call left unconsumed, and what has come since.
    ///   - ending: Why nothing will follow; the reader must not be used afterwards.
    ///   - intake: The judge, which also counts.
    ///   - verdict: Called for every verdict in the order of the bytes; offsets count from the
    ///     start of `bytes`.
    public mutating func read(
        _ bytes: Span<UInt8>, ending: Ending?, intake: inout Intake, now: Moment,
        verdict: (Verdict, Span<UInt8>) -> Void
    ) -> ReadOutcome {
        intake.countBytes(bytes.count - heldBytes)
        intake.beginRead(from: network)
        while true {
            switch parser.next(in: bytes, ending: ending?.detail) {
            case .frame(let frame):
                parser.judged(frame, judge(frame, bytes, &intake, now, verdict))
            case .probe(let frame, let budget):
                guard let probe = intake.probe(frame, bytes, budget: budget) else {
                    return giveUp(bytes, verdict, skippedBytes: parser.openGapBytes ?? 0)
                }
                parser.probed(frame, holds: probe.holds, hashedBytes: probe.hashedBytes)
            case .fault(let refusal, let start, let header):
                intake.refuse(refusal, header, source, now)
                let end = min(bytes.count, start + FrameHeader.maximumFrameLength)
                verdict(.refused(refusal, bytes: start..<end, header: header), bytes)
            case .gapEnded(let skippedBytes):
                verdict(.gapEnded(skippedBytes: skippedBytes, closing: false), bytes)
            case .exhausted(let skippedBytes):
                return giveUp(bytes, verdict, skippedBytes: skippedBytes)
            case .wait:
                return settle(bytes, ending, verdict)
            }
        }
    }

    @inline(always)
    private func judge(
        _ frame: FrameBounds, _ bytes: Span<UInt8>, _ intake: inout Intake, _ now: Moment,
        _ verdict: (Verdict, Span<UInt8>) -> Void
    ) -> FrameParser.Trust {
        do {
            // Judged into its place in the verdict: a packet on its own would be copied there.
            verdict(
                .accepted(
                    try intake.accept(frame, in: bytes, from: source, only: device, at: now)),
                bytes)
            return .verified
        } catch {
            let range = frame.start..<frame.end
            verdict(.refused(error, bytes: range, header: frame.header), bytes)
            return error.trust
        }
    }

    /// Ends a search that costs too much, and with it the connection.
    private func giveUp(
        _ bytes: Span<UInt8>, _ verdict: (Verdict, Span<UInt8>) -> Void, skippedBytes: Int
    ) -> ReadOutcome {
        verdict(.gapEnded(skippedBytes: skippedBytes, closing: true), bytes)
        return ReadOutcome(consumed: bytes.count, mustClose: true, frameStarted: false)
    }

    private mutating func settle(
        _ bytes: Span<UInt8>, _ ending: Ending?, _ verdict: (Verdict, Span<UInt8>) -> Void
    ) -> ReadOutcome {
        if ending != nil, let skippedBytes = parser.openGapBytes {
            verdict(.gapEnded(skippedBytes: skippedBytes, closing: false), bytes)
        }
        let consumed = min(parser.position, bytes.count)
        heldBytes = bytes.count - consumed
        let frameStarted = parser.holdsUnjudged(bytes.count)
        parser.discard(consumed)
        return ReadOutcome(consumed: consumed, mustClose: false, frameStarted: frameStarted)
    }
}

extension Ending {
    fileprivate var detail: RefusalDetail {
        switch self {
        case .closed: .connectionEnded
        case .idle: .idle
        }
    }
}

extension Refusal {
    /// Whether it was given to a frame whose MAC had held, so that the sender is who it says.
    public var provesSender: Bool {
        if case .verified = trust { true } else { false }
    }

    /// What this refusal says about the frame's MAC, and so about its length.
    fileprivate var trust: FrameParser.Trust {
        if isBeforeMAC { return .failed }
        return switch reason {
        case .macMismatch, .crcMismatch: .failed
        case .replay, .replayStale, .decryptFailed, .cborMalformed, .cborLimit, .profileViolation:
            .verified
        case .rateLimited: detail == .deviceLimit ? .verified : .unknown
        default: .unknown
        }
    }
}
