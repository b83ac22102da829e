/// A text of at most ``maximumBytes`` as numbers: its bytes eight to a word, the first of them lowest,
/// filled up with zeros; and how many they are, since a text may end in zeros.
///
/// Nearly all texts of payloads are that short. Whether one is ASCII, was there before, or is the key
/// of a known field takes a few steps then, rather than some for every byte.
struct ShortText: Equatable {
    static let maximumBytes = 24

    private(set) var first: UInt64 = 0
    private(set) var second: UInt64 = 0
    private(set) var third: UInt64 = 0
    private(set) var count: UInt8 = 0

    /// The empty text.
    init() {}

    /// `device_id`, as a constant: it is looked for in every frame before its MAC.
    @inline(always)
    static var deviceID: ShortText {
        ShortText(first: 0x695F_6563_6976_6564, second: 0x64, count: 9)
    }

    @inline(always)
    private init(first: UInt64, second: UInt64, count: UInt8) {
        (self.first, self.second, self.count) = (first, second, count)
    }

    /// - Parameter range: At most ``maximumBytes``.
    @inline(always)
    init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        let (start, end) = (range.lowerBound, range.upperBound)
        count = UInt8(truncatingIfNeeded: end &- start)
        first = bytes.word(at: start, before: end)
        if end &- start > 8 { second = bytes.word(at: start &+ 8, before: end) }
        if end &- start > 16 { third = bytes.word(at: start &+ 16, before: end) }
    }

    @inline(always)
    var isASCII: Bool { (first | second | third) & 0x8080_8080_8080_8080 == 0 }

    /// A number below 64 that depends on all bytes. The factor is one under which no two keys of the
    /// profiles have the same.
    @inline(always)
    var slot: Int {
        var mixed = first ^ (second &+ third)
        mixed ^= mixed &>> 32
        return Int(truncatingIfNeeded: (mixed &* 0x87B0_B125_EC1D_7DA1) &>> 58)
    }
}

extension Span<UInt8> {
    /// The bytes from an offset on, eight at most, as a number whose lowest byte is the first; those at
    /// and behind `end` count as 0.
    @inline(always)
    func word(at offset: Int, before end: Int) -> UInt64 {
        // There is a MAC behind each payload, so nearly every word can be read whole.
        guard offset <= count &- 8 else { return lastWord(at: offset, before: end) }
        let word = word(at: offset)
        let length = end &- offset
        return length >= 8 ? word : word & ((1 &<< UInt64(8 &* length)) &- 1)
    }

    /// The eight bytes from an offset on, as ``word(at:before:)`` reads them.
    @inline(always)
    func word(at offset: Int) -> UInt64 {
        // Unsafe in name alone: any eight bytes are a number, and they are checked to be in bounds.
        unsafe UInt64(
            littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    @inline(never)
    private func lastWord(at offset: Int, before end: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in offset..<Swift.min(end, offset &+ 8) {
            word |= UInt64(self[index]) &<< UInt64(8 &* (index &- offset))
        }
        return word
    }
}
