import NanoCore

/// Judges the input as the bytes of a connection: whole, and cut as its first byte says. What a
/// connection's bytes lead to may never depend on how they were cut.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFrames(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    guard let first = input.first else { return 0 }
    let stream = Stream.bytes(input.dropFirst(), kind: first)
    let whole = Judgement(stream, pieces: [.max])
    let cut = Judgement(stream, pieces: [Int(first & 0x1F) + 1, Int(first >> 5) + 1])
    guard whole.words == cut.words else {
        fatalError("\(whole.words)\nbut in pieces\n\(cut.words)")
    }
    return 0
}

/// Turns an input into bytes of a connection.
enum Stream {
    static let secret = (0..<32).map { UInt8($0) &* 7 &+ 3 }
    static let now: UInt32 = 1_767_225_600
    static let sealed = ModelID(rawValue: 0x60)
    static let device = "D"

    /// As they are; or, since nobody guesses a MAC, in a frame that is signed.
    static func bytes(_ rest: ArraySlice<UInt8>, kind: UInt8) -> [UInt8] {
        let payload = Array(rest.prefix(900))
        switch kind % 4 {
        case 0: return signed(payload, .esp32Pressure, .standard)
        case 1: return signed(payload, .custom, .high) + rest.dropFirst(900)
        case 2:
            let keys = DeviceKeys(
                secret: secret, model: sealed, device: device, keying: .device,
                encryption: .aes256GCM)
            return builder(sealed, .high).build(
                payload: payload, keys: keys, nonce: [UInt8](repeating: 1, count: 12))
        default: return Array(rest)
        }
    }

    private static func signed(
        _ payload: [UInt8], _ model: ModelID, _ level: SecurityLevel
    ) -> [UInt8] {
        builder(model, level).build(payload: payload, key: HMACKey(secret: secret))
    }

    private static func builder(_ model: ModelID, _ level: SecurityLevel) -> FrameBuilder {
        FrameBuilder(model: model, type: .telemetry, level: level, timestamp: now)
    }
}

/// What a gateway makes of a connection.
struct Judgement {
    private(set) var words: [String] = []

    private static let models = [ModelID.esp32Pressure, .custom, Stream.sealed].map { model in
        ModelKeys(
            model: model, name: "", minimumLevel: .none, profile: .standard(for: model),
            secrets: [Stream.secret], keying: model == Stream.sealed ? .device : .model,
            encryption: model == Stream.sealed ? .aes256GCM : .none)
    }

    init(_ stream: [UInt8], pieces: [Int]) {
        var intake = Intake(
            configuration: IntakeConfiguration(keys: KeyTable(Self.models)),
            guard: SharedReplayGuard(
                configuration: ReplayGuard.Configuration(), hashKey: (1, 2), shardCount: 1))
        let now = Moment(
            unixMilliseconds: Int64(Stream.now) * 1_000, monotonicNanoseconds: 1_000_000_000)
        var reader = ConnectionReader(source: PacketSource(connection: 1, address: 7))
        var (settled, end, piece) = (0, 0, 0)
        var isOpen = true
        while isOpen {
            isOpen = end < stream.count
            end += min(pieces[piece % pieces.count], stream.count - end)
            piece += 1
            let (base, buffer) = (settled, Array(stream[settled..<end]))
            var verdicts: [Verdict] = []
            let outcome = reader.read(
                buffer.span, ending: isOpen ? nil : .closed, intake: &intake, now: now
            ) { verdict, _ in verdicts.append(verdict) }
            for verdict in verdicts { note(verdict, buffer, intake.plainPayloads, base) }
            settled += outcome.consumed
            if outcome.mustClose { break }
        }
    }

    private mutating func note(
        _ verdict: Verdict, _ buffer: [UInt8], _ opened: [UInt8], _ base: Int
    ) {
        switch verdict {
        case .accepted(let packet):
            let frame = Array(buffer[packet.frame.start..<packet.frame.end])
            let plain = packet.plain.map { Array(opened[$0]) } ?? []
            let whole = frame + plain
            guard let bounds = FrameBounds(packet: whole.indices, in: whole.span) else {
                fatalError("an accepted packet is none")
            }
            var json: [UInt8] = []
            EventEncoder.appendJSON(frame: whole.span, bounds: bounds, id: true, into: &json)
            let lines = Dissection(frame: frame, refusal: nil, plain: plain).lines.count
            words.append(
                "\(base + packet.frame.start) \(lines) " + String(decoding: json, as: UTF8.self))
        case .refused(let refusal, let bytes, _):
            let frame = Array(buffer[bytes])
            _ = Dissection(frame: frame, refusal: refusal).lines
            words.append("\(base + bytes.lowerBound) \(refusal.reason.name) \(refusal.words)")
        case .gapEnded(let skippedBytes, let closing): words.append("\(skippedBytes) \(closing)")
        }
    }
}
