/// Sees the items of a payload while ``CBORWalk`` judges them, in reading order; so that who wants
/// to know what is in a payload need not read it once more.
///
/// What it sees may be followed by a fault that makes the payload worthless.
protocol CBORWatcher {
    /// The key of a pair; its value follows.
    mutating func key(_ key: CBORKey, in bytes: Span<UInt8>)
    /// A value that holds no others, or an item of an array.
    mutating func value(_ value: CBORScalar, at position: Int)
    /// A map or an array begins; the one at the top, too.
    mutating func open(isMap: Bool, at position: Int)
    /// The innermost map or array ends.
    mutating func close()
}

/// An item that holds no others, as far as a ``CBORWatcher`` needs it.
enum CBORScalar {
    case unsigned(UInt64)
    /// The integer −1 − n, for this n (RFC 8949 §3.1).
    case negative(UInt64)
    case real(Double)
    case text
    /// A byte string, or a simple value.
    case other

    /// An integer or a floating-point number; anything else is not told apart.
    @inline(__always)
    init(number head: CBORHead) {
        switch head.major {
        case .unsigned: self = .unsigned(head.argument)
        case .negative: self = .negative(head.argument)
        case .simple: self.init(simple: head)
        default: self = .other
        }
    }

    /// Whether a number lies within bounds. NaN and the infinities lie outside of any.
    @inline(__always)
    func isInside(_ bounds: ClosedRange<Int64>) -> Bool {
        switch self {
        case .unsigned(let value): value <= UInt64(Int64.max) && bounds.contains(Int64(value))
        case .negative(let value): value <= UInt64(Int64.max) && bounds.contains(~Int64(value))
        case .real(let value):
            value >= Double(bounds.lowerBound) && value <= Double(bounds.upperBound)
        case .text, .other: false
        }
    }

    /// A simple value or floating-point number (RFC 8949 §3.3).
    @inline(__always)
    init(simple head: CBORHead) {
        switch head.information {
        case 25:
            self = .real(Double(Float16(bitPattern: UInt16(truncatingIfNeeded: head.argument))))
        case 26: self = .real(Double(Float(bitPattern: UInt32(truncatingIfNeeded: head.argument))))
        case 27: self = .real(Double(bitPattern: head.argument))
        default: self = .other
        }
    }
}

/// Looks away.
struct CBORUnwatched: CBORWatcher {
    @inline(__always)
    mutating func key(_ key: CBORKey, in bytes: Span<UInt8>) {}
    @inline(__always)
    mutating func value(_ value: CBORScalar, at position: Int) {}
    @inline(__always)
    mutating func open(isMap: Bool, at position: Int) {}
    @inline(__always)
    mutating func close() {}
}
