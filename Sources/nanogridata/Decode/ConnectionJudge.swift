import NanoCore

/// Judges connections as one gateway would, and writes the verdicts.
final class ConnectionJudge {
    let output = OutputStream()
    let writer: any VerdictWriter
    fileprivate let keys: KeyTable
    fileprivate var intake: Intake
    private let pieces: [Int]
    private var clock: JudgementClock

    init(keys: KeyTable, pieces: [Int], clock: JudgementClock, writer: any VerdictWriter) {
        self.keys = keys
        self.pieces = pieces
        self.clock = clock
        self.writer = writer
        var random = SystemRandomNumberGenerator()
        intake = Intake(
            configuration: IntakeConfiguration(keys: keys),
            guard: SharedReplayGuard(
                configuration: ReplayGuard.Configuration(),
                hashKey: (random.next(), random.next()), shardCount: 1))
    }

    /// Judges all bytes of a connection, which closes behind them.
    ///
    /// - Parameters:
    ///   - unixNanoseconds: When they came, if that is known.
    ///   - recorded: What a dump says of them.
    /// - Throws: What writing the output throws.
    func judge(
        _ stream: [UInt8], line: Int, unixNanoseconds: Int64? = nil, recorded: String? = nil
    ) throws {
        var connection = JudgedConnection(
            source: PacketSource(connection: UInt64(line), address: 0))
        let now = unixNanoseconds.map { clock.now(packet: $0) }
        var (end, piece) = (0, 0)
        repeat {
            let start = end
            end += min(pieces[piece], stream.count - end)
            piece = (piece + 1) % pieces.count
            connection.take(
                stream[start..<end],
                at: JudgedMoment(line: line, now: now ?? clock.now(), recorded: recorded), by: self)
            try output.flushIfFull()
        } while end < stream.count
        connection.finish(
            .closed, at: JudgedMoment(line: line, now: now ?? clock.now(), recorded: recorded),
            by: self)
        try output.flushIfFull()
    }

    /// The time at which to judge what a packet of a capture brought.
    func now(packet: Int64?) -> Moment { clock.now(packet: packet, isPreferred: true) }
}

/// When something is judged, and what brought it.
struct JudgedMoment {
    /// Of the input, or the packet's number; from 1.
    let line: Int
    let now: Moment
    /// Between whom the packet was sent; nil outside of captures.
    var path: CapturedPlace?
    /// What a dump says of the packet; nil outside of dumps.
    var recorded: String?
}

/// How the bytes of a connection end.
enum JudgedEnding {
    case closed
    /// More was sent, but is not here.
    case cutOff
}

/// Judges the bytes of one connection as they come, and brings the verdicts to the writer in their
/// order.
///
/// How much is skipped behind a refusal is known only later, so a refusal waits for that.
struct JudgedConnection {
    private var reader: ConnectionReader
    /// What is not settled yet, and what a refusal that waits is about.
    private var bytes: [UInt8] = []
    /// Offset in the connection of the first of the bytes.
    private var base: Int
    /// Bytes that are settled.
    private var settled = 0
    private var held: RefusedBytes?
    /// Whether the gateway would have closed it, so that nothing more is judged.
    private(set) var isClosed = false

    /// - Parameter offset: Of the first byte that will come.
    init(source: PacketSource, offset: Int = 0) {
        reader = ConnectionReader(source: source)
        base = offset
    }

    mutating func take(
        _ new: ArraySlice<UInt8>, at moment: JudgedMoment, by judge: ConnectionJudge
    ) {
        guard !isClosed else { return }
        bytes += new
        read(ending: nil, at: moment, by: judge)
        let spare = min(settled, held.map { $0.start - base } ?? settled)
        bytes.removeFirst(spare)
        base += spare
        settled -= spare
    }

    /// Judges what is left.
    mutating func finish(
        _ ending: JudgedEnding, at moment: JudgedMoment, by judge: ConnectionJudge
    ) {
        if !isClosed { read(ending: ending, at: moment, by: judge) }
        isClosed = true
        release(by: judge)
    }

