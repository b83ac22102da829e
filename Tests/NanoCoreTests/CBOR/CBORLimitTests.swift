import NanoCore
import Testing

/// Both sides of every limit of a payload, for definite and indefinite lengths.
@Suite struct CBORLimitTests {
    static func text(_ scalars: Int, _ scalar: String = "x") -> [UInt8] {
        Payloads.writing { $0.text(String(repeating: scalar, count: scalars)) }
    }

    static func array(_ items: Int, indefinite: Bool = false) -> [UInt8] {
        Payloads.writing { writer in
            if indefinite { writer.indefiniteArray() } else { writer.array(items) }
            for _ in 0..<items { writer.unsigned(1) }
            if indefinite { writer.end() }
        }
    }

    static func map(_ pairs: Int, indefinite: Bool = false) -> [UInt8] {
        Payloads.writing { writer in
            if indefinite { writer.indefiniteMap() } else { writer.map(pairs) }
            for pair in 0..<pairs {
                writer.text("k\(pair)")
                writer.null()
            }
            if indefinite { writer.end() }
        }
    }

    /// A map with `depth` − 1 arrays inside one another.
    static func nested(_ depth: Int, inner: [UInt8] = [0x00]) -> [UInt8] {
        Payloads.wrapped([UInt8](repeating: 0x81, count: depth - 1) + inner)
    }

    @Test(arguments: ["x", "é", "中", "🚀"])
    func `a text has at most 256 scalars, however many bytes they take`(scalar: String) {
        let most = 1_000 / scalar.utf8.count
        #expect(Payloads.refusal(Payloads.wrapped(Self.text(min(256, most), scalar))) == nil)
        guard most > 256 else { return }
        let refusal = Payloads.refusal(Payloads.wrapped(Self.text(257, scalar)))
        #expect(refusal?.detail == .textScalars)
        #expect(refusal?.allowed == .unsigned(256))
        #expect(refusal?.offset == 17)
        if scalar != "x" { #expect(refusal?.observed == .unsigned(257)) }
    }

    @Test func `a key is a text and has the same limit`() {
        let fits = Payloads.bytes("a1") + Self.text(256) + [0x00]
        #expect(Payloads.refusal(fits) == nil)
        let tooLong = Payloads.bytes("a1") + Self.text(257) + [0x00]
        #expect(Payloads.refusal(tooLong)?.detail == .textScalars)
    }

    @Test func `the chunks of a text count together`() {
        func chunks(_ lengths: [Int]) -> [UInt8] {
            Payloads.wrapped(
                Payloads.writing { writer in
                    writer.indefiniteText()
                    for length in lengths { writer.text(String(repeating: "é", count: length)) }
                    writer.end()
                })
        }
        #expect(Payloads.refusal(chunks([128, 0, 128])) == nil)
        let refusal = Payloads.refusal(chunks([128, 129]))
        #expect(refusal?.detail == .textScalars)
        #expect(refusal?.observed == .unsigned(257))
    }

    @Test func `a byte string has at most 256 bytes, its chunks counted together`() {
        func whole(_ count: Int) -> [UInt8] {
            Payloads.wrapped(
                Payloads.writing { $0.bytes([UInt8](repeating: 7, count: count)) })
        }
        #expect(Payloads.refusal(whole(256)) == nil)
        #expect(Payloads.refusal(whole(257))?.detail == .byteStringBytes)
        func chunks(_ count: Int) -> [UInt8] {
            Payloads.wrapped(
                Payloads.writing { writer in
                    writer.indefiniteBytes()
                    writer.bytes([UInt8](repeating: 7, count: 200))
                    writer.bytes([UInt8](repeating: 7, count: count - 200))
                    writer.end()
                })
        }
        #expect(Payloads.refusal(chunks(256)) == nil)
        #expect(Payloads.refusal(chunks(257))?.observed == .unsigned(257))
    }

    @Test(arguments: [false, true])
    func `an array has at most 64 items`(indefinite: Bool) {
        #expect(Payloads.refusal(Payloads.wrapped(Self.array(64, indefinite: indefinite))) == nil)
        let refusal = Payloads.refusal(Payloads.wrapped(Self.array(65, indefinite: indefinite)))
        #expect(refusal?.reason == .cborLimit)
        #expect(refusal?.detail == .arrayItems)
        #expect(refusal?.observed == .unsigned(65))
    }

    @Test(arguments: [false, true])
    func `a map has at most 20 pairs`(indefinite: Bool) {
        #expect(Payloads.refusal(Self.map(20, indefinite: indefinite)) == nil)
        let refusal = Payloads.refusal(Self.map(21, indefinite: indefinite))
        #expect(refusal?.reason == .cborLimit)
        #expect(refusal?.detail == .mapPairs)
        #expect(refusal?.allowed == .unsigned(20))
        let inner = Payloads.wrapped(Self.map(21, indefinite: indefinite))
        #expect(Payloads.refusal(inner)?.detail == .mapPairs)
    }

    @Test(arguments: ["00", "a0", "80", "9fff", "bfff"])
    func `eight containers may stand inside one another`(inner: String) {
        let inner = Payloads.bytes(inner)
        let isContainer = inner[0] != 0
        let most = isContainer ? 7 : 8
        #expect(Payloads.refusal(Self.nested(most, inner: inner)) == nil)
        let refusal = Payloads.refusal(Self.nested(most + 1, inner: inner))
        #expect(refusal?.detail == .nesting)
        #expect(refusal?.observed == .unsigned(9))
        #expect(refusal?.offset == FrameHeader.length + 3 + 7)
    }

    @Test(arguments: [
        "c0", "c1", "d2", "d82a", "d9d9f7", "da00000001", "db7f7f7f7f7f7f7f7f", "d8",
    ])
    func `no tag is taken anywhere`(tag: String) {
        for prefix in ["", "a16176", "a1", "a1617681", "a161767f", "a161765f"] {
            let payload = Payloads.bytes(prefix + tag + "00")
            let refusal = Payloads.refusal(payload)
            #expect(refusal?.reason == .cborLimit, "\(prefix) \(tag)")
            #expect(refusal?.detail == .tag)
            #expect(refusal?.offset == FrameHeader.length + prefix.count / 2)
        }
    }

    @Test(arguments: [
        ("7affffffff", RefusalDetail.textScalars), ("7bffffffffffffffff", .textScalars),
        ("5bffffffffffffffff", .byteStringBytes), ("5a80000000", .byteStringBytes),
        ("9b0000010000000000", .arrayItems), ("9bffffffffffffffff", .arrayItems),
        ("bbffffffffffffffff", .mapPairs), ("bb8000000000000000", .mapPairs),
        ("7b8000000000000000", .textScalars), ("7f7bffffffffffffffff", .textScalars),
        ("5f41005bffffffffffffffff", .byteStringBytes),
    ])
    func `a huge length is over its limit before it is over the payload's end`(
        item: String, detail: RefusalDetail
    ) {
        let refusal = Payloads.refusal(Payloads.wrapped(Payloads.bytes(item)))
        #expect(refusal?.reason == .cborLimit)
        #expect(refusal?.detail == detail)
        #expect(refusal?.offset == 17)
    }
}
