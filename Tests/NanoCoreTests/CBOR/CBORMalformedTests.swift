import NanoCore
import Testing

/// What is no well-formed map, with the place at which the reading stopped.
@Suite struct CBORMalformedTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let hex: String
        let detail: RefusalDetail
        /// Offset in the payload.
        let offset: Int

        init(_ hex: String, _ detail: RefusalDetail, at offset: Int) {
            self.hex = hex
            self.detail = detail
            self.offset = offset
        }

        var testDescription: String { hex }
    }

    static let cases: [Case] = [
        Case("", .empty, at: 0),
        Case("05", .topNotMap, at: 0),
        Case("820102", .topNotMap, at: 0),
        Case("f6", .topNotMap, at: 0),
        Case("63616263", .topNotMap, at: 0),
        Case("ff", .unexpectedBreak, at: 0),
        Case("1c", .reservedInformation, at: 0),
        Case("bc", .reservedInformation, at: 0),
        Case("b8", .endOfInput, at: 0),
        Case("a0 00", .trailingBytes, at: 1),
        Case("a0 ff", .trailingBytes, at: 1),
        Case("bfff ff", .trailingBytes, at: 2),
        Case("a1", .endOfInput, at: 1),
        Case("a1 6161", .endOfInput, at: 3),
        Case("a1 0102", .keyNotText, at: 1),
        Case("a1 416101", .keyNotText, at: 1),
        Case("a1 8001", .keyNotText, at: 1),
        Case("a1 f601", .keyNotText, at: 1),
        Case("a2 616101 616102", .duplicateKey, at: 4),
        Case("a2 616101 7f6161ff02", .duplicateKey, at: 4),
        Case("a2 626162 01 7f60616160 6162ff02", .duplicateKey, at: 5),
        Case("bf 616101 616102 ff", .duplicateKey, at: 4),
        Case("a2 6001 6002", .duplicateKey, at: 3),
        Case("a1 ff00", .unexpectedBreak, at: 1),
        Case("a1 6161ff", .unexpectedBreak, at: 3),
        Case("a1 6161 81ff", .unexpectedBreak, at: 4),
        Case("bf 6161 ff", .oddMap, at: 3),
        Case("bf 6161 01", .endOfInput, at: 4),
        Case("a1 6161 9f01", .endOfInput, at: 5),
        Case("a1 6161 7f6178", .endOfInput, at: 6),
        Case("a1 6161 7f01ff", .invalidChunk, at: 4),
        Case("a1 6161 7f4101ff", .invalidChunk, at: 4),
        Case("a1 6161 7f7f6161ffff", .invalidChunk, at: 4),
        Case("a1 6161 5f6161ff", .invalidChunk, at: 4),
        Case("a1 6161 7f7cff", .reservedInformation, at: 4),
        Case("a1 6161 1c", .reservedInformation, at: 3),
        Case("a1 6161 3d", .reservedInformation, at: 3),
        Case("a1 6161 5e", .reservedInformation, at: 3),
        Case("a1 6161 7e", .reservedInformation, at: 3),
        Case("a1 6161 9c", .reservedInformation, at: 3),
        Case("a1 6161 fc", .reservedInformation, at: 3),
        Case("a1 6161 1f", .reservedInformation, at: 3),
        Case("a1 6161 3f", .reservedInformation, at: 3),
        Case("a1 7c", .reservedInformation, at: 1),
        Case("a1 6161 f800", .invalidSimple, at: 3),
        Case("a1 6161 f81f", .invalidSimple, at: 3),
        Case("a1 6161 f8", .endOfInput, at: 3),
        Case("a1 6161 1a010203", .endOfInput, at: 3),
        Case("a1 6161 6461 62", .endOfInput, at: 3),
        Case("a1 6161 4461", .endOfInput, at: 3),
        Case("a1 6161 fb00", .endOfInput, at: 3),
        Case("a1 61ff 01", .invalidUTF8, at: 2),
        Case("a1 6161 63c32862", .invalidUTF8, at: 4),
        Case("a1 6161 62c0af", .invalidUTF8, at: 4),
        Case("a1 6161 62c1bf", .invalidUTF8, at: 4),
        Case("a1 6161 63e09fbf", .invalidUTF8, at: 4),
        Case("a1 6161 63eda080", .invalidUTF8, at: 4),
        Case("a1 6161 64f08fbfbf", .invalidUTF8, at: 4),
        Case("a1 6161 64f4908080", .invalidUTF8, at: 4),
        Case("a1 6161 64f5808080", .invalidUTF8, at: 4),
        Case("a1 6161 62e4b8", .invalidUTF8, at: 4),
        Case("a1 6161 6141 80", .trailingBytes, at: 5),
        Case("a1 6161 6180", .invalidUTF8, at: 4),
        Case("a1 6161 6a6162636465666768e280", .invalidUTF8, at: 12),
        Case("a1 6161 7f61c361a9ff", .invalidUTF8, at: 5),
    ]

    @Test(arguments: cases)
    func `what is malformed is refused where it is`(example: Case) {
        let refusal = Payloads.refusal(Payloads.bytes(example.hex))
        #expect(refusal?.reason == .cborMalformed)
        #expect(refusal?.detail == example.detail)
        #expect(refusal?.offset == FrameHeader.length + example.offset)
    }

    @Test(arguments: [
        "a0", "bfff", "b800", "a161611801", "b90001 780161 1a00000001", "a16161f0", "a16161f820",
        "a161617fff", "a161615fff", "a161617f60ff", "a2 62c3a901 6365cc8102", "a1 7f6161ff 00",
        "a2 6161a1616101 616200", "a2 6161a16162f6 6162a16162f6", "a1 6161 64f48fbfbf",
        "a1 6161 63ed9fbf", "a1 6161 63ee8080", "a1 6161 62c280", "a1 6161 63e0a080",
        "a1 6161 64f0908080",
    ])
    func `what is unusual but well-formed is taken`(hex: String) {
        #expect(Payloads.refusal(Payloads.bytes(hex)) == nil)
    }

    @Test func `a payload is judged where it lies in its buffer`() {
        let payload = Payloads.bytes("a1616163eda080")
        let buffer = [0xA0, 0xA0] + payload + [0xA0]
        #expect(throws: Refusal(.cborMalformed, .invalidUTF8, offset: 18)) {
            try CBORWalk.validate(buffer.span, 2..<9)
        }
    }

    @Test func `more than a payload's largest length is refused unread`() {
        let bytes = [UInt8](repeating: 0xA0, count: 1_025)
        #expect(Payloads.refusal(bytes)?.reason == .payloadTooLarge)
    }

    @Test func `twenty keys that only differ in the middle are all different`() {
        let payload = Payloads.writing { writer in
            writer.map(20)
            for index in 0..<20 {
                writer.text("key-" + String(UnicodeScalar(UInt8(97 + index))) + "-name")
                writer.unsigned(1)
            }
        }
        #expect(Payloads.refusal(payload) == nil)
    }
}
