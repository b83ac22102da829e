/// The first byte of a data item and the argument behind it (RFC 8949 §3).
///
/// Reading one never moves anything and never traps, whatever the bytes are.
struct CBORHead {
    /// Type of the item: the three high bits of its first byte (RFC 8949 §3.1).
    enum Major: UInt8 {
        case unsigned, negative, byteString, text, array, map, tag, simple
    }

    /// The first byte: major type and additional information.
    let initial: UInt8
    /// The value of the additional information, or of the bytes that follow it.
    let argument: UInt64
    /// Offset behind the head.
    let end: Int

    /// Closes an item with an indefinite length (RFC 8949 §3.2.1).
    static let breakByte: UInt8 = 0xFF

    @inline(__always)
    var major: Major { Self.major(of: initial) }

    /// The five low bits of the first byte.
    @inline(__always)
    var information: UInt8 { initial & 0x1F }

    /// A string or container that lasts until its break, or the break itself.
    @inline(__always)
    var isIndefinite: Bool { information == 31 }

    @inline(__always)
    static func major(of initial: UInt8) -> Major {
        switch initial >> 5 {
        case 0: .unsigned
        case 1: .negative
        case 2: .byteString
        case 3: .text
        case 4: .array
        case 5: .map
        case 6: .tag
        default: .simple
        }
    }

    /// Whether a first byte's additional information means nothing: 28…30 always, and 31 where
    /// the type knows no indefinite length (RFC 8949 §3, appendix C).
    @inline(__always)
    static func isReserved(_ initial: UInt8) -> Bool {
        let information = initial & 0x1F
        guard information >= 28 else { return false }
        guard information == 31 else { return true }
        return switch major(of: initial) {
        case .unsigned, .negative, .tag: true
        default: false
        }
    }

    /// Bytes of argument behind a first byte that is not reserved.
    @inline(__always)
    static func argumentLength(_ initial: UInt8) -> Int {
        let information = initial & 0x1F
        return information < 24 || information > 27 ? 0 : 1 << Int(information - 24)
    }

    /// Reads the head at `position`.
    ///
    /// - Returns: Nil when it does not end before `limit`, or its information is reserved.
    @inline(__always)
    init?(_ bytes: Span<UInt8>, at position: Int, limit: Int) {
        guard position < limit else { return nil }
        initial = bytes[position]
        let information = initial & 0x1F
        if information < 24 {
            argument = UInt64(information)
            end = position &+ 1
            return
        }
        guard !Self.isReserved(initial) else { return nil }
        let length = Self.argumentLength(initial)
        end = position &+ 1 &+ length
        guard end <= limit else { return nil }
        var value: UInt64 = 0
        for index in position &+ 1..<end {
            value = value << 8 | UInt64(bytes[index])
        }
        argument = value
    }
}
