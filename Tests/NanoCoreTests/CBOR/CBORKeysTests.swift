import Testing

@testable import NanoCore

@Suite struct CBORKeysTests {
    @Test func `no two keys of the profiles share a bit`() {
        var bits: UInt64 = 0
        for field in ProfileField.allCases {
            let key = Array(field.name.utf8)
            let string = CBORString(range: key.indices, isChunked: false)
            bits |= CBORKeys.bit(for: string, in: key.span)
        }
        #expect(bits.nonzeroBitCount == ProfileField.allCases.count)
    }
}
