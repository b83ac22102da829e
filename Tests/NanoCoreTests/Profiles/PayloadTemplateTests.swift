import Testing

@testable import NanoCore

/// Payloads that are taken for their form are what a reading item by item would take.
@Suite struct PayloadTemplateTests {
    /// A frame with a MAC of zeros around a payload; templates look at the payload alone.
    private static func frame(
        _ payload: [UInt8], _ type: PayloadType = .telemetry
    ) throws -> (bytes: [UInt8], bounds: FrameBounds) {
        let bytes = FrameBuilder(
            model: .esp32Pressure, type: type, level: .standard, timestamp: 1
        ).build(payload: payload, key: Scenario.key)
        let bounds = FrameBounds(readingAt: 0, in: bytes.span)
        return (bytes, try #require(bounds))
    }

    private static func isTaken(
        _ payload: [UInt8], by templates: inout PayloadTemplates, _ type: PayloadType = .telemetry
    ) throws -> Bool {
        let (bytes, frame) = try frame(payload, type)
        guard let place = templates.find(bytes.span, frame, model: 0) else { return false }
        #expect(
            templates.deviceID(in: frame, at: place)
                == CBORScan.deviceID(in: bytes.span, frame.payload))
        return templates.holds(bytes.span, frame, at: place)
    }

    private static func learned(
        _ payload: [UInt8], _ profile: Profile
    ) throws -> PayloadTemplates {
        var templates = PayloadTemplates(models: 1)
        let (bytes, frame) = try frame(payload)
        templates.learn(bytes.span, frame, model: 0, profile: profile)
        return templates
    }

    private static func pressure(
        _ value: UInt64, id: String = "ESP32-001", lastKey: String = "n"
    ) -> [UInt8] {
        var writer = CBORWriter()
        writer.map(3)
        writer.text("device_id")
        writer.text(id)
        writer.text("pressure_pa")
        writer.unsigned(value)
        writer.text(lastKey)
        writer.unsigned(7)
        return writer.bytes
    }

