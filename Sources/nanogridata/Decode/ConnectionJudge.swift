import NanoCore

/// Judges connections one after the other, as one gateway would, and writes the verdicts.
final class ConnectionJudge {
    let output = OutputStream()
    private let keys: KeyTable
    private let pieces: [Int]
    private let clock: JudgementClock
    private let writer: any VerdictWriter
    private var intake: Intake

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
    /// - Throws: What writing the output throws.
    func judge(_ stream: [UInt8], line: Int) throws {
        var reader = ConnectionReader(
            source: PacketSource(connection: UInt64(line), address: 0))
        var report = ConnectionReport(line: line, stream: stream, keys: keys, writer: writer)
        var (settled, end, piece) = (0, 0, 0)
        var isOpen = true
        while isOpen {
            isOpen = end < stream.count
            end += min(pieces[piece], stream.count - end)
            piece = (piece + 1) % pieces.count
            let base = settled
            let read = stream.span.extracting(settled..<end)
            var verdicts: [Verdict] = []
            let outcome = reader.read(
                read, ending: isOpen ? nil : .closed, intake: &intake, now: clock.now
            ) { verdict, _ in
                verdicts.append(verdict)
            }
            for verdict in verdicts {
                report.take(
                    verdict, read, opened: intake.plainPayloads, at: base, into: &output.bytes)
            }
            settled += outcome.consumed
            isOpen = isOpen && !outcome.mustClose
            try output.flushIfFull()
        }
        report.release(into: &output.bytes)
    }
}

/// Brings a connection's verdicts to the writer in their order.
///
/// How much is skipped behind a refusal is known only later, so a refusal waits for that.
private struct ConnectionReport {
    let line: Int
    let stream: [UInt8]
    let keys: KeyTable
    let writer: any VerdictWriter
    private var held: RefusedBytes?

    init(line: Int, stream: [UInt8], keys: KeyTable, writer: any VerdictWriter) {
        self.line = line
        self.stream = stream
        self.keys = keys
        self.writer = writer
    }

    /// - Parameter opened: The payloads of this read that came encrypted.
    mutating func take(
        _ verdict: Verdict, _ bytes: Span<UInt8>, opened: [UInt8], at base: Int,
        into output: inout [UInt8]
    ) {
        switch verdict {
        case .accepted(let packet):
            release(into: &output)
            writer.write(
                packet, in: bytes, plain: packet.plain.map { Array(opened[$0]) },
                at: VerdictPlace(line: line, offset: base + packet.frame.start),
                into: &output)
        case .refused(let refusal, let range, let header):
            release(into: &output)
            let length = header.map { refusal.reason.stage == .framing ? nil : $0.frameLength }
            held = RefusedBytes(
                refusal: refusal, start: base + range.lowerBound, frameLength: length ?? nil)
        case .gapEnded(let skippedBytes, let closing):
            held?.skippedBytes = skippedBytes
            held?.isClosing = closing
            release(into: &output)
        }
    }

    /// Writes the refusal that waits, if one does.
    mutating func release(into output: inout [UInt8]) {
        guard var refused = held else { return }
        held = nil
        let frame = Array(stream[refused.range(in: stream.count)])
        if refused.refusal.reason == .macMismatch {
            refused.diagnosis = MACDiagnosis.examine(frame: frame, valid: keys, retired: [])
        }
        writer.write(
            refused, frame: frame, at: VerdictPlace(line: line, offset: refused.start),
            into: &output)
    }
}

/// A refusal with all that is known of the bytes it is about.
struct RefusedBytes {
    let refusal: Refusal
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
