import NanoCore
import Testing

@Suite struct DeviceKeyTests {
    private let device = KeyedDevice(encryption: .none)

    @Test func `a device's own key verifies its frames and nobody else's`() {
        var judge = Judge([device.model()])
        for number in 0..<3 {
            #expect(judge.judge(device.frame(number)) == [.accepted(offset: 0)])
        }
        #expect(judge.judge(device.frame(0)) == [.refused(.replay, offset: 0)])
        // Signed with the key of another device, which may be in the wrong hands.
        let thief = KeyedDevice(id: "SEALED-2", encryption: .none)
        let forged = thief.frame(9, payload: KeyedDevice.payload(device.id, 9))
        #expect(judge.judge(forged) == [.refused(.macMismatch, offset: 0)])
        // Signed with the model's secret itself.
        let underived = device.builder(.high).build(
            payload: KeyedDevice.payload(device.id, 10), key: HMACKey(secret: device.secret))
        #expect(judge.judge(underived) == [.refused(.macMismatch, offset: 0)])
    }

    @Test func `a payload that names no device is refused, and shows nothing about its sender`() {
        var judge = Judge([device.model()])
        let unnamed = device.signed([0xA0])
        #expect(judge.judge(unnamed) == [.refused(.profileViolation, offset: 0)])
        #expect(judge.refusals.first?.detail == .deviceUnnamed)
        #expect(judge.refusals.first?.field == .deviceID)
        #expect(judge.refusals.first?.provesSender == false)
        // It is not remembered: nothing has verified it.
        #expect(judge.judge(unnamed) == [.refused(.profileViolation, offset: 0)])
    }

    @Test(arguments: [
        ("a2 01 02 69 6465766963655f6964 61 41", RefusalReason.cborMalformed, 15),
        ("a2 61 61 c0 01 69 6465766963655f6964 61 41", .cborLimit, 17),
        ("a2 61 61 01 69 6465766963655f69", .cborMalformed, 18), ("83 01", .cborMalformed, 14),
        ("b9 ffff", .cborLimit, 14), ("", .cborMalformed, 14),
    ])
    func `a CBOR fault in front of the device is told with its place, and verifies nobody`(
        payload: String, reason: RefusalReason, offset: Int
    ) {
        for level in [SecurityLevel.none, .high] {
            var model = device.model()
            model.minimumLevel = .none
            var judge = Judge([model])
            let payload = Payloads.bytes(payload)
            let frame =
                level == .none
                ? device.builder(.none).build(payload: payload, key: nil) : device.signed(payload)
            #expect(judge.judge(frame) == [.refused(reason, offset: 0)])
            let refusal = judge.refusals.first
            #expect(refusal?.offset == offset && refusal?.field == .deviceID)
            #expect(refusal?.provesSender == false)
            #expect(refusal?.words.hasSuffix("no device's key can verify the frame") == true)
        }
    }

    @Test func `keys that are there twice are not looked for in what nobody has verified`() {
        var judge = Judge([device.model()])
        _ = judge.judge(device.signed(Payloads.bytes("a2 61 61 01 61 61 01")))
        #expect(judge.refusals.first?.detail == .deviceUnnamed)
    }

    @Test func `a payload of level none names its device too`() {
        var model = device.model()
        model.minimumLevel = .none
        var judge = Judge([model])
        let unnamed = device.builder(.none).build(payload: [0xA0], key: nil)
        #expect(judge.judge(unnamed) == [.refused(.profileViolation, offset: 0)])
        let named = device.builder(.none).build(
            payload: KeyedDevice.payload(device.id, 1), key: nil)
        #expect(judge.judge(named) == [.accepted(offset: 0)])
    }

    @Test func `a frame that names no device costs none behind it, however the bytes are cut`() {
        let good = device.frame(1)
        let stream = device.signed([0xA0]) + good + [0xC1] + device.frame(2)
        var whole = Judge([device.model()])
        let rulings = whole.judge(stream)
        #expect(rulings.filter { $0.reason == nil }.count == 2)
        for size in [1, 2, 3, 7, 31] {
            var judge = Judge([device.model()])
            #expect(judge.judge(stream, pieces: [size]) == rulings)
        }
    }

    @Test func `a device key found in the search for a frame verifies it`() {
        var judge = Judge([device.model()])
        let junk: [UInt8] = [0xC1, 0x53, 1, 2, 3]
        let rulings = judge.judge(junk + device.frame(1) + device.frame(2))
        #expect(
            rulings.suffix(2) == [
                .accepted(offset: junk.count),
                .accepted(offset: junk.count + device.frame(1).count),
            ])
    }

    @Test func `former generations verify too, and a revoked one nothing`() {
        let former = KeyedDevice(secret: Scenario.secret.reversed(), encryption: .none)
        var judge = Judge([device.model(former: [former.secret])])
        #expect(judge.judge(former.frame(1)) == [.accepted(offset: 0)])
        #expect(judge.judge(device.frame(2)) == [.accepted(offset: 0)])
        #expect(judge.judge(former.frame(3)) == [.accepted(offset: 0)])
        judge.intake.replaceKeys(KeyTable([device.model()]))
        #expect(judge.judge(former.frame(4)) == [.refused(.macMismatch, offset: 0)])
        #expect(judge.judge(device.frame(5)) == [.accepted(offset: 0)])
    }

    @Test func `devices that share a place in the table of keys do not disturb each other`() {
        var judge = Judge([device.model()])
        var rulings: [Ruling] = []
        // More devices than the table has places.
        for number in 0..<9_000 {
            let other = KeyedDevice(id: "D\(number)", encryption: .none)
            rulings += judge.judge(other.frame(number))
        }
        for number in stride(from: 0, to: 9_000, by: 500) {
            let other = KeyedDevice(id: "D\(number)", encryption: .none)
            rulings += judge.judge(other.frame(number + 10_000))
        }
        #expect(rulings.allSatisfy { $0 == .accepted(offset: 0) })
        #expect(rulings.count == 9_018)
    }

    @Test func `a failed MAC is explained by the model's own secret, and by a retired one`() {
        let keys = KeyTable([device.model()])
        let underived = device.builder(.high).build(
            payload: KeyedDevice.payload(device.id, 1), key: HMACKey(secret: device.secret))
        let finding = MACDiagnosis.examine(frame: underived, valid: keys, retired: [])
        #expect(finding?.contains("derived from its device_id") == true)
        let former = KeyedDevice(secret: Scenario.secret.reversed(), encryption: .none)
        let retired = RetiredKey(
            model: .custom, key: HMACKey(secret: former.secret),
            derivation: KeyDerivation(secret: former.secret), name: "generation 1")
        let explained = MACDiagnosis.examine(
            frame: former.frame(1), valid: keys, retired: [retired])
        #expect(explained?.contains("generation 1") == true)
    }
}
