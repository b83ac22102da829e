/// Reads data items one after the other, without allocating.
///
/// It is made for bytes that ``CBORWalk`` has passed; over others it stops early, and never traps.
/// The bytes are passed to every call, since a reader only holds offsets into them.
public struct CBORReader: Sendable {
    /// A data item, or the head of one that holds others.
    public enum Item: Equatable, Sendable {
        case unsigned(UInt64)
        /// The integer −1 − n, for this n (RFC 8949 §3.1).
        case negative(UInt64)
        case byteString(CBORString)
        case text(CBORString)
        /// As many items follow; with nil, items until ``end``.
        case array(count: Int?)
        /// As many pairs follow; with nil, pairs until ``end``.
        case map(count: Int?)
        case boolean(Bool)
        /// Null, undefined, and every simple value without a meaning of its own.
        case null
        case real(Double)
        /// The break of the innermost array or map with an indefinite length.
        case end
    }

    /// Offset of the next item.
    public private(set) var position: Int
    /// Offset behind the last byte that may be read.
    public let limit: Int

    /// A reader of the items in `range`.
    public init(_ range: Range<Int>) {
        position = range.lowerBound
        limit = range.upperBound
    }

    /// Reads the next item, or the head of the next array or map.
    ///
    /// - Returns: Nil behind the last item, or at bytes that are no item.
    @inline(__always)
    public mutating func next(in bytes: Span<UInt8>) -> Item? {
        guard let head = CBORHead(bytes, at: position, limit: limit) else { return nil }
        switch head.major {
        case .unsigned: return advance(.unsigned(head.argument), head)
        case .negative: return advance(.negative(head.argument), head)
        case .byteString: return string(in: bytes).map { .byteString($0) }
        case .text: return string(in: bytes).map { .text($0) }
        case .array, .map: return container(head)
        case .tag: return nil
        case .simple: return advance(Self.simple(head), head)
        }
    }

    /// Reads the next item if it is a text: a map's key, mostly.
    ///
    /// - Returns: Nil, without having moved, when it is not.
    @inline(__always)
    mutating func nextText(in bytes: Span<UInt8>) -> CBORString? {
        guard position < limit, bytes[position] >> 5 == CBORHead.Major.text.rawValue else {
            return nil
        }
        return string(in: bytes)
    }

    /// Reads past one whole item, with everything in it.
    ///
    /// - Returns: False when there was none, or not a whole one.
    @inline(__always)
    public mutating func skip(in bytes: Span<UInt8>) -> Bool {
        guard let item = next(in: bytes) else { return false }
        switch item {
        case .array(let count): return skipContent(count, in: bytes)
        case .map(let count): return skipContent(count.map { $0 &* 2 }, in: bytes)
        case .end: return false
        default: return true
        }
    }

    /// Reads past the rest of a container: `count` items, or with nil those in front of a break.
    private mutating func skipContent(_ count: Int?, in bytes: Span<UInt8>) -> Bool {
        // Items still to come in each open container; -1 with an indefinite length.
        var left = InlineArray<8, Int>(repeating: 0)
        left[0] = count ?? -1
        var depth = 1
        while depth > 0 {
            if left[depth - 1] == 0 {
                depth -= 1
                continue
            }
            guard let item = next(in: bytes) else { return false }
            if item == .end {
                guard left[depth - 1] < 0 else { return false }
                depth -= 1
                continue
            }
            if left[depth - 1] > 0 { left[depth - 1] -= 1 }
            let inner: Int
            switch item {
            case .array(let count): inner = count ?? -1
            case .map(let count): inner = count.map { $0 &* 2 } ?? -1
            default: continue
            }
            guard depth < CBORLimits.nesting else { return false }
            left[depth] = inner
            depth += 1
        }
        return true
    }

    /// A count that the bytes left can't hold is no container.
    @inline(__always)
    private mutating func container(_ head: CBORHead) -> Item? {
        guard head.isIndefinite || head.argument <= UInt64(limit &- head.end) else { return nil }
        let count = head.isIndefinite ? nil : Int(truncatingIfNeeded: head.argument)
        return advance(head.major == .map ? .map(count: count) : .array(count: count), head)
    }

    @inline(__always)
    private mutating func advance(_ item: Item, _ head: CBORHead) -> Item {
        position = head.end
        return item
    }

    @inline(__always)
    private mutating func string(in bytes: Span<UInt8>) -> CBORString? {
        guard let (string, end) = CBORString.read(bytes, at: position, limit: limit) else {
            return nil
        }
        position = end
        return string
    }

    /// Simple values and floating-point numbers (RFC 8949 §3.3).
    @inline(__always)
    private static func simple(_ head: CBORHead) -> Item {
        switch head.information {
        case 20: .boolean(false)
        case 21: .boolean(true)
        case 25: .real(Double(Float16(bitPattern: UInt16(truncatingIfNeeded: head.argument))))
        case 26: .real(Double(Float(bitPattern: UInt32(truncatingIfNeeded: head.argument))))
        case 27: .real(Double(bitPattern: head.argument))
        case 31: .end
        default: .null
        }
    }
}
