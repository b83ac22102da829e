import NanoCore
import Testing

@testable import NanoTUI

@Suite struct RefusalAccountTests {
    private static func record(_ refusal: Refusal, _ diagnosis: String? = nil) -> PacketRecord {
        PacketRecord(
            id: 1, unixMilliseconds: SampleGateway.unixMilliseconds, address: "10.0.4.17:50112",
            bytes: [UInt8](repeating: 0xC1, count: 68), refusal: refusal, model: .esp32Pressure,
            diagnosis: diagnosis)
    }

    private static func account(
        _ refusal: Refusal, _ diagnosis: String? = nil
    ) throws -> RefusalAccount {
        try #require(RefusalAccount(of: record(refusal, diagnosis)))
    }

    private static let drift = Refusal(
        .timestampDrift, observed: .integer(3_912), allowed: .integer(3_600), offset: 8)
    private static let future = Refusal(
        .timestampFuture, observed: .integer(75), allowed: .integer(60), offset: 8)
    private static let low = Refusal(
        .securityTooLow, observed: .unsigned(1), allowed: .unsigned(2), offset: 5)
    private static let mac = Refusal(.macMismatch, observed: .unsigned(16), offset: 52)
    private static let replay = Refusal(.replay, .otherAddress, offset: 52)

    @Test(
        arguments: [
            (drift, "clock 3,912 s behind, or the frame was kept as long before it was sent", 20),
            (future, "clock 75 s ahead", 16),
            (low, "MAC cut to 16 bytes: the firmware sets STANDARD, but 0x30 ASIC needs HIGH", 14),
            (mac, "valid with the secret of 0x20 STM32: wrong model id?", 11),
            (replay, "same frame accepted 12 s before from another address, 10.0.4.9:50112", 19),
        ] as [(Refusal, String, Int)])
    func `the first words stay when a diagnosis comes, and all of it is behind them`(
        refusal: Refusal, diagnosis: String, stays: Int
    ) throws {
        let before = try Self.account(refusal).sentence
        let after = try Self.account(refusal, diagnosis).sentence
        #expect(before.prefix(stays) == after.prefix(stays), "\(before) / \(after)")
        #expect(after.contains(diagnosis))
    }

    @Test func `what the sentence says is no evidence`() throws {
        #expect(try Self.account(Self.drift).evidence == nil)
        let diagnosed = try Self.account(
            Self.drift, "clock 3,912 s behind: local time in place of UTC?")
        #expect(diagnosed.evidence == "expected at most 3,600 s behind")
        #expect(try Self.account(Self.mac).evidence == "found c1 c1 c1 c1 c1 c1 c1 c1 …")
        #expect(try Self.account(Self.low).evidence == nil)
        #expect(try Self.account(Self.replay).evidence == nil)
    }

    @Test(arguments: [60, 80, 120, 200])
    func `an open refusal says each fact once`(width: Int) {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        let last = snapshot.rejections.count - 1
        snapshot.rejections[last].refusal = Self.drift
        snapshot.rejections[last].diagnosis = "clock 3,912 s behind: local time in place of UTC?"
        model.receive(snapshot)
        model.press(.character("4"), .enter)
        let picture = model.picture(width, 24)
        for fact in ["3,912 s behind", "at most 3,600 s", "local time in place of UTC"] {
            #expect(picture.ranges(of: fact).count == 1, "\(picture)")
        }
        // It is the cursor's, and each pane has one.
        #expect(picture.count { $0 == "▶" } <= 2, "\(picture)")
        #expect(picture.contains("[Fields]"))
    }

    @Test func `of what was accepted nothing is said`() {
        var record = Self.record(Self.mac)
        record.refusal = nil
        #expect(RefusalAccount(of: record) == nil)
    }
}
