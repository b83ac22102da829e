import NanoCore
import Testing

@Suite struct FrameBuilderTests {
    @Test func `what is built is read back, field by field, and verified`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = SeededNumbers(seed: seed)
        for _ in 0..<500 {
            let builder = FrameBuilder(
                model: ModelID(rawValue: .random(in: 0 ... .max, using: &random)),
                type: PayloadType.allCases.randomElement(using: &random) ?? .event,
                level: SecurityLevel.allCases.randomElement(using: &random) ?? .high,
                timestamp: .random(in: 0 ... .max, using: &random),
                flagsHighNibble: .random(in: 0...15, using: &random))
            let payload = (0..<Int.random(in: 0...1_024, using: &random)).map { _ in
                UInt8.random(in: 0 ... .max, using: &random)
            }
            let frame = builder.build(payload: payload, key: Scenario.key)
            let bounds = FrameBounds(readingAt: 0, in: frame.span)
            #expect(bounds?.header.model == builder.model, "seed \(seed)")
            #expect(bounds?.header.type == builder.type)
            #expect(bounds?.header.level == builder.level)
            #expect(bounds?.header.flags == builder.flagsHighNibble << 4 | builder.level.rawValue)
            #expect(bounds?.header.timestamp == builder.timestamp)
            #expect(bounds.map { Array(frame[$0.payload]) } == payload)
            #expect(bounds?.end == frame.count)
            let holds = bounds.map { bounds in
                builder.level == .none
                    ? frame.suffix(2).elementsEqual(Self.checksum(frame, bounds.authenticated))
                    : Scenario.key.verifies(frame.span, bounds.authenticated, mac: bounds.mac)
            }
            #expect(holds == true, "seed \(seed)")
        }
    }

    private static func checksum(_ frame: [UInt8], _ range: Range<Int>) -> [UInt8] {
        let checksum = CRC16.checksum(frame.span, range)
        return [UInt8(checksum >> 8), UInt8(checksum & 0xFF)]
    }
}
