import NanoCore
import Testing

@Suite struct KeyTests {
    static let good = (0..<32).map { UInt8($0) &* 5 &+ 1 }

    @Test func `weak, published and shared secrets are refused`() {
        func fault(_ secret: [UInt8]) -> SecretError? {
            do throws(SecretError) {
                try SecretPolicy.validate(
                    secret: secret, for: .esp32Pressure, others: [(.stm32Gas, Self.good)])
                return nil
            } catch { return error }
        }
        #expect(fault(Array(Self.good.dropLast())) == .tooShort(bytes: 31))
        #expect(fault([UInt8](repeating: 7, count: 40)) == .repetitive)
        #expect(fault(Array("strong_esp32_secret_key_32bytes!".utf8)) == .published)
        #expect(fault(Self.good) == .sharedWith(.stm32Gas))
        #expect(fault(Self.good.reversed()) == nil)
    }

    @Test func `secrets that make the same HMAC key are the same secret`() {
        let long = (0..<80).map { UInt8($0) }
        let twins = [
            (Self.good, Self.good + [0]), (Self.good, Self.good + [UInt8](repeating: 0, count: 32)),
            (long, SHA256Digest.of(long)),
        ]
        for (left, right) in twins {
            for (one, other) in [(left, right), (right, left)] {
                #expect(throws: SecretError.sharedWith(.stm32Gas)) {
                    try SecretPolicy.validate(
                        secret: one, for: .esp32Pressure, others: [(.stm32Gas, other)])
                }
            }
        }
        #expect(throws: Never.self) {
            try SecretPolicy.validate(
                secret: Self.good + [1], for: .esp32Pressure, others: [(.stm32Gas, Self.good)])
            // A 65th byte makes another key, a zero as well.
            try SecretPolicy.validate(
                secret: Self.good + [UInt8](repeating: 0, count: 33), for: .esp32Pressure,
                others: [(.stm32Gas, Self.good)])
        }
    }

    @Test(arguments: [("0g", 2), ("abc", 4), ("zz", 1), ("00 1", 3)])
    func `what is no hexadecimal is named by position`(text: String, position: Int) {
        #expect(throws: SecretError.notHexadecimal(position: position)) {
            try SecretPolicy.decode(hexadecimal: text)
        }
    }

    @Test func `a model without keys is not in the table`() {
        let table = KeyTable([
            ModelKeys(
                model: .esp32Pressure, name: "a", minimumLevel: .standard, profile: .custom,
                keys: [HMACKey(secret: Self.good)]),
            ModelKeys(
                model: .stm32Gas, name: "b", minimumLevel: .standard, profile: .custom, keys: []),
        ])
        #expect(table[.esp32Pressure]?.name == "a")
        #expect(table[.stm32Gas] == nil && table[.custom] == nil)
    }

    @Test func `every model id can have a secret`() {
        let ids = (0...255).map { ModelID(rawValue: UInt8($0)) }
        let table = KeyTable(
            ids.map { id in
                ModelKeys(
                    model: id, name: id.description, minimumLevel: .standard, profile: .custom,
                    keys: [HMACKey(secret: Self.good)])
            })
        for id in ids { #expect(table[id]?.model == id) }
    }

    @Test(
        arguments: [
            (60, nil), (61, .timestampFuture), (-3_600, nil), (-3_601, .timestampDrift),
            (-86_400, .timestampDrift), (-86_401, .timestampAncient),
        ] as [(Int64, RefusalReason?)])
    func `the window of time has sharp borders`(offset: Int64, reason: RefusalReason?) {
        let now = Moment(unixMilliseconds: 1_767_225_600_000, monotonicNanoseconds: 0)
        let timestamp = UInt32(now.unixSeconds + offset)
        var found: RefusalReason?
        do throws(Refusal) {
            try TimePolicy().check(timestamp: timestamp, now: now)
        } catch { found = error.reason }
        #expect(found == reason)
    }

    @Test func `a failed MAC is explained by the key that would have matched`() throws {
        let other = HMACKey(secret: Array(Self.good.reversed()))
        let table = KeyTable([
            ModelKeys(
                model: .esp32Pressure, name: "ESP32", minimumLevel: .standard, profile: .custom,
                keys: [HMACKey(secret: Self.good)]),
            ModelKeys(
                model: .stm32Gas, name: "STM32", minimumLevel: .standard, profile: .custom,
                keys: [other]),
        ])
        let builder = FrameBuilder(
            model: .esp32Pressure, type: .telemetry, level: .high, timestamp: 1)
        func diagnosis(_ frame: [UInt8], retired: [RetiredKey] = []) -> String? {
            MACDiagnosis.examine(frame: frame, valid: table, retired: retired)
        }
        let wrongModel = builder.build(payload: [0xA0], key: other)
        #expect(try #require(diagnosis(wrongModel)).contains("0x20 STM32"))
        let old = HMACKey(secret: (0..<40).map { UInt8($0) })
        let stale = builder.build(payload: [0xA0], key: old)
        #expect(diagnosis(stale) == nil)
        let retired = RetiredKey(model: .esp32Pressure, key: old, name: "generation 3")
        #expect(try #require(diagnosis(stale, retired: [retired])).contains("generation 3"))
        var cut = builder.build(payload: [0xA0], key: HMACKey(secret: Self.good))
        cut.replaceSubrange(cut.count - 16..<cut.count, with: [UInt8](repeating: 0, count: 16))
        #expect(try #require(diagnosis(cut)).contains("first 16 bytes"))
    }
}
