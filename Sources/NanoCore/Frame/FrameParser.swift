/// Finds frames in a stream of bytes, and the way back into the stream after a fault.
///
/// A value without I/O: it is asked for the ``next(in:ending:)`` step, and told what became of each
/// frame it found. Offsets count from the start of the buffer that is passed in; ``discard(_:)``
/// tells it that bytes at the front are gone. The steps depend on the bytes and on the verdicts
/// alone, never on how many bytes were there at a time (`docs/protocol.md`, "Resynchronisation").
struct FrameParser: Sendable {
    /// What has to be done before the parser can go on.
    enum Step {
        /// More bytes have to come; without an end in sight there is nothing to do.
        case wait
        /// A frame in step with the stream: judge it and call ``judged(_:)``.
        case frame(FrameBounds)
        /// A framing fault of the bytes from this offset on; the search has begun.
        case fault(Refusal, at: Int, header: FrameHeader?)
        /// A frame whose MAC alone is to be checked, by hashing no more bytes than this: answer with
        /// ``probed(_:holds:hashedBytes:)``, or close the connection where they don't suffice.
        case probe(FrameBounds, budget: Int)
        /// The search has ended, in step again.
        case gapEnded(skippedBytes: Int)
        /// The search has cost more than a gap may cost; close the connection.
        case exhausted(skippedBytes: Int)
    }

    /// How far a judged frame's length can be relied on.
    enum Trust {
        /// Its MAC held: what the header says is what the device meant.
        case verified
        /// It was refused before its MAC was looked at.
        case unknown
        /// Its MAC failed.
        case failed
    }

    /// Bytes that one gap may cost.
    static let maximumGapBytes = 4_096
    /// Bytes that may be hashed on behalf of candidates in one gap.
    static let maximumHashedBytes = 16 * 1_024

    private enum Mode {
        case inStep
        /// Behind a frame that may have lied about its length.
        case deciding(FrameBounds, Trust)
        /// In a gap that began at an offset, which is below zero once its bytes are gone.
        case searching(gapStart: Int, hashedBytes: Int)
    }

    private var mode = Mode.inStep
    /// Everything before it is settled.
    private(set) var position = 0

    /// Tells that the first bytes of the buffer are gone.
    ///
    /// - Parameter count: At most ``position``.
    mutating func discard(_ count: Int) {
        position -= count
        switch mode {
        case .inStep: break
        case .deciding(let frame, let trust):
            let moved = FrameBounds(header: frame.header, start: frame.start - count)
            mode = .deciding(moved, trust)
        case .searching(let gapStart, let hashedBytes):
            mode = .searching(gapStart: gapStart - count, hashedBytes: hashedBytes)
        }
    }

    /// The next step.
    ///
    /// - Parameter ending: Why no byte will follow these; nil when more may come.
    @inline(__always)
    mutating func next(in bytes: Span<UInt8>, ending: RefusalDetail?) -> Step {
        switch mode {
        case .inStep: nextInStep(bytes, ending)
        case .deciding(let frame, let trust): decide(frame, trust, bytes, ending)
        case .searching(let gapStart, let hashed): search(gapStart, hashed, bytes, ending != nil)
        }
    }

    /// Bytes skipped so far by a search that has not found its way back; nil when in step.
    var openGapBytes: Int? {
        guard case .searching(let gapStart, _) = mode else { return nil }
        return position - gapStart
    }

    /// Bytes that the frame at the position lacks; nil where its header is not whole, or a search
    /// is under way.
    func missingBytes(in bytes: Span<UInt8>) -> Int? {
        guard case .inStep = mode, case .valid(let header) = FrameHeader.read(bytes, at: position)
        else { return nil }
        return position + header.frameLength - bytes.count
    }

    /// Whether bytes are held that belong to no judged frame.
    func holdsUnjudged(_ count: Int) -> Bool {
        if case .deciding(let frame, _) = mode { return count > frame.end }
        return count > position
    }

    /// What judgement found out about the frame of the last ``Step/frame(_:)``.
    @inline(__always)
    mutating func judged(_ frame: FrameBounds, _ trust: Trust) {
        if case .verified = trust {
            position = frame.end
        } else {
            mode = .deciding(frame, trust)
        }
    }

