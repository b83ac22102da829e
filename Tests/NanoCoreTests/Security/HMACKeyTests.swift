import NanoCore
import Testing

@Suite struct HMACKeyTests {
    /// RFC 4231 §4: key, data, HMAC-SHA256. The fifth is given truncated to 16 bytes.
    static let cases: [(key: [UInt8], data: [UInt8], mac: String)] = [
        (
            [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            (1...25).map { UInt8($0) }, [UInt8](repeating: 0xcd, count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        (
            [UInt8](repeating: 0x0c, count: 20), Array("Test With Truncation".utf8),
            "a3b6167473100ee06e0c796c2955552b"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131),
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131),
            Array(
                ("This is a test using a larger than block-size key and a larger than block-size "
                    + "data. The key needs to be hashed before being used by the HMAC algorithm.")
                    .utf8),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ]

    @Test(arguments: cases.indices)
    func `the cases of RFC 4231 hold`(index: Int) throws {
        let (secret, data, expected) = Self.cases[index]
        let mac = try SecretPolicy.decode(hexadecimal: expected)
        let key = HMACKey(secret: secret)
        let found = key.authenticate(data.span, data.indices)
        #expect(Array(found.bytes.prefix(mac.count)) == mac)
        let message = data + mac
        let range = data.count..<message.count
        let isAccepted = key.verifies(message.span, data.indices, mac: range)
        #expect(isAccepted)
        for position in range {
            var wrong = message
            wrong[position] ^= 1
            let isFooled = key.verifies(wrong.span, data.indices, mac: range)
            #expect(!isFooled)
        }
    }

    @Test(.enabled(if: Wycheproof.hmac.isHere))
    func `the Wycheproof set holds`() throws {
        var count = 0
        for test in try Wycheproof.hmac.tests() {
            let (data, tag) = (try test.bytes("msg"), try test.bytes("tag"))
            guard (1...32).contains(tag.count) else { continue }
            let message = data + tag
            let holds = HMACKey(secret: try test.bytes("key")).verifies(
                message.span, data.indices, mac: data.count..<message.count)
            #expect(holds == (test.values["result"] == "valid"), "case \(test.number)")
            count += 1
        }
        #expect(count > 50)
    }

    @Test func `the checksum of the catalogue's digits is 29B1`() {
        let digits = Array("123456789".utf8)
        let checksum = CRC16.checksum(digits.span, digits.indices)
        #expect(checksum == 0x29B1)
    }
}