    private mutating func read(
        ending: JudgedEnding?, at moment: JudgedMoment, by judge: ConnectionJudge
    ) {
        var verdicts: [Verdict] = []
        let stream = bytes
        let outcome = reader.read(
            stream.span.extracting(settled..<stream.count), ending: ending == nil ? nil : .closed,
            intake: &judge.intake, now: moment.now
        ) { verdict, _ in
            verdicts.append(verdict)
        }
        let start = settled
        for verdict in verdicts {
            take(verdict, behind: start, ending, moment, judge)
        }
        settled += outcome.consumed
        if outcome.mustClose { isClosed = true }
    }

    /// - Parameter start: Index of the first byte that was read.
    private mutating func take(
        _ verdict: Verdict, behind start: Int, _ ending: JudgedEnding?, _ moment: JudgedMoment,
        _ judge: ConnectionJudge
    ) {
        switch verdict {
        case .accepted(let packet):
            release(by: judge)
            let opened = judge.intake.plainPayloads
            judge.writer.write(
                packet, in: bytes.span.extracting(start..<bytes.count),
                plain: packet.plain.map { Array(opened[$0]) },
                at: place(moment, start + packet.frame.start), into: &judge.output.bytes)
        case .refused(let refusal, let range, _)
        where refusal.reason == .truncated && ending == .cutOff:
            release(by: judge)
            let place = place(moment, start + range.lowerBound)
            let count = bytes.count - start - range.lowerBound
            judge.writer.write(.cutOff(bytes: count), at: place, into: &judge.output.bytes)
        case .refused(let refusal, let range, let header):
            release(by: judge)
            let length = header.map { refusal.reason.stage == .framing ? nil : $0.frameLength }
            let start = base + start + range.lowerBound
            held = RefusedBytes(
                refusal: refusal, moment: moment, start: start, frameLength: length ?? nil)
        case .gapEnded(let skippedBytes, let closing):
            held?.skippedBytes = skippedBytes
            held?.isClosing = closing
            release(by: judge)
        }
    }

    private func place(_ moment: JudgedMoment, _ index: Int) -> VerdictPlace {
        VerdictPlace(
            line: moment.line, offset: base + index, path: moment.path,
            recorded: moment.recorded)
    }

    /// Writes the refusal that waits, if one does.
    private mutating func release(by judge: ConnectionJudge) {
        guard var refused = held else { return }
        held = nil
        let range = refused.range(in: base + bytes.count)
        let frame = Array(bytes[range.lowerBound - base..<range.upperBound - base])
        switch refused.refusal.reason {
        case .macMismatch:
            refused.diagnosis = MACDiagnosis.examine(frame: frame, valid: judge.keys, retired: [])
        case .unknownModel:
            refused.diagnosis = FrameBounds(readingAt: 0, in: frame.span).map {
                Self.missingSecret(of: $0.header.model)
            }
        default: break
        }
        judge.writer.write(
            refused, frame: frame, at: place(refused.moment, refused.start - base),
            into: &judge.output.bytes)
    }
}

extension JudgedConnection {
    /// What a gateway may have, and this program was not given.
    private static func missingSecret(of model: ModelID) -> String {
        let name = [model.description, model.family].compactMap(\.self).joined(separator: " ")
        return
            "no secret of \(name) was given here: --secrets FILE or --secret \(model)=HEX gives it"
    }
}

/// A refusal with all that is known of the bytes it is about.
struct RefusedBytes {
    let refusal: Refusal
    let moment: JudgedMoment
    /// Offset in the connection.
    let start: Int
    /// Nil where the fault lies in the framing, so that the length says nothing.
    let frameLength: Int?
    /// Bytes skipped in search of the next frame, from the refused one's start.
    var skippedBytes = 0
    /// Whether the search was given up and the connection closed.
    var isClosing = false
    var diagnosis: String?

    /// Whether more was lost than the frame.
    var skipsMore: Bool { skippedBytes > frameLength ?? 0 }

    /// The bytes to show: the frame, or as much of what is there as could be one.
    func range(in count: Int) -> Range<Int> {
        var length = frameLength ?? FrameHeader.maximumFrameLength
        if frameLength == nil, skippedBytes > 0 { length = min(length, skippedBytes) }
        return start..<min(count, start + length)
    }
}