    /// Whether the MAC of the last ``Step/probe(_:)`` held.
    mutating func probed(_ frame: FrameBounds, holds: Bool, hashedBytes: Int) {
        switch mode {
        case .inStep: break
        case .deciding:
            if holds {
                position = frame.end
                mode = .inStep
            } else {
                beginSearch(at: frame.start, from: frame.start + 2, hashedBytes: hashedBytes)
            }
        case .searching(let gapStart, let hashed):
            if holds {
                position = frame.start
                mode = .searching(gapStart: gapStart, hashedBytes: Self.found)
            } else {
                position = frame.start + 2
                mode = .searching(gapStart: gapStart, hashedBytes: hashed + hashedBytes)
            }
        }
    }

    /// Stands in a search's hashed bytes for "the frame at the position is believed".
    private static let found = -1

    @inline(__always)
    private mutating func nextInStep(_ bytes: Span<UInt8>, _ ending: RefusalDetail?) -> Step {
        guard position < bytes.count else { return .wait }
        switch FrameHeader.read(bytes, at: position) {
        case .valid(let header):
            let frame = FrameBounds(header: header, start: position)
            if frame.end <= bytes.count { return .frame(frame) }
            return ending.map { truncated($0, bytes.count, header) } ?? .wait
        case .incomplete:
            return ending.map { truncated($0, bytes.count, nil) } ?? .wait
        case .fault(let refusal):
            let start = position
            beginSearch(at: start, from: start + 1, hashedBytes: 0)
            return .fault(refusal, at: start, header: nil)
        }
    }

    /// The bytes end inside a frame. Its length may be a lie, so good frames may lie inside.
    private mutating func truncated(
        _ ending: RefusalDetail, _ count: Int, _ header: FrameHeader?
    ) -> Step {
        let start = position
        // Of a lone byte at the end there is no second to skip.
        beginSearch(at: start, from: min(start + 2, count), hashedBytes: 0)
        let refusal = Refusal(
            .truncated, ending, observed: .unsigned(UInt64(count - start)),
            allowed: .unsigned(UInt64(header?.frameLength ?? FrameHeader.length)),
            offset: count - start)
        return .fault(refusal, at: start, header: header)
    }

    /// Behind a refused frame: a plausible header there says that its length was true.
    private mutating func decide(
        _ frame: FrameBounds, _ trust: Trust, _ bytes: Span<UInt8>, _ ending: RefusalDetail?
    ) -> Step {
        switch FrameHeader.read(bytes, at: frame.end) {
        case .valid:
            position = frame.end
            mode = .inStep
            return nextInStep(bytes, ending)
        case .incomplete where ending == nil: return .wait
        case .incomplete, .fault:
            if case .unknown = trust {
                return .probe(frame, budget: Self.maximumHashedBytes)
            }
            beginSearch(at: frame.start, from: frame.start + 2, hashedBytes: 0)
            return next(in: bytes, ending: ending)
        }
    }

    private mutating func beginSearch(at gapStart: Int, from start: Int, hashedBytes: Int) {
        position = start
        mode = .searching(gapStart: gapStart, hashedBytes: hashedBytes)
    }

    private mutating func search(
        _ gapStart: Int, _ hashedBytes: Int, _ bytes: Span<UInt8>, _ ending: Bool
    ) -> Step {
        if hashedBytes == Self.found {
            mode = .inStep
            return .gapEnded(skippedBytes: position - gapStart)
        }
        while true {
            guard position - gapStart <= Self.maximumGapBytes else {
                return exhausted(gapStart, bytes)
            }
            guard position < bytes.count else { return .wait }
            switch FrameHeader.read(bytes, at: position) {
            case .fault: position += 1
            case .incomplete:
                guard ending else { return .wait }
                position += 1
            case .valid(let header):
                let frame = FrameBounds(header: header, start: position)
                guard frame.end <= bytes.count else {
                    guard ending else { return .wait }
                    position += 2
                    continue
                }
                return .probe(frame, budget: Self.maximumHashedBytes - hashedBytes)
            }
        }
    }

    private mutating func exhausted(_ gapStart: Int, _ bytes: Span<UInt8>) -> Step {
        let skipped = position - gapStart
        position = bytes.count
        mode = .inStep
        return .exhausted(skippedBytes: skipped)
    }
}
