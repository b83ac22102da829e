import Foundation
import NanoCore
import Testing

/// Payloads made at random and mutated: nothing traps, and what is taken is what the plain reader
/// takes.
@Suite struct CBORHostileTests {
    static let seed = UInt64.random(in: 0...UInt64.max)

    /// What the plain reader says of a payload, as reasons.
    static func expected(_ payload: [UInt8]) -> RefusalReason? {
        do throws(PlainCBOR.Fault) {
            try PlainCBOR.check(payload)
            return nil
        } catch {
            switch error {
            case .malformed: return .cborMalformed
            case .limit: return .cborLimit
            }
        }
    }

    /// A random item, mostly valid: depth and lengths now and then go over their limits.
    static func item(_ random: inout SeededNumbers, depth: Int) -> [UInt8] {
        let kinds = depth > 9 ? 8 : 11
        var writer = CBORWriter()
        switch Int.random(in: 0..<kinds, using: &random) {
        case 0: writer.unsigned(UInt64.random(in: 0...UInt64.max, using: &random))
        case 1: writer.negative(UInt64.random(in: 0...300, using: &random))
        case 2: writer.bytes((0..<Int.random(in: 0...6, using: &random)).map { UInt8($0) })
        case 3:
            writer.text(
                ["", "é", "device_id", "a\u{0}b", "\u{202E}"].randomElement(using: &random) ?? "")
        case 4: writer.double(Double.random(in: -1e6...1e6, using: &random))
        case 5: writer.boolean(Bool.random(using: &random))
        case 6: writer.undefined()
        case 7: return chunkedText(&random)
        case 8: return container(&random, depth: depth, isMap: false)
        default: return container(&random, depth: depth, isMap: true)
        }
        return writer.bytes
    }

    static func chunkedText(_ random: inout SeededNumbers) -> [UInt8] {
        var writer = CBORWriter()
        writer.indefiniteText()
        for _ in 0..<Int.random(in: 0...3, using: &random) { writer.text("k") }
        writer.end()
        return writer.bytes
    }

    static func container(
        _ random: inout SeededNumbers, depth: Int, isMap: Bool
    ) -> [UInt8] {
        let isLong = Int.random(in: 0..<40, using: &random) == 0
        let count = isLong ? (isMap ? 21 : 65) : Int.random(in: 0...4, using: &random)
        let isIndefinite = Bool.random(using: &random)
        var writer = CBORWriter()
        switch (isMap, isIndefinite) {
        case (true, true): writer.indefiniteMap()
        case (true, false): writer.map(count)
        case (false, true): writer.indefiniteArray()
        case (false, false): writer.array(count)
        }
        var bytes = writer.bytes
        for index in 0..<count {
            if isMap {
                let isChunked = Int.random(in: 0..<8, using: &random) == 0
                bytes +=
                    isChunked
                    ? chunkedText(&random) : Payloads.writing { $0.text("k\(index)") }
            }
            bytes += isLong ? [0x01] : item(&random, depth: depth + 1)
        }
        return isIndefinite ? bytes + [0xFF] : bytes
    }

    static func payload(_ random: inout SeededNumbers) -> [UInt8] {
        while true {
            let payload = container(&random, depth: 1, isMap: true)
            if payload.count <= 1_024 { return payload }
        }
    }

    /// One to three changes: a byte, a cut, a doubled stretch.
    static func mutated(_ payload: [UInt8], _ random: inout SeededNumbers) -> [UInt8] {
        var bytes = payload
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            guard !bytes.isEmpty else { return [UInt8.random(in: 0...255, using: &random)] }
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.removeSubrange(place...)
            case 3: bytes.remove(at: place)
            default: bytes.insert(contentsOf: bytes[place...].prefix(8), at: place)
            }
        }
        return Array(bytes.prefix(1_024))
    }

    @Test func `the walk takes and refuses what a plain reader does`() {
        var random = SeededNumbers(seed: Self.seed)
        var taken = 0
        for _ in 0..<4_000 {
            let whole = Self.payload(&random)
            for payload in [whole] + (0..<4).map({ _ in Self.mutated(whole, &random) }) {
                let refusal = Payloads.refusal(payload)
                let expected = Self.expected(payload)
                #expect(
                    refusal?.reason == expected, "seed \(Self.seed): \(Hexadecimal.text(payload))")
                if expected == nil { taken += 1 }
            }
        }
        #expect(taken > 1_000)
    }

    @Test func `what the walk takes is JSON, and nothing traps on what it refuses`() throws {
        var random = SeededNumbers(seed: Self.seed &+ 1)
        for _ in 0..<2_000 {
            let whole = Self.payload(&random)
            for payload in [whole] + (0..<4).map({ _ in Self.mutated(whole, &random) }) {
                let json = Payloads.json(payload)
                _ = CBORScan.deviceID(in: payload.span, payload.indices)
                for profile in Profile.allCases {
                    try? profile.validate(payload.span, payload: payload.indices, type: .telemetry)
                }
                let refusal = Payloads.refusal(payload)
                let frame = FrameBuilder(
                    model: .esp32Pressure, type: .telemetry, level: .standard, timestamp: 0
                ).build(payload: payload, key: nil)
                _ = Dissection(frame: frame, refusal: refusal).lines
                // Of a forged frame the payload has been looked at by nobody.
                _ = Dissection(frame: frame, refusal: Refusal(.macMismatch)).lines
                guard refusal == nil else { continue }
                #expect(throws: Never.self, "seed \(Self.seed): \(Hexadecimal.text(payload))") {
                    try JSONSerialization.jsonObject(with: Data(json.utf8))
                }
            }
        }
    }

    @Test func `random bytes are refused without harm`() {
        var random = SeededNumbers(seed: Self.seed &+ 2)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...64, using: &random)
            var payload = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            if count > 0, Bool.random(using: &random) { payload[0] = 0xA0 | payload[0] & 7 }
            #expect(
                Payloads.refusal(payload)?.reason == Self.expected(payload),
                "seed \(Self.seed): \(Hexadecimal.text(payload))")
            _ = Payloads.json(payload)
        }
    }
}
