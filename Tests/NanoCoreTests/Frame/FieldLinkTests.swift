import Testing

@testable import NanoCore

/// A frame field by field: whoever points at a byte has to find its field, and the other way round.
@Suite struct FieldLinkTests {
    static let seed = UInt64.random(in: 0 ... .max)

    private static func fields(
        _ frame: [UInt8], _ refusal: Refusal? = nil, plain: [UInt8] = []
    ) -> [Dissection.Line] {
        Dissection(frame: frame, refusal: refusal, plain: plain, isFieldByField: true).lines
    }

    /// Whether every byte is that of exactly one field.
    private static func tiles(_ lines: [Dissection.Line], _ frame: [UInt8]) -> Bool {
        let ranges = lines.filter(\.isLeaf).map(\.range).sorted { $0.lowerBound < $1.lowerBound }
        var position = 0
        for range in ranges {
            guard range.lowerBound == position else { return false }
            position = range.upperBound
        }
        return position == frame.count
    }

    @Test func `each field of the header is a line of its own, with what it says`() {
        let lines = Self.fields(DissectionTests.frame(DissectionTests.payload))
        #expect(
            lines.prefix(9).map { "\($0.range) \($0.field): \($0.meaning)" } == [
                "0..<2 magic: ", "2..<3 version: 1", "3..<4 model: 0x30 ASIC",
                "4..<5 type: TELEMETRY",
                "5..<6 level: STANDARD", "6..<8 length: 74 bytes",
                "8..<12 timestamp: 2026-01-01 00:00:00Z", "12..<14 reserved: 0",
                "14..<88 payload: { device_id: \"ASIC-017\", sensors: [1] }",
            ])
        #expect(lines[8].isSummary)
    }

    @Test(arguments: SecurityLevel.allCases, PayloadType.allCases)
    func `every byte belongs to exactly one field, whatever the frame and its verdict`(
        level: SecurityLevel, type: PayloadType
    ) {
        var random = SeededNumbers(
            seed: Self.seed &+ UInt64(level.rawValue) << 8 &+ UInt64(type.rawValue))
        let secrets = Dictionary(
            uniqueKeysWithValues: ModelID.builtIn.map { ($0, Scenario.secret + [$0.rawValue]) })
        for model in ModelID.builtIn {
            for _ in 0..<12 {
                let payload = CBORHostileTests.payload(&random)
                let frame = FrameBuilder(
                    model: model, type: type, level: level, timestamp: UInt32(Judge.unixSeconds)
                ).build(payload: payload, key: HMACKey(secret: secrets[model] ?? []))
                #expect(Self.tiles(Self.fields(frame), frame), "seed \(Self.seed)")
                let frames =
                    [frame] + (0..<6).map { _ in CBORHostileTests.mutated(frame, &random) }
                    + [Array(frame.prefix(Int.random(in: 0...frame.count, using: &random)))]
                for bytes in frames where !bytes.isEmpty {
                    var judge = Judge(secrets: secrets, minimumLevel: .none)
                    _ = judge.judge(bytes)
                    // Also a verdict that another frame was given: nothing may be drawn wrong for it.
                    for refusal in [nil] + judge.refusals.map({ $0 }) + [Refusal(.macMismatch)] {
                        let lines = Self.fields(bytes, refusal)
                        #expect(
                            Self.tiles(lines, bytes),
                            "seed \(Self.seed): \(Hexadecimal.text(bytes)) \(String(describing: refusal))"
                        )
                    }
                }
            }
        }
    }

    @Test func `the fields of what came encrypted light the ciphertext as a whole`() throws {
        let device = KeyedDevice()
        let plain = KeyedDevice.payload(device.id, 7)
        let frame = device.frame(7)
        let lines = Self.fields(frame, plain: plain)
        #expect(Self.tiles(lines, frame))
        let opened = lines.filter { $0.sealed != nil }
        #expect(opened.map(\.field) == ["", "device_id", "seq"])
        let found = FrameBounds(readingAt: 0, in: frame.span).flatMap {
            SealedPayload(frame.span, $0.payload)
        }
        let sealed = try #require(found)
        for line in opened {
            #expect(line.range == sealed.ciphertext)
            #expect(!line.isLeaf)
        }
        // What stands in the frame there is something else.
        #expect(opened.map { String($0.text().prefix(6)) } == ["+000  ", "+001  ", "+014  "])
        #expect(sealed.ciphertext.count == plain.count + SealedPayload.tagLength)
    }

    @Test func `behind the byte that failed nothing is read`() {
        var frame = DissectionTests.frame(DissectionTests.payload)
        frame[4] = 9
        let lines = Self.fields(
            frame, Refusal(.unknownPayloadType, observed: .unsigned(9), offset: 4))
        #expect(lines.map(\.field) == ["magic", "version", "model", "type", "not read"])
        #expect(lines[3].mark == .failed && lines[3].range == 4..<5)
        #expect(lines[4].range == 5..<frame.count)
    }

    @Test(
        arguments: [
            (Refusal(.badMagic, offset: 0), "c1 53", "c1 53"),
            (Refusal(.macMismatch, offset: 88), "a MAC under a valid secret", nil),
            (
                Refusal(
                    .timestampDrift, observed: .integer(3_712), allowed: .integer(3_600), offset: 8),
                "at most 3,600 s behind", "3,712 s behind"
            ),
            (
                Refusal(
                    .securityTooLow, observed: .unsigned(1), allowed: .unsigned(2), offset: 5),
                "HIGH or above", "STANDARD"
            ),
            (
                Refusal(
                    .crcMismatch, observed: .unsigned(0x1234), allowed: .unsigned(0x29B1),
                    offset: 88),
                "29 b1", nil
            ),
        ] as [(Refusal, String, String?)])
    func `a refusal says what was expected and what was found`(
        refusal: Refusal, expected: String, found: String?
    ) {
        let frame = DissectionTests.frame(DissectionTests.payload)
        let contrast = refusal.contrast(in: frame)
        #expect(contrast.expected == expected)
        if let found { #expect(contrast.found == found) }
    }

    @Test func `what a right MAC would have been is told nobody`() {
        var frame = DissectionTests.frame(DissectionTests.payload)
        let right = Hexadecimal.text(frame.suffix(16).prefix(2))
        frame[frame.count - 16] ^= 0xFF
        frame[frame.count - 15] ^= 0xFF
        let refusal = Refusal(.macMismatch, observed: .unsigned(16), offset: 88)
        let told =
            Self.fields(frame, refusal).map(\.meaning).joined()
            + refusal.contrast(in: frame).expected + refusal.contrast(in: frame).found
        #expect(!told.replacing(" ", with: "").contains(right))
    }
}
