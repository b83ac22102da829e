import Foundation
import Testing

@testable import NanoCore

@Suite struct KeyDerivationTests {
    /// RFC 5869 appendix A, the cases with SHA-256: input, salt, info, and the first 32 bytes of output.
    static let cases: [(input: [UInt8], salt: [UInt8], info: [UInt8], output: String)] = [
        (
            [UInt8](repeating: 0x0b, count: 22), Array(0x00...0x0c), Array(0xf0...0xf9),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
        ),
        (
            Array(0x00...0x4f), Array(0x60...0xaf), Array(0xb0...0xff),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
        ),
        (
            [UInt8](repeating: 0x0b, count: 22), [], [],
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
        ),
    ]

    @Test(arguments: cases.indices)
    func `the cases of RFC 5869 hold`(index: Int) throws {
        let (input, salt, info, output) = Self.cases[index]
        let found = KeyDerivation(secret: input, salt: salt).expand(info: info)
        #expect(Hexadecimal.text(found.bytes) == output)
    }

    @Test(.enabled(if: Wycheproof.hkdf.isHere))
    func `the Wycheproof set holds`() throws {
        var count = 0
        for test in try Wycheproof.hkdf.tests() where test.values["result"] == "valid" {
            let output = try test.bytes("okm").prefix(32)
            let found = KeyDerivation(secret: try test.bytes("ikm"), salt: try test.bytes("salt"))
                .expand(info: try test.bytes("info"))
            #expect(found.bytes.prefix(output.count) == output, "case \(test.number)")
            count += 1
        }
        #expect(count > 50)
    }

    @Test func `a device's keys are derived from purpose, model and device id`() {
        let derivation = KeyDerivation(secret: Scenario.secret)
        let device = Array("ESP32-ä".utf8)
        let mac = derivation.key(for: .authentication, model: .esp32Pressure, device: device)
        let encryption = derivation.key(for: .encryption, model: .esp32Pressure, device: device)
        #expect(mac == derivation.expand(info: Array("mac".utf8) + [0x10] + device))
        #expect(encryption == derivation.expand(info: Array("enc".utf8) + [0x10] + device))
        let other = derivation.key(for: .authentication, model: .stm32Gas, device: device)
        #expect(other != mac)
    }

    @Test func `an id in chunks makes the same key as in one piece`() {
        var writer = CBORWriter()
        writer.indefiniteText()
        writer.text("ESP")
        writer.text("32-1")
        writer.end()
        let bytes = writer.bytes
        let string = CBORString.read(bytes.span, at: 0, limit: bytes.count)?.string
        let derivation = KeyDerivation(secret: Scenario.secret)
        let chunked = string.map {
            derivation.key(for: .encryption, model: .custom, device: $0, in: bytes.span)
        }
        #expect(
            chunked
                == derivation.key(for: .encryption, model: .custom, device: Array("ESP32-1".utf8)))
    }
}
