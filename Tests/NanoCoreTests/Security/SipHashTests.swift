import Testing

@testable import NanoCore

@Suite struct SipHashTests {
    /// Key bytes 00…0f, as little-endian words.
    static let key: (UInt64, UInt64) = (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908)

    /// SipHash-1-3 of the bytes 0, 1, … n-1 under that key, from the Rust library's tests of its own
    /// implementation; the element's index is n.
    static let vectors: [UInt64] = [
        0xabac_0158_050f_c4dc, 0xc9f4_9bf3_7d57_ca93, 0x82cb_9b02_4dc7_d44d,
        0x8bf8_0ab8_e7dd_f7fb, 0xcf75_5760_88d3_8328, 0xdef9_d52f_4953_3b67,
        0xc50d_2b50_c59f_22a7, 0xd392_7d98_9bb1_1140, 0x3690_9511_8d29_9a8e,
        0x25a4_8eb3_6c06_3de4, 0x79de_85ee_92ff_097f, 0x70c1_18c1_f94d_c352,
        0x78a3_84b1_57b4_d9a2, 0x306f_760c_1229_ffa7, 0x605a_a111_c0f9_5d34,
        0xd320_d86d_2a51_9956, 0xcc4f_dd1a_7d90_8b66,
    ]

    @Test(arguments: vectors.indices)
    func `the published hashes come out`(length: Int) {
        let bytes = [UInt8](0..<UInt8(length))
        let hash = SipHash(key: Self.key).hash(bytes.span, 0..<length)
        #expect(hash == Self.vectors[length])
    }

    @Test func `the example of the paper comes out with its two and four rounds`() {
        var state = SipState(Self.key.0, Self.key.1, compressionRounds: 2, finalizationRounds: 4)
        for byte: UInt8 in 0..<15 { state.absorb(byte) }
        #expect(state.finish() == 0xa129_ca61_49be_45e5)
    }

    @Test(arguments: [0, 1, 6, 7, 8, 9, 15, 16, 23, 24, 40])
    func `a byte before a string hashes like both in one buffer`(length: Int) {
        let hash = SipHash(key: (1, 2))
        let bytes = [UInt8](0x10...0x40)
        let string = CBORString(range: 1..<1 + length, isChunked: false)
        #expect(hash.hash(0x10, bytes.span, string) == hash.hash(bytes.span, 0..<1 + length))
        #expect(hash.hash(bytes.span, 1..<2 + length) != hash.hash(bytes.span, 0..<1 + length))
    }

    @Test func `a string hashes by its content, however it is cut`() {
        let hash = SipHash(key: (1, 2))
        let whole: [UInt8] = [0x65, 1, 2, 3, 4, 5]
        let chunks: [UInt8] = [0x7F, 0x62, 1, 2, 0x60, 0x63, 3, 4, 5, 0xFF]
        let expected = hash.hash(9, whole.span, CBORString(range: 1..<6, isChunked: false))
        #expect(
            hash.hash(9, chunks.span, CBORString(range: 1..<9, isChunked: true)) == expected)
    }

    @Test func `a byte before a number hashes like its bytes, the lowest first`() {
        let bytes: [UInt8] = [9, 8, 7, 6, 5, 4, 3, 2, 1]
        let hash = SipHash(key: (1, 2))
        #expect(hash.hash(9, 0x0102_0304_0506_0708) == hash.hash(bytes.span, 0..<9))
    }

    @Test func `a byte alone hashes like a range of one`() {
        let bytes: [UInt8] = [0x40]
        #expect(SipHash(key: (1, 2)).hash(0x40) == SipHash(key: (1, 2)).hash(bytes.span, 0..<1))
    }

    @Test func `another key gives another hash`() {
        let bytes: [UInt8] = [1, 2, 3]
        let hash = SipHash(key: (1, 2)).hash(bytes.span, 0..<3)
        #expect(hash != SipHash(key: (1, 3)).hash(bytes.span, 0..<3))
        #expect(hash != SipHash(key: (0, 2)).hash(bytes.span, 0..<3))
    }
}
