import NanoCore
import Testing

/// Devices that the registry does not have, or that were turned away.
@Suite struct DeviceRollTests {
    private let device = KeyedDevice(encryption: .none)
    private static let hash = SipHash(key: (1, 2))

    private func hash(_ id: String) -> UInt64 {
        Self.hash.hash(ModelID.custom.rawValue, id)
    }

    @Test func `only a known device is heard where the registry is closed`() {
        var judge = Judge([device.model()])
        judge.intake.replaceRoll(DeviceRoll(known: [hash(device.id)]))
        #expect(judge.judge(device.frame(1)) == [.accepted(offset: 0)])
        let stranger = KeyedDevice(id: "STRANGER", encryption: .none)
        #expect(judge.judge(stranger.frame(2)) == [.refused(.profileViolation, offset: 0)])
        #expect(judge.refusals.first?.detail == .deviceUnknown)
        #expect(judge.refusals.first?.provesSender == true)
    }

    @Test func `who forges learns nothing of the registry, and is not taken for a stranger`() {
        var judge = Judge([device.model()])
        judge.intake.replaceRoll(DeviceRoll(known: []))
        var forged = device.frame(1)
        forged[forged.count - 1] ^= 1
        #expect(judge.judge(forged) == [.refused(.macMismatch, offset: 0)])
    }

    @Test func `a device that was turned away is not heard, known or not, and others are`() {
        let other = KeyedDevice(id: "OTHER", encryption: .none)
        for known in [nil, [hash(device.id), hash(other.id)]] as [Set<UInt64>?] {
            var judge = Judge([device.model()])
            judge.intake.replaceRoll(DeviceRoll(known: known, turnedAway: [hash(device.id)]))
            #expect(judge.judge(device.frame(1)) == [.refused(.profileViolation, offset: 0)])
            #expect(judge.refusals.first?.detail == .deviceBlocked)
            #expect(judge.judge(other.frame(2)) == [.accepted(offset: 0)])
        }
    }

    @Test func `a frame of an unknown device is not remembered, and is taken once it is known`() {
        var judge = Judge([device.model()])
        judge.intake.replaceRoll(DeviceRoll(known: []))
        let frame = device.frame(1)
        #expect(judge.judge(frame) == [.refused(.profileViolation, offset: 0)])
        judge.intake.replaceRoll(DeviceRoll(known: [hash(device.id)]))
        #expect(judge.judge(frame) == [.accepted(offset: 0)])
        #expect(judge.judge(frame) == [.refused(.replay, offset: 0)])
    }

    @Test func `a strange frame costs none behind it, however the bytes are cut`() {
        let stranger = KeyedDevice(id: "STRANGER", encryption: .none)
        let stream = stranger.frame(1) + device.frame(2) + stranger.frame(3) + device.frame(4)
        for size in [1, 7, 64, .max] {
            var judge = Judge([device.model()])
            judge.intake.replaceRoll(DeviceRoll(known: [hash(device.id)]))
            let reasons = judge.judge(stream, pieces: [size]).map(\.reason)
            #expect(reasons == [.profileViolation, nil, .profileViolation, nil])
        }
    }

    @Test func `ids are compared as bytes`() {
        // The same text for people, in two normalisation forms.
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        #expect(composed == decomposed)
        #expect(DeviceName(.custom, composed) != DeviceName(.custom, decomposed))
        let sender = KeyedDevice(id: decomposed, encryption: .none)
        var judge = Judge([sender.model()])
        judge.intake.replaceRoll(DeviceRoll(known: [hash(composed)]))
        #expect(judge.judge(sender.frame(1)) == [.refused(.profileViolation, offset: 0)])
        judge.intake.replaceRoll(DeviceRoll(known: [hash(decomposed)]))
        #expect(judge.judge(sender.frame(1)) == [.accepted(offset: 0)])
    }
}
