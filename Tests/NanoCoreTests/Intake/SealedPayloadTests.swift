import Testing

@testable import NanoCore

@Suite struct SealedPayloadTests {
    private let device = KeyedDevice()

    @Test(.enabled(if: Wycheproof.gcm.isHere))
    func `the Wycheproof set holds`() throws {
        var count = 0
        for test in try Wycheproof.gcm.tests()
        where (test.values["ivSize"], test.values["tagSize"]) == ("96", "128")
            && test.values["keySize"] == "256"
        {
            let plain = SealedPayload.open(
                try test.bytes("ct") + test.bytes("tag"), nonce: try test.bytes("iv"),
                key: try test.bytes("key"), authenticating: try test.bytes("aad"))
            let expected = test.values["result"] == "valid" ? try test.bytes("msg") : nil
            #expect(plain == expected, "case \(test.number)")
            count += 1
        }
        #expect(count > 50)
    }

    /// The AES-256-GCM cases 15 and 16 of McGrew and Viega, "The Galois/Counter Mode of Operation".
    @Test func `the published cases hold, and no changed tag`() throws {
        func bytes(_ text: String) throws -> [UInt8] { try SecretPolicy.decode(hexadecimal: text) }
        let key = try bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")
        let nonce = try bytes("cafebabefacedbaddecaf888")
        let plain = try bytes(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39")
        let extra = try bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2")
        let sealed = try bytes(
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                + "76fc6ece0f4e1768cddf8853bb2d551b")
        #expect(
            SealedPayload.open(sealed, nonce: nonce, key: key, authenticating: extra) == plain)
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            let opened = SealedPayload.open(
                changed, nonce: nonce, key: key, authenticating: extra)
            #expect(opened == nil)
        }
        let short = SealedPayload.open(
            Array(sealed.prefix(15)), nonce: nonce, key: key, authenticating: extra)
        #expect(short == nil)
    }

    @Test(arguments: [SecurityLevel.high, .military])
    func `an encrypted payload is opened, and refused the second time`(level: SecurityLevel) {
        var judge = Judge([device.model()])
        let frame = device.frame(1, level: level)
        #expect(judge.judge(frame) == [.accepted(offset: 0)])
        #expect(judge.opened == [KeyedDevice.payload(device.id, 1)])
        #expect(judge.judge(frame) == [.refused(.replay, offset: 0)])
        #expect(judge.opened.isEmpty)
    }

    @Test func `nothing of an encrypted payload can be read in its frame`() {
        let frame = device.frame(1)
        let secret = Array("seq".utf8)
        let isReadable = frame.indices.dropLast(3).contains { Array(frame[$0..<$0 + 3]) == secret }
        #expect(!isReadable)
    }

    @Test func `payloads below level high travel as they are`() {
        var judge = Judge([device.model()])
        #expect(judge.judge(device.frame(1, level: .standard)) == [.accepted(offset: 0)])
        #expect(judge.opened.isEmpty)
    }

    @Test func `several encrypted frames of one read are opened each for itself`() {
        var judge = Judge([device.model()])
        let other = KeyedDevice(id: "SEALED-2")
        let stream = device.frame(1) + other.frame(2) + device.frame(3)
        #expect(judge.judge(stream).count == 3)
        #expect(
            judge.opened == [
                KeyedDevice.payload(device.id, 1), KeyedDevice.payload(other.id, 2),
                KeyedDevice.payload(device.id, 3),
            ])
        // The device's key seals with the header, so its length is that of the sealed payload.
        for size in [1, 5, 64] {
            var judge = Judge([device.model()])
            #expect(judge.judge(stream, pieces: [size]).allSatisfy { $0.reason == nil })
            #expect(judge.opened.count == 3)
        }
    }

    @Test func `a tag that does not hold is refused behind the MAC, and stays a replay`() throws {
        var judge = Judge([device.model()])
        var payload = sealedPayload(of: device.frame(1))
        payload[payload.count - 1] ^= 1
        let frame = device.signed(payload)
        #expect(judge.judge(frame) == [.refused(.decryptFailed, offset: 0)])
        #expect(judge.refusals.first?.provesSender == true)
        #expect(judge.judge(frame) == [.refused(.replay, offset: 0)])
    }

    @Test func `a ciphertext moved to another device or another header does not open`() {
        var judge = Judge([device.model()])
        let other = KeyedDevice(id: "SEALED-2")
        var moved = sealedPayload(of: device.frame(1))
        // The same array under the other's name: [id, nonce, ciphertext].
        moved.replaceSubrange(2..<10, with: Array(other.id.utf8))
        #expect(judge.judge(other.signed(moved)) == [.refused(.decryptFailed, offset: 0)])
        let later = FrameBuilder(
            model: .custom, type: .telemetry, level: .high,
            timestamp: UInt32(Judge.unixSeconds) + 1)
        let keys = KeyedDevice(encryption: .none).keys
        let frame = later.build(
            payload: sealedPayload(of: device.frame(1)), keys: keys, nonce: [])
        #expect(judge.judge(frame) == [.refused(.decryptFailed, offset: 0)])
    }

    @Test func `a payload that is not the array of an encrypted one is malformed`() {
        var array = CBORWriter()
        array.array(3)
        array.text(device.id)
        array.bytes([UInt8](repeating: 7, count: 13))
        array.bytes([UInt8](repeating: 0, count: 40))
        var judge = Judge([device.model()])
        let whole = sealedPayload(of: device.frame(1))
        for payload in [
            KeyedDevice.payload(device.id, 1), array.bytes, whole + [0], [0x82] + whole.dropFirst(),
        ] {
            _ = judge.judge(device.signed(payload))
            // An array of two names no device, so that nothing can verify it.
            let isNamed = payload[0] != 0x82
            #expect(
                judge.refusals.map(\.reason) == [isNamed ? .cborMalformed : .profileViolation])
            #expect(judge.refusals.first?.detail == (isNamed ? .notSealed : .deviceUnnamed))
        }
    }

    @Test func `strings and arrays with indefinite lengths are opened like others`() {
        let plain = KeyedDevice.payload(device.id, 4)
        // Built twice: what seals the payload covers the length of the array that holds it.
        func payload(_ sealed: [UInt8]) -> [UInt8] {
            var writer = CBORWriter()
            writer.indefiniteArray()
            writer.indefiniteText()
            writer.text("SEAL")
            writer.text("ED-1")
            writer.end()
            writer.bytes(device.nonce(4))
            writer.indefiniteBytes()
            writer.bytes(Array(sealed.prefix(20)))
            writer.bytes(Array(sealed.dropFirst(20)))
            writer.end()
            writer.end()
            return writer.bytes
        }
        let length = payload([UInt8](repeating: 0, count: plain.count + 16)).count
        let header = device.signed([UInt8](repeating: 0, count: length)).prefix(14)
        let derivation = KeyDerivation(secret: device.secret)
        let key = derivation.key(
            for: .encryption, model: .custom, device: Array(device.id.utf8))
        let array = SealedPayload.seal(
            plain, header: Array(header), device: device.id, nonce: device.nonce(4), key: key)
        let sealed = Array((array ?? []).suffix(plain.count + 16))
        var judge = Judge([device.model()])
        #expect(judge.judge(device.signed(payload(sealed))) == [.accepted(offset: 0)])
        #expect(judge.opened == [plain])
    }

    @Test func `what was opened is judged like any payload, at the ciphertext's place`() throws {
        var judge = Judge([device.model()])
        let twice: [UInt8] = [0xA2, 0x61, 0x61, 1, 0x61, 0x61, 2]
        #expect(
            judge.judge(device.frame(1, payload: twice)) == [.refused(.cborMalformed, offset: 0)])
        let refusal = try #require(judge.refusals.first)
        #expect(refusal.detail == .duplicateKey)
        // Header, array, id and its head, nonce and its head, the ciphertext's head, the second key.
        #expect(refusal.offset == 14 + 1 + 9 + 13 + 1 + 4)
    }

    @Test func `a device cannot speak for another within what it encrypts`() {
        var judge = Judge([device.model()])
        let frame = device.frame(1, payload: KeyedDevice.payload("SEALED-2", 1))
        #expect(judge.judge(frame) == [.refused(.profileViolation, offset: 0)])
        #expect(judge.refusals.first?.detail == .otherDevice)
        #expect(judge.opened.isEmpty)
    }

    @Test func `nor as anything that JSON would make a text of`() {
        for item: [UInt8] in [[0x46, 0x48, 0x40, 0x0B, 0x10, 0x3F, 0xB6], [0x07], [0xF6], [0x80]] {
            var judge = Judge([device.model()])
            var map = CBORWriter()
            map.map(2)
            map.text("seq")
            map.unsigned(1)
            map.text("device_id")
            let frame = device.frame(1, payload: map.bytes + item)
            #expect(judge.judge(frame) == [.refused(.profileViolation, offset: 0)])
            #expect(judge.refusals.first?.detail == .wrongType)
        }
    }

    @Test func `a byte string whose chunks are others is no encrypted payload`() {
        for chunk: UInt8 in [0x6C, 0x0C] {
            var array = CBORWriter()
            array.array(3)
            array.text(device.id)
            array.indefiniteBytes()
            let head = array.bytes
            var rest = CBORWriter()
            rest.end()
            rest.bytes([UInt8](repeating: 0, count: 40))
            var judge = Judge([device.model()])
            let payload = head + [chunk] + device.nonce(1) + rest.bytes
            _ = judge.judge(device.signed(payload))
            #expect(judge.refusals.first?.reason == .cborMalformed)
            #expect(judge.refusals.first?.detail == .notSealed)
        }
    }

    @Test func `any changed byte of an encrypted frame is refused`() {
        let frame = device.frame(1)
        for index in frame.indices {
            var judge = Judge([device.model()])
            var changed = frame
            changed[index] ^= 0x10
            // The high nibble of the flags is under the MAC like all else.
            let rulings = judge.judge(changed)
            #expect(rulings.allSatisfy { $0.reason != nil }, "byte \(index)")
            #expect(judge.opened.isEmpty)
        }
    }

    private func sealedPayload(of frame: [UInt8]) -> [UInt8] {
        Array(frame[14..<frame.count - 32])
    }
}
