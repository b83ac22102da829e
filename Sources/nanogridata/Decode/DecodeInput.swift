import NanoCore

/// Takes the bytes of an input part by part, and has judged what is in them.
struct DecodeInput {
    private enum Form {
        /// The first bytes, which don't tell the form yet.
        case undecided([UInt8])
        case hex(HexLineReader)
        case dump(DumpedLines, CaptureJudge)
        case raw([UInt8])
        case capture(CaptureReader, CaptureJudge)
    }

    private var form: Form
    private let port: UInt16
    private let judge: ConnectionJudge
    /// Whether nobody said what the bytes are.
    private let isGuessed: Bool
    private var firstByte: UInt8?
    /// Whether bytes of a device were found.
    private var hasBytes = false
    /// Whether a capture has ended without a fault.
    private var isWholeCapture = false

    /// More than any connection sends; what is judged as one is kept until its end.
    private static let maximumRawBytes = 1 << 30

    /// - Parameters:
    ///   - isPcapngByName: Whether the file is called so, which counts while nothing else was said.
    ///   - port: Where the gateway listened, in a capture.
    init(
        _ input: DecodeCommand.Input, isPcapngByName: Bool, port: UInt16, judge: ConnectionJudge
    ) {
        self.port = port
        self.judge = judge
        isGuessed = input == .auto
        switch input {
        case .auto where !isPcapngByName: form = .undecided([])
        case .hex: form = .hex(HexLineReader())
        case .raw: form = .raw([])
        case .ndjson: form = .dump(DumpedLines(), CaptureJudge(port: port, judge: judge))
        case .auto, .pcap, .pcapng:
            form = .capture(CaptureReader(), CaptureJudge(port: port, judge: judge))
        }
    }

    /// What could not be read, a sentence each.
    var complaints: [String] {
        switch form {
        case .capture(_, let capture), .dump(_, let capture):
            return isWholeCapture && capture.isEmpty ? ["no packets are in it"] : capture.complaints
        case .undecided, .hex, .raw: break
        }
        guard !hasBytes else { return [] }
        return [firstByte == nil ? "it is empty" : "no bytes of a device are in it"]
    }

    /// What an input may be in which digits were expected from the first line on; empty where it had
    /// some.
    var hint: String {
        if hasBytes { return "" }
        return isGuessed
            ? "; it begins like no capture and no frame, so it was read as hex: --input says what "
                + "it is" : ""
    }

    /// Takes the next bytes.
    ///
    /// - Throws: ``HexLineError``, ``CaptureError``, ``DumpedLines/Fault``, and what writing the output throws; all that
    ///   stands in front of a fault has been judged.
    mutating func take(_ block: Span<UInt8>) throws {
        if firstByte == nil, !block.isEmpty { firstByte = block[0] }
        guard case .undecided(var bytes) = form else { return try read(block) }
        for index in block.indices { bytes.append(block[index]) }
        form = .undecided(bytes)
        try decide(isLast: false)
    }

    /// Says that nothing more comes.
    ///
    /// - Throws: As ``take(_:)`` does.
    mutating func finish() throws {
        try decide(isLast: true)
        switch form {
        case .undecided: break
        case .hex(var reader):
            try reader.finish { line, bytes in try judge(bytes, line: line) }
        case .raw(let bytes): try judge(bytes, line: 1)
        case .dump(var reader, var capture):
            defer { form = .dump(reader, capture) }
            try reader.finish { try capture.take($0) }
            try capture.finish()
            isWholeCapture = true
        case .capture(let reader, var capture):
            defer { form = .capture(reader, capture) }
            try capture.finish()
            try reader.finish()
            isWholeCapture = true
        }
    }

    /// Tells the form by the first bytes; hex where they say nothing.
    private mutating func decide(isLast: Bool) throws {
        guard case .undecided(let bytes) = form else { return }
        switch CaptureFormat.recognise(bytes) {
        case .undecided where !isLast: return
        case .capture:
            form = .capture(CaptureReader(), CaptureJudge(port: port, judge: judge))
        case .frame: form = .raw([])
        case .other where bytes.first { $0 > UInt8(ascii: " ") } == UInt8(ascii: "{"):
            form = .dump(DumpedLines(), CaptureJudge(port: port, judge: judge))
        case .other, .undecided: form = .hex(HexLineReader())
        }
        try read(bytes.span)
    }

    private mutating func judge(_ stream: [UInt8], line: Int) throws {
        hasBytes = hasBytes || !stream.isEmpty
        try judge.judge(stream, line: line)
    }

    private mutating func read(_ block: Span<UInt8>) throws {
        switch form {
        case .undecided: break
        case .hex(var reader):
            try reader.read(block) { line, bytes in try judge(bytes, line: line) }
            form = .hex(reader)
        case .raw(var bytes):
            form = .raw([])
            guard bytes.count + block.count <= Self.maximumRawBytes else {
                throw CommandFailure.misuse([
                    "the input has more than \(Self.maximumRawBytes) bytes; cut it in parts"
                ])
            }
            for index in block.indices { bytes.append(block[index]) }
            form = .raw(bytes)
        case .dump(var reader, var capture):
            form = .undecided([])
            defer { form = .dump(reader, capture) }
            try reader.read(block) { try capture.take($0) }
        case .capture(var reader, var capture):
            form = .undecided([])
            defer { form = .capture(reader, capture) }
            reader.append(block)
            do {
                while let packet = try reader.next() { try capture.take(packet) }
            } catch let fault as CaptureError {
                // What came before the fault is worth having.
                try capture.finish()
                throw fault
            }
        }
    }
}