    @Test(arguments: Profile.allCases)
    func `nothing is taken that a reading would refuse, whatever bytes differ`(
        profile: Profile
    ) throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededNumbers(seed: seed)
        var (taken, refused) = (0, 0)
        for round in 0..<400 {
            var writer = CBORWriter()
            ProfilePropertyTests.telemetry(profile, &random).write(into: &writer, &random)
            let payload = writer.bytes
            guard ProfilePropertyTests.isTaken(payload, profile) else { continue }
            var templates = try Self.learned(payload, profile)
            for _ in 0..<40 {
                var other = payload
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let place = Int.random(in: other.indices, using: &random)
                    other[place] = .random(in: 0 ... .max, using: &random)
                }
                if try Self.isTaken(other, by: &templates) {
                    taken += 1
                    #expect(
                        ProfilePropertyTests.isTaken(other, profile),
                        "seed \(seed), round \(round): \(Hexadecimal.text(other))")
                } else {
                    refused += 1
                }
            }
        }
        #expect(taken > 20)
        #expect(refused > 200)
    }

    @Test func `other numbers and names of the same length have the same form`() throws {
        var templates = try Self.learned(Self.pressure(101_325), .esp32Pressure)
        #expect(try Self.isTaken(Self.pressure(101_325), by: &templates))
        #expect(try Self.isTaken(Self.pressure(99_000, id: "ESP32-999"), by: &templates))
        #expect(try !Self.isTaken(Self.pressure(99_000, id: "ESP32-1000"), by: &templates))
        #expect(try !Self.isTaken(Self.pressure(200_001), by: &templates))
        #expect(try !Self.isTaken(Self.pressure(99_000, id: "ESP32-00\u{E9}"), by: &templates))
        #expect(try !Self.isTaken(Self.pressure(101_325), by: &templates, .event))
    }

    @Test func `a small integer that is none any more is not taken`() throws {
        let payload = Self.pressure(101_325)
        var templates = try Self.learned(payload, .esp32Pressure)
        for initial in UInt8(0)...31 {
            let other = Array(payload.dropLast()) + [initial]
            #expect(try Self.isTaken(other, by: &templates) == (initial < 24))
        }
    }

    @Test func `a fleet that changes its form is known again after a few payloads`() throws {
        var templates = try Self.learned(Self.pressure(101_325), .esp32Pressure)
        let changed = Self.pressure(101_325, lastKey: "m")
        var payloads = 0
        while try !Self.isTaken(changed, by: &templates) {
            let (bytes, frame) = try Self.frame(changed)
            templates.learn(bytes.span, frame, model: 0, profile: .esp32Pressure)
            payloads += 1
            try #require(payloads < 10)
        }
        #expect(payloads > 1)
        #expect(try !Self.isTaken(Self.pressure(101_325), by: &templates))
    }

    @Test func `what is too long or has too many values is read each time`() throws {
        var writer = CBORWriter()
        writer.map(1)
        writer.text("values")
        writer.array(40)
        for number in 0..<40 { writer.unsigned(UInt64(number % 20)) }
        var templates = try Self.learned(writer.bytes, .custom)
        #expect(try !Self.isTaken(writer.bytes, by: &templates))
    }

    /// What is one integer and a text in the first payload is a longer integer, another device's id
    /// and a text in the second, byte for byte as the form would allow.
    @Test func `no device speaks for another in the form of its own payloads`() {
        let device = KeyedDevice(id: "X", encryption: .none)
        let own: [UInt8] =
            [0xA3, 0x61, 0x61, 0x05, 0x61, 0x62, 0x70] + Array(repeating: 0x78, count: 16)
            + [0x69] + Array("device_id".utf8) + [0x61, 0x58]
        let other: [UInt8] =
            [0xA3, 0x61, 0x61, 0x1A, 0x61, 0x62, 0x70, 0x63] + [0x69] + Array("device_id".utf8)
            + [0x61, 0x59, 0x61, 0x6B, 0x6C] + [0x69] + Array("device_id".utf8) + [0x61, 0x58]
        #expect(own.count == other.count)
        var judge = Judge([device.model()])
        #expect(judge.judge(device.frame(0, payload: own)) == [.accepted(offset: 0)])
        #expect(judge.judge(device.frame(1, payload: other)) == [.refused(.macMismatch, offset: 0)])
        let speaker = KeyedDevice(id: "Y", encryption: .none)
        #expect(judge.judge(speaker.frame(2, payload: other)) == [.accepted(offset: 0)])
    }

    @Test func `a gateway that knows a form refuses what it would have refused before`() {
        let key = HMACKey(secret: Scenario.secret)
        func frame(_ payload: [UInt8], _ second: Int64) -> [UInt8] {
            FrameBuilder(
                model: .esp32Pressure, type: .telemetry, level: .standard,
                timestamp: UInt32(Judge.unixSeconds - second)
            ).build(payload: payload, key: key)
        }
        var judge = Judge(secrets: [.esp32Pressure: Scenario.secret])
        for second in Int64(0)..<5 {
            #expect(judge.judge(frame(Self.pressure(101_325), second)).count == 1)
        }
        #expect(
            judge.judge(frame(Self.pressure(200_001), 10))
                == [.refused(.profileViolation, offset: 0)])
        #expect(judge.refusals.map(\.detail) == [.outOfRange])
        #expect(
            judge.judge(frame(Self.pressure(101_325, lastKey: "\u{7F}"), 11))
                == [.accepted(offset: 0)])
        #expect(judge.judge(frame(Self.pressure(99_000), 12)) == [.accepted(offset: 0)])
    }

    @Test func `other keys bring other profiles, so that forms are forgotten`() {
        func table(_ profile: Profile) -> KeyTable {
            KeyTable([
                ModelKeys(
                    model: .custom, name: "c", minimumLevel: .standard, profile: profile,
                    keys: [Scenario.key])
            ])
        }
        func frame(_ second: Int64) -> [UInt8] {
            FrameBuilder(
                model: .custom, type: .telemetry, level: .standard,
                timestamp: UInt32(Judge.unixSeconds - second)
            ).build(payload: [0xA1, 0x61, 0x61, 0x18, 0x64], key: Scenario.key)
        }
        var judge = Scenario.judge
        judge.intake.replaceKeys(table(.custom))
        for second in Int64(0)..<5 { #expect(judge.judge(frame(second)) == [.accepted(offset: 0)]) }
        judge.intake.replaceKeys(table(.esp32Pressure))
        #expect(judge.judge(frame(10)) == [.refused(.profileViolation, offset: 0)])
    }
}
