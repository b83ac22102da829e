import Testing

@testable import NanoCore

/// What a refusal probably comes from.
@Suite struct RefusalDiagnosisTests {
    private static func late(_ seconds: Int64, timestamp: UInt32 = 1_767_225_600) -> PacketRecord {
        let reason: RefusalReason = seconds < 0 ? .timestampFuture : .timestampDrift
        let frame = FrameBuilder(
            model: .esp32Pressure, type: .telemetry, level: .standard, timestamp: timestamp
        ).build(payload: [0xA0], key: nil)
        return PacketRecord(
            id: 1, unixMilliseconds: 0, address: "10.0.4.1:5", bytes: frame,
            refusal: Refusal(
                reason, observed: .integer(abs(seconds)), allowed: .integer(60), offset: 8))
    }

    @Test(
        arguments: [
            (
                3_912, 1_767_225_600,
                "clock 3,912 s behind, or the frame was kept as long before it was sent"
            ),
            (-61, 1_767_225_600, "clock 61 s ahead"),
            (-7_199, 1_767_225_600, "clock 7,199 s ahead: local time in place of UTC?"),
            (3_712, 1_767_225_600, "clock 3,712 s behind: local time in place of UTC?"),
            (
                1_767_225_000, 600,
                "clock 1,767,225,000 s behind: it was never set, and says 1970-01-01 00:10:00Z"
            ),
        ] as [(Int64, UInt32, String)])
    func `a timestamp tells how wrong the clock is, and how it may have become so`(
        seconds: Int64, timestamp: UInt32, words: String
    ) {
        #expect(RefusalDiagnosis.clock(Self.late(seconds, timestamp: timestamp)) == words)
    }

    @Test(
        arguments: [
            (
                RefusalDetail.otherAddress,
                "same frame accepted 12 s before from another address, 10.0.4.9:7"
            ),
            (
                .sameAddress,
                "same frame accepted 12 s before from the same address: sent again on a new connection"
            ),
            (.sameConnection, "same frame accepted 12 s before on the same connection: sent twice"),
        ] as [(RefusalDetail, String)])
    func `a copy tells when and where the frame was accepted`(detail: RefusalDetail, words: String)
    {
        let first = PacketRecord(
            id: 1, unixMilliseconds: 1_000, address: "10.0.4.9:7", bytes: [1])
        let copy = PacketRecord(
            id: 2, unixMilliseconds: 13_000, address: "10.0.4.1:5", bytes: [1],
            refusal: Refusal(.replay, detail))
        #expect(RefusalDiagnosis.copy(copy, of: first) == words)
        #expect(RefusalDiagnosis.copy(copy, of: nil) == nil)
    }

    private static let secret = (0..<32).map { UInt8($0) }

    private static func table() -> KeyTable {
        KeyTable([
            ModelKeys(
                model: .asicMulti, name: "ASIC", minimumLevel: .high, profile: .custom,
                keys: [HMACKey(secret: secret)])
        ])
    }

    @Test(
        arguments: [
            (
                SecurityLevel.standard, true,
                "MAC cut to 16 bytes: the firmware sets STANDARD, but 0x30 ASIC needs HIGH"
            ),
            (
                .standard, false,
                "MAC cut to 16 bytes: the firmware sets STANDARD, but 0x30 ASIC needs HIGH; and it is "
                    + "not valid under any of its secrets"
            ),
            (
                .none, true,
                "a checksum in place of a MAC: the firmware sets NONE, but 0x30 ASIC needs HIGH"
            ),
        ] as [(SecurityLevel, Bool, String)])
    func `a level that is too low is told with what the model needs`(
        level: SecurityLevel, isSigned: Bool, words: String
    ) {
        let frame = FrameBuilder(model: .asicMulti, type: .telemetry, level: level, timestamp: 1)
            .build(payload: [0xA0], key: isSigned ? HMACKey(secret: Self.secret) : nil)
        #expect(MACDiagnosis.examine(frame: frame, valid: Self.table(), retired: []) == words)
    }

    @Test func `a former secret is told with how long ago it was replaced`() {
        let old = HMACKey(secret: (0..<40).map { UInt8($0) })
        let frame = FrameBuilder(model: .asicMulti, type: .telemetry, level: .high, timestamp: 1)
            .build(payload: [0xA0], key: old)
        var retired = RetiredKey(model: .asicMulti, key: old, name: "generation 3")
        retired.replacedUnixMilliseconds = 1_000_000
        func words(_ key: RetiredKey, at time: Int64? = 1_240_000) -> String? {
            MACDiagnosis.examine(frame: frame, valid: Self.table(), retired: [key], at: time)
        }
        #expect(
            words(retired) == "valid under a retired secret (generation 3), rotated 4 min before: "
                + "this device has not been updated")
        retired.isPrevious = true
        #expect(
            words(retired)?.hasPrefix(
                "valid under the previous secret (generation 3), rotated 4 min before") == true)
        #expect(
            words(retired, at: nil)?.hasPrefix("valid under the previous secret (generation 3): ")
                == true)
    }
}
