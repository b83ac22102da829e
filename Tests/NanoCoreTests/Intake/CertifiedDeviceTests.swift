import NanoCore
import Testing

/// Connections whose certificate names a device.
@Suite struct CertifiedDeviceTests {
    private let device = KeyedDevice(encryption: .none)

    private func judge(_ stream: [UInt8], only id: String?, _ judge: inout Judge) -> [Ruling] {
        judge.judge(stream, only: id.map { CertifiedDevice($0, hash: SipHash(key: (1, 2))) })
    }

    @Test func `only frames of the device pass, and others are not remembered`() {
        var intake = Judge([device.model()])
        let frame = device.frame(0)
        #expect(
            judge(frame, only: "SOMEBODY", &intake) == [.refused(.profileViolation, offset: 0)])
        #expect(intake.refusals.first?.detail == .otherCertificate)
        #expect(intake.refusals.first?.field == .deviceID)
        #expect(intake.refusals.first?.words.contains("certificate") == true)
        #expect(judge(frame, only: device.id, &intake) == [.accepted(offset: 0)])
        #expect(
            judge(frame, only: device.id, &intake) == [.refused(.replay, offset: 0)])
        #expect(judge(device.frame(1), only: nil, &intake) == [.accepted(offset: 0)])
    }

    @Test func `a name is the whole id, byte for byte`() {
        var intake = Judge([device.model()])
        for other in [String(device.id.dropLast()), device.id + "0", device.id.lowercased(), ""] {
            #expect(
                judge(device.frame(2), only: other, &intake)
                    == [.refused(.profileViolation, offset: 0)])
        }
    }

    @Test func `a forged frame is a forged frame, whoever it names`() {
        var intake = Judge([device.model()])
        var frame = device.frame(3)
        frame[frame.count - 1] ^= 1
        #expect(judge(frame, only: "SOMEBODY", &intake) == [.refused(.macMismatch, offset: 0)])
    }

    @Test func `a frame without an id is refused as one, and costs none behind it`() {
        let secret = [UInt8](0..<32)
        var intake = Judge(secrets: [.custom: secret])
        let builder = FrameBuilder(
            model: .custom, type: .event, level: .standard, timestamp: UInt32(Judge.unixSeconds))
        let key = HMACKey(secret: secret)
        let unnamed = builder.build(payload: [0xA0], key: key)
        let named = builder.build(payload: KeyedDevice.payload("D-1", 1), key: key)
        #expect(
            judge(unnamed + named, only: "D-1", &intake)
                == [
                    .refused(.profileViolation, offset: 0), .accepted(offset: unnamed.count),
                ])
        #expect(intake.refusals.first?.detail == .missing)
    }
}
