/// Judges a payload: one well-formed CBOR map (RFC 8949) within ``CBORLimits``.
///
/// Iterative, with a state of fixed size: no input makes it recurse or allocate. The first fault in
/// reading order is the one that is reported; where a length is both too large for its limit and
/// for the payload, the limit is.
public enum CBORWalk {
    /// Judges the payload in `range`.
    ///
    /// - Throws: A ``Refusal`` with ``RefusalReason/cborMalformed`` or
    ///   ``RefusalReason/cborLimit``; its offset counts from the frame's first byte. A range longer
    ///   than any payload is refused unread, with ``RefusalReason/payloadTooLarge``.
    public static func validate(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(Refusal) {
        var unwatched = CBORUnwatched()
        try validate(bytes, range, watchedBy: &unwatched)
    }

    /// The fault of a payload of which nobody knows who sent it, nil where there is none. Keys that are
    /// there twice are let pass: to find them takes looking back, and the cost has to be one step for
    /// each byte here.
    @inline(never)
    static func formFault(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Refusal? {
        var unwatched = CBORUnwatched()
        do throws(Refusal) {
            try validate(bytes, range, watchedBy: &unwatched, looksBack: false)
            return nil
        } catch {
            return error
        }
    }

    /// Judges a payload with somebody who sees what is in it.
    ///
    /// - Parameter looksBack: Whether keys that are there twice are refused.
    @inline(always)
    static func validate(
        _ bytes: Span<UInt8>, _ range: Range<Int>, watchedBy watcher: inout some CBORWatcher,
        looksBack: Bool = true
    ) throws(Refusal) {
        guard range.count <= FrameHeader.maximumPayloadLength else {
            throw Refusal(
                .payloadTooLarge, observed: .unsigned(UInt64(range.count)),
                allowed: .unsigned(UInt64(FrameHeader.maximumPayloadLength)),
                offset: FrameHeader.length)
        }
        var walk = CBORWalker(range, looksBack: looksBack)
        try walk.openTop(bytes, &watcher)
        while walk.depth > 0 { try walk.step(bytes, &watcher) }
        guard walk.cursor.position == range.upperBound else {
            throw walk.cursor.malformed(
                .trailingBytes, at: walk.cursor.position,
                observed: range.upperBound - walk.cursor.position, allowed: 0)
        }
    }
}

/// The state of ``CBORWalk``: the open containers.
private struct CBORWalker {
    /// An open container.
    struct Level {
        /// Items to come, keys and values alike; with an indefinite length those still allowed.
        var left: UInt16 = 0
        var isMap = false
        var isIndefinite = false
        /// Where the container's first item is in the payload.
        var content: UInt16 = 0
        /// The bits of its keys: ``CBORKey/bit(in:)``.
        var keys: UInt64 = 0
    }

    private(set) var cursor: CBORCursor
    private(set) var depth = 0
    private let looksBack: Bool
    /// The innermost container.
    private var level = Level()
    /// The containers around it.
    private var outer = InlineArray<7, Level>(repeating: Level())

    @inline(always)
    init(_ range: Range<Int>, looksBack: Bool) {
        cursor = CBORCursor(range)
        self.looksBack = looksBack
    }

    /// Opens the payload's one item, which has to be a map.
    @inline(always)
    mutating func openTop(
        _ bytes: Span<UInt8>, _ watcher: inout some CBORWatcher
    ) throws(Refusal) {
        guard cursor.position < cursor.limit else {
            throw cursor.malformed(.empty, at: cursor.position)
        }
        let initial = bytes[cursor.position]
        if initial >> 5 != CBORHead.Major.map.rawValue || CBORHead.isReserved(initial) {
            throw cursor.topFault(bytes, initial)
        }
        try open(bytes, initial, isMap: true, &watcher)
    }

    /// Reads one item, or closes the innermost container.
    @inline(always)
    mutating func step(
        _ bytes: Span<UInt8>, _ watcher: inout some CBORWatcher
    ) throws(Refusal) {
        if level.left == 0, !level.isIndefinite { return close(&watcher) }
        let place = cursor.position
        guard place < cursor.limit else {
            throw cursor.malformed(.endOfInput, at: place, observed: 0, allowed: 1)
        }
        let initial = bytes[place]
        let isKey = level.isMap && level.left & 1 == 0
        if initial == CBORHead.breakByte {
            guard level.isIndefinite else { throw cursor.malformed(.unexpectedBreak, at: place) }
            guard !level.isMap || isKey else { throw cursor.malformed(.oddMap, at: place) }
            cursor.position = place &+ 1
            return close(&watcher)
        }
        if level.left == 0 { throw cursor.tooMany(isMap: level.isMap) }
        level.left &-= 1
        if isKey {
            try readKey(bytes, initial, &watcher)
        } else {
            try readValue(bytes, initial, &watcher)
        }
    }

    @inline(always)
    private mutating func readValue(
        _ bytes: Span<UInt8>, _ initial: UInt8, _ watcher: inout some CBORWatcher
    ) throws(Refusal) {
        let place = cursor.position
        switch CBORHead.major(of: initial) {
        case .unsigned:
            let head = try cursor.head(bytes, initial)
            cursor.position = head.end
            watcher.value(.unsigned(head.argument), at: place)
        case .negative:
            let head = try cursor.head(bytes, initial)
            cursor.position = head.end
            watcher.value(.negative(head.argument), at: place)
        case .byteString:
            try cursor.skipByteString(bytes, initial)
            watcher.value(.other, at: place)
        case .text:
            _ = try cursor.readText(bytes, initial)
            watcher.value(.text, at: place)
        case .array: try open(bytes, initial, isMap: false, &watcher)
        case .map: try open(bytes, initial, isMap: true, &watcher)
        case .tag: throw cursor.tagFault(bytes, initial)
        case .simple:
            let head = try cursor.readSimple(bytes, initial)
            watcher.value(CBORScalar(simple: head), at: place)
        }
    }

    @inline(always)
    private mutating func readKey(
        _ bytes: Span<UInt8>, _ initial: UInt8, _ watcher: inout some CBORWatcher
    ) throws(Refusal) {
        let place = cursor.position
        guard initial >> 5 == CBORHead.Major.text.rawValue else {
            throw cursor.keyFault(bytes, initial)
        }
        let key = try cursor.readKey(bytes, initial)
        let bit = key.bit(in: bytes)
        if level.keys & bit != 0, looksBack {
            let earlier = cursor.start &+ Int(level.content)..<place
            if key.isAmong(earlier, in: bytes) {
                throw cursor.malformed(.duplicateKey, at: place)
            }
        }
        level.keys |= bit
        watcher.key(key, in: bytes)
    }

    @inline(always)
    private mutating func open(
        _ bytes: Span<UInt8>, _ initial: UInt8, isMap: Bool, _ watcher: inout some CBORWatcher
    ) throws(Refusal) {
        guard depth < CBORLimits.nesting else {
            throw cursor.overLimit(
                .nesting, at: cursor.position, observed: UInt64(depth &+ 1),
                allowed: CBORLimits.nesting)
        }
        let allowed = isMap ? CBORLimits.mapPairs : CBORLimits.arrayItems
        let head = try cursor.head(bytes, initial)
        let count = head.isIndefinite ? UInt64(allowed) : head.argument
        guard count <= UInt64(allowed) else {
            throw cursor.overLimit(
                isMap ? .mapPairs : .arrayItems, at: cursor.position, observed: count,
                allowed: allowed)
        }
        watcher.open(isMap: isMap, at: cursor.position)
        cursor.position = head.end
        if depth > 0 { outer[depth &- 1] = level }
        level = Level(
            left: UInt16(truncatingIfNeeded: isMap ? count &* 2 : count), isMap: isMap,
            isIndefinite: head.isIndefinite,
            content: UInt16(truncatingIfNeeded: head.end &- cursor.start))
        depth &+= 1
    }

    @inline(always)
    private mutating func close(_ watcher: inout some CBORWatcher) {
        watcher.close()
        depth &-= 1
        if depth > 0 { level = outer[depth &- 1] }
    }
}
