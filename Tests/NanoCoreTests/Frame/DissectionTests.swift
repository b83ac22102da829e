import Testing

@testable import NanoCore

/// Frames taken apart for people.
@Suite struct DissectionTests {
    static let key = HMACKey(secret: (0..<32).map { UInt8($0) })

    static func frame(_ payload: [UInt8], level: SecurityLevel = .standard) -> [UInt8] {
        FrameBuilder(
            model: .asicMulti, type: .telemetry, level: level, timestamp: 1_767_225_600
        ).build(payload: payload, key: key)
    }

    static let payload = Payloads.writing(
        ProfileTests.map([
            "device_id": ProfileTests.text("ASIC-017"),
            "sensors": ProfileTests.array([
                ProfileTests.map([
                    "type": ProfileTests.text("t"), "unit": ProfileTests.text("C"),
                    "entries": ProfileTests.array(
                        [ProfileTests.entry("value", ProfileTests.number(23.5))],
                        indefinite: true),
                ])
            ]),
        ]))

    /// The lines without their bytes, the depth as dots.
    static func picture(_ frame: [UInt8], _ refusal: Refusal?) -> [String] {
        Dissection(frame: frame, refusal: refusal).lines.map { line in
            let place = String(line.offset, radix: 16)
            let dots = String(repeating: ".", count: line.depth)
            let colon = line.field.isEmpty || line.meaning.isEmpty ? "" : ": "
            return "\(place) \(line.mark.glyph) \(dots)\(line.field)\(colon)\(line.meaning)"
        }
    }

