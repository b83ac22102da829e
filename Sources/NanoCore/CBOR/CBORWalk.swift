/// Judges a payload: one well-formed CBOR map (RFC 8949) within ``CBORLimits``.
///
/// Iterative, with a state of fixed size: no input makes it recurse or allocate. The first fault in
/// reading order is the one that is reported; where a length is both too large for its limit and
/// for the payload, the limit is.
public enum CBORWalk {
    /// - Throws: A ``Refusal`` with ``RefusalReason/cborMalformed`` or
    ///   ``RefusalReason/cborLimit``; its offset counts from the frame's first byte.
    public static func validate(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(Refusal) {
        guard range.count <= FrameHeader.maximumPayloadLength else {
            throw Refusal(
                .payloadTooLarge, observed: .unsigned(UInt64(range.count)),
                allowed: .unsigned(UInt64(FrameHeader.maximumPayloadLength)),
                offset: FrameHeader.length)
        }
        var walk = CBORWalker(range)
        try walk.openTop(bytes)
        while walk.isInside { try walk.step(bytes) }
        guard walk.position == range.upperBound else {
            throw walk.malformed(
                .trailingBytes, at: walk.position, observed: range.upperBound - walk.position,
                allowed: 0)
        }
    }
}

/// The state of ``CBORWalk``: the open containers, and the keys of the maps among them.
struct CBORWalker {
    let start: Int
    let limit: Int
    var position: Int
    var keys = CBORKeys()
    private var levels = InlineArray<8, Level>(repeating: Level())
    private var depth = 0

    /// An open container.
    private struct Level {
        /// Items to come, keys and values alike; with an indefinite length those still allowed.
        var left: UInt16 = 0
        /// Keys held for the maps further out.
        var outerKeys: UInt8 = 0
        var isMap = false
        var isIndefinite = false
    }

    @inline(__always)
    init(_ range: Range<Int>) {
        start = range.lowerBound
        limit = range.upperBound
        position = range.lowerBound
    }

    @inline(__always)
    var isInside: Bool { depth > 0 }

    /// Opens the payload's one item, which has to be a map.
    @inline(__always)
    mutating func openTop(_ bytes: Span<UInt8>) throws(Refusal) {
        guard position < limit else { throw malformed(.empty, at: position) }
        let initial = bytes[position]
        if initial >> 5 != CBORHead.Major.map.rawValue || CBORHead.isReserved(initial) {
            throw topFault(bytes, initial)
        }
        try open(bytes, initial, isMap: true)
    }

    /// Reads one item, or closes the innermost container.
    @inline(__always)
    mutating func step(_ bytes: Span<UInt8>) throws(Refusal) {
        let level = levels[depth &- 1]
        if level.left == 0, !level.isIndefinite { return close() }
        guard position < limit else {
            throw malformed(.endOfInput, at: position, observed: 0, allowed: 1)
        }
        let initial = bytes[position]
        let isKey = level.isMap && level.left & 1 == 0
        if initial == CBORHead.breakByte {
            guard level.isIndefinite else { throw malformed(.unexpectedBreak, at: position) }
            guard !level.isMap || isKey else { throw malformed(.oddMap, at: position) }
            position &+= 1
            return close()
        }
        if level.left == 0 { throw tooMany(isMap: level.isMap) }
        levels[depth &- 1].left = level.left &- 1
        if isKey {
            try readKey(bytes, initial)
        } else {
            try readValue(bytes, initial)
        }
    }

    @inline(__always)
    private mutating func readValue(_ bytes: Span<UInt8>, _ initial: UInt8) throws(Refusal) {
        switch CBORHead.major(of: initial) {
        case .unsigned, .negative: position = try head(bytes, initial).end
        case .byteString: try skipByteString(bytes, initial)
        case .text: _ = try readText(bytes, initial)
        case .array: try open(bytes, initial, isMap: false)
        case .map: try open(bytes, initial, isMap: true)
        case .tag: throw tagFault(bytes, initial)
        case .simple: try skipSimple(bytes, initial)
        }
    }

    @inline(__always)
    private mutating func readKey(_ bytes: Span<UInt8>, _ initial: UInt8) throws(Refusal) {
        let keyStart = position
        guard initial >> 5 == CBORHead.Major.text.rawValue else {
            if initial >> 5 == CBORHead.Major.tag.rawValue { throw tagFault(bytes, initial) }
            throw malformed(
                CBORHead.isReserved(initial) ? .reservedInformation : .keyNotText, at: position)
        }
        let key = try readText(bytes, initial)
        guard
            keys.insert(
                key, at: keyStart, bytes, outer: Int(levels[depth &- 1].outerKeys), origin: start)
        else { throw malformed(.duplicateKey, at: keyStart) }
    }

    @inline(__always)
    private mutating func open(
        _ bytes: Span<UInt8>, _ initial: UInt8, isMap: Bool
    ) throws(Refusal) {
        guard depth < CBORLimits.nesting else {
            throw overLimit(
                .nesting, at: position, observed: UInt64(depth &+ 1), allowed: CBORLimits.nesting)
        }
        let allowed = isMap ? CBORLimits.mapPairs : CBORLimits.arrayItems
        let head = try head(bytes, initial)
        let count = head.isIndefinite ? UInt64(allowed) : head.argument
        guard count <= UInt64(allowed) else {
            throw overLimit(
                isMap ? .mapPairs : .arrayItems, at: position, observed: count, allowed: allowed)
        }
        position = head.end
        levels[depth] = Level(
            left: UInt16(truncatingIfNeeded: isMap ? count &* 2 : count),
            outerKeys: UInt8(truncatingIfNeeded: keys.count), isMap: isMap,
            isIndefinite: head.isIndefinite)
        depth &+= 1
    }

    @inline(__always)
    private mutating func close() {
        depth &-= 1
        keys.removeDown(to: Int(levels[depth].outerKeys))
    }
}
