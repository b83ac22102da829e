import Testing

@testable import NanoCore

@Suite struct ShortTextTests {
    @Test func `no two keys of the profiles share a slot`() {
        let slots = ProfileField.allCases.map { field in
            let key = Array(field.name.utf8)
            return ShortText(key.span, key.indices).slot
        }
        #expect(Set(slots).count == ProfileField.allCases.count)
    }

    @Test func `the key of a device's id is the constant that frames are looked through for`() {
        let key = Array(ProfileField.deviceID.name.utf8)
        #expect(ShortText(key.span, key.indices) == .deviceID)
    }

    @Test func `a key with a zero behind it is no field`() throws {
        var writer = CBORWriter()
        writer.map(2)
        writer.text("device_id\u{0}")
        writer.text("ESP32-001")
        writer.text("pressure_pa\u{0}")
        writer.unsigned(101_325)
        let payload = writer.bytes
        #expect(throws: Refusal.self) {
            try Profile.esp32Pressure.validate(
                payload.span, payload: payload.indices, type: .telemetry)
        }
    }

    @Test func `a text is the same wherever it lies, and ends where it ends`() {
        for length in 0...ShortText.maximumBytes {
            let content = (0..<length).map { UInt8(97 + $0) }
            let alone = ShortText(content.span, content.indices)
            for surplus in 1...9 {
                let bytes = [0xFF] + content + [UInt8](repeating: 0xFF, count: surplus)
                #expect(ShortText(bytes.span, 1..<1 + length) == alone)
            }
            #expect(alone.isASCII)
            for zeros in 1...9 where length + zeros <= ShortText.maximumBytes {
                let longer = content + [UInt8](repeating: 0, count: zeros)
                #expect(ShortText(longer.span, longer.indices) != alone)
            }
            for index in 0..<length {
                var changed = content
                changed[index] ^= 0x80
                let text = ShortText(changed.span, changed.indices)
                #expect(text != alone)
                #expect(!text.isASCII)
            }
        }
    }
}