    @Test func `an accepted frame is shown whole, item by item`() {
        #expect(
            Self.picture(Self.frame(Self.payload), nil) == [
                "0 ✓ magic",
                "2 ✓ version 1 · model 0x30 ASIC · TELEMETRY · level STANDARD",
                "6 ✓ 74 bytes · 2026-01-01 00:00:00Z · reserved 0",
                "e ✓ payload: { device_id: \"ASIC-017\", sensors: [1] }",
                "e ✓ map of 2",
                "f ✓ .device_id: \"ASIC-017\"",
                "22 ✓ .sensors: array of 1",
                "2b ✓ ..map of 3",
                "2c ✓ ...type: \"t\"",
                "33 ✓ ...unit: \"C\"",
                "3a ✓ ...entries: array until its end",
                "43 ✓ ....map of 2",
                "44 ✓ .....ts: 1",
                "48 ✓ .....value: 23.5",
                "57 ✓ ....end",
                "58 ✓ MAC: 16 bytes hold",
            ])
    }

    @Test func `pressures of telemetry are also given in kilopascals and atmospheres`() {
        let payload = Payloads.writing(
            ProfileTests.map([
                "pressure_pa": ProfileTests.integer(101_325),
                "entries": ProfileTests.array([
                    ProfileTests.entry("value", ProfileTests.number(50_662.5))
                ]),
                "value": ProfileTests.integer(5),
            ]))
        func meanings(_ type: PayloadType) -> [String] {
            let frame = FrameBuilder(
                model: .esp32Pressure, type: type, level: .standard, timestamp: 1_767_225_600
            ).build(payload: payload, key: Self.key)
            return Dissection(frame: frame, refusal: nil).lines
                .filter { ["pressure_pa", "value"].contains($0.field) }.map(\.meaning)
        }
        #expect(
            meanings(.telemetry) == [
                "101325 (101.325 kPa, 1 atm)", "50662.5 (50.6625 kPa, 0.5 atm)", "5",
            ])
        #expect(meanings(.event) == ["101325", "50662.5", "5"])
    }

    @Test func `the lines cover every byte of an accepted frame but the payload's twice`() {
        let frame = Self.frame(Self.payload)
        let lines = Dissection(frame: frame, refusal: nil).lines
        let bytes = lines.filter { $0.field != "payload" }.flatMap(\.bytes)
        #expect(bytes == frame)
    }

    @Test func `a wrong magic ends the reading at once`() {
        let refusal = Refusal(.badMagic, offset: 0)
        let lines = Self.picture([0x47, 0x45, 0x54, 0x20], refusal)
        #expect(lines == ["0 ✗ magic: expected c1 53, found 4745: these bytes start no frame"])
    }

    @Test(arguments: [
        (2, UInt8(9), RefusalReason.unsupportedVersion, "expected version 1, found 9"),
        (4, 6, .unknownPayloadType, "expected a type of 1 to 5, found 6"),
        (5, 7, .unknownSecurityLevel, "expected a level of 0 to 3, found 7"),
        (6, 8, .payloadTooLarge, "expected a payload of at most 1024 bytes, found 2122"),
        (13, 1, .reservedNotZero, "expected 00 00 in the reserved bytes, found 0001"),
    ])
    func `a bad header says what was expected and what was found`(
        offset: Int, value: UInt8, reason: RefusalReason, words: String
    ) {
        var frame = Self.frame(Self.payload)
        frame[offset] = value
        let lines = Dissection(frame: frame, refusal: Refusal(reason, offset: offset)).lines
        #expect(lines.last?.mark == .failed)
        #expect(lines.last?.meaning == words)
        #expect(lines.dropLast().allSatisfy { $0.mark == .passed })
    }

    @Test func `behind a wrong MAC stands nothing, and the payload is not vouched for`() {
        let frame = Self.frame(Self.payload)
        let lines = Dissection(frame: frame, refusal: Refusal(.macMismatch, offset: 89)).lines
        #expect(lines.last?.field == "MAC")
        #expect(lines.last?.mark == .failed)
        #expect(lines.filter { $0.offset == 14 }.allSatisfy { $0.mark == .none })
    }

    @Test func `a replay is the fault of none of its bytes, its MAC holds`() {
        let refusal = Refusal(.replay, .otherAddress)
        let lines = Self.picture(Self.frame(Self.payload), refusal)
        #expect(
            lines.suffix(2) == ["58 ✓ MAC: 16 bytes hold", "68 ✗ replay: \(refusal.words)"])
    }

    @Test func `the MAC of a frame that came too soon was not looked at`() {
        let refusal = Refusal(.rateLimited)
        let lines = Self.picture(Self.frame(Self.payload), refusal)
        #expect(
            lines.suffix(2) == ["58   MAC: not looked at", "68 ✗ rate_limited: \(refusal.words)"])
    }

    @Test func `a bad payload ends at its bad item, behind the MAC that held`() {
        let payload = Payloads.bytes("a3 6161 01 6162 1c 6163 03")
        let refusal = Payloads.refusal(payload)
        let lines = Self.picture(Self.frame(payload), refusal)
        #expect(
            lines.suffix(4) == [
                "18 ✓ MAC: 16 bytes hold", "e ✓ map of 3", "f ✓ .a: 1",
                "14 ✗ .b: additional information without a meaning",
            ])
    }

    @Test func `bytes behind the map are the ones at fault`() {
        let payload = Payloads.bytes("a0 0102")
        let lines = Self.picture(Self.frame(payload), Payloads.refusal(payload))
        #expect(lines.last == "f ✗ expected the payload's end, found 2 bytes more")
    }

    @Test(arguments: ["ff", "a1ff", "81ff", "a16161ff", "bfff", "bf6161ff", "9fffff", "a0ff"])
    func `a break that closes nothing is no way to stop whoever looks`(hex: String) {
        let payload = Payloads.bytes(hex)
        let forged = Self.picture(Self.frame(payload), Refusal(.macMismatch))
        #expect(forged.last?.contains("✗ MAC") == true)
        let judged = Self.picture(Self.frame(payload), Payloads.refusal(payload))
        #expect(judged.contains { $0.contains("✗") } == (hex != "bfff"))
    }

    @Test func `a missing field is named behind all that is there`() {
        let payload = Payloads.bytes("a1 6161 01")
        let refusal = Refusal(
            .profileViolation, .missing, offset: FrameHeader.length, field: .deviceID)
        let lines = Self.picture(Self.frame(payload), refusal)
        #expect(lines.suffix(2) == ["f ✓ .a: 1", "22 ✗ device_id is missing"])
    }

    @Test func `a frame that is cut ends where its bytes do`() {
        for count in 2..<Self.frame(Self.payload).count {
            let cut = Array(Self.frame(Self.payload).prefix(count))
            let refusal = Refusal(.truncated, .connectionEnded, offset: count)
            let lines = Dissection(frame: cut, refusal: refusal).lines
            #expect(lines.last?.mark == .failed, "\(count)")
            #expect(lines.last?.meaning.hasPrefix("truncated") == true, "\(count)")
        }
    }

    @Test func `text from a device can't reach the terminal as it is`() {
        let payload = Payloads.writing(
            ProfileTests.map([
                "\u{1B}[2J": ProfileTests.text("\u{202E}\"\\"), "k": ProfileTests.text("ok"),
            ]))
        let lines = Self.picture(Self.frame(payload), nil).joined()
        #expect(lines.contains(#"\u{1B}[2J: "\u{202E}\"\\""#))
        #expect(!lines.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x202E })
    }

    @Test func `a line of text has its offset, its bytes and its mark in columns`() {
        let lines = Dissection(frame: Self.frame(Self.payload), refusal: nil).lines
        #expect(lines[0].text(bytesShown: 8) == "0000  c1 53                     ✓ magic")
        #expect(lines[2].text(bytesShown: 4).hasPrefix("0006  00 4a 69 55…  ✓ "))
    }
}
