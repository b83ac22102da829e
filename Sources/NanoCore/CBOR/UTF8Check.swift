/// Whether bytes are UTF-8, and how many scalars they hold.
///
/// Well-formed is what Unicode's table 3-7 lists: no overlong form, no surrogate, nothing above
/// U+10FFFF, nothing cut short.
struct UTF8Check {
    /// Scalars in front of ``end``.
    let scalars: Int
    /// Offset of the first sequence that is not well-formed; the text's end when all of it is.
    let end: Int

    init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        var position = range.lowerBound
        var continuations = 0
        while position < range.upperBound {
            if bytes[position] < 0x80 {
                position &+= 1
            } else {
                let length = Self.sequenceLength(bytes, at: position, limit: range.upperBound)
                guard length > 0 else { break }
                position &+= length
                continuations &+= length &- 1
            }
        }
        end = position
        scalars = position &- range.lowerBound &- continuations
    }

    /// Bytes of the well-formed multi-byte sequence at `position`, 0 if there is none.
    private static func sequenceLength(
        _ bytes: Span<UInt8>, at position: Int, limit: Int
    ) -> Int {
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch bytes[position] {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return 0
        }
        guard limit &- position >= length, second.contains(bytes[position &+ 1]) else { return 0 }
        for index in (position &+ 2)..<(position &+ length) where bytes[index] & 0xC0 != 0x80 {
            return 0
        }
        return length
    }
}
