/// Where the content of a text or byte string lies: in one piece, or in the chunks of a string
/// with an indefinite length (RFC 8949 §3.2.3). Only for bytes that ``CBORWalk`` has passed.
public struct CBORString: Equatable, Sendable {
    /// From the content's first byte (or the first chunk's head) to behind its last.
    public let range: Range<Int>
    /// Whether ``range`` holds chunks with heads of their own.
    public let isChunked: Bool

    init(range: Range<Int>, isChunked: Bool) {
        self.range = range
        self.isChunked = isChunked
    }

    /// Reads the string whose head is at `position`, with the offset behind it.
    ///
    /// - Returns: Nil where there is no whole string in front of `limit`.
    @inline(__always)
    static func read(
        _ bytes: Span<UInt8>, at position: Int, limit: Int
    ) -> (string: CBORString, end: Int)? {
        guard let head = CBORHead(bytes, at: position, limit: limit) else { return nil }
        guard head.isIndefinite else {
            guard head.argument <= UInt64(limit &- head.end) else { return nil }
            let end = head.end &+ Int(head.argument)
            return (CBORString(range: head.end..<end, isChunked: false), end)
        }
        return readChunks(bytes, from: head.end, limit: limit)
    }

    private static func readChunks(
        _ bytes: Span<UInt8>, from start: Int, limit: Int
    ) -> (string: CBORString, end: Int)? {
        var position = start
        while position < limit, bytes[position] != CBORHead.breakByte {
            guard let head = CBORHead(bytes, at: position, limit: limit), !head.isIndefinite,
                head.argument <= UInt64(limit &- head.end)
            else { return nil }
            position = head.end &+ Int(head.argument)
        }
        guard position < limit else { return nil }
        return (CBORString(range: start..<position, isChunked: true), position &+ 1)
    }

    /// Whether the content is these bytes, compared as bytes and never by Unicode equivalence.
    @inline(__always)
    public func equals(_ other: Span<UInt8>, in bytes: Span<UInt8>) -> Bool {
        guard isChunked else {
            let content = bytes.extracting(range)
            guard content.count == other.count else { return false }
            var difference: UInt8 = 0
            for index in 0..<content.count { difference |= content[index] ^ other[index] }
            return difference == 0
        }
        var walker = ByteWalker(self)
        for index in 0..<other.count {
            guard walker.next(in: bytes) == other[index] else { return false }
        }
        return walker.next(in: bytes) == nil
    }

    /// Whether two strings of one buffer have the same content, however each is cut.
    func equals(_ other: CBORString, in bytes: Span<UInt8>) -> Bool {
        var left = ByteWalker(self)
        var right = ByteWalker(other)
        while let byte = left.next(in: bytes) {
            guard right.next(in: bytes) == byte else { return false }
        }
        return right.next(in: bytes) == nil
    }

    /// A copy of the content.
    public func content(in bytes: Span<UInt8>) -> [UInt8] {
        var content: [UInt8] = []
        content.reserveCapacity(range.count)
        forEachPiece(in: bytes) { piece in
            for index in piece { content.append(bytes[index]) }
        }
        return content
    }

    /// The content as text. Bytes that are no UTF-8 become U+FFFD.
    public func text(in bytes: Span<UInt8>) -> String {
        String(decoding: content(in: bytes), as: UTF8.self)
    }

    /// Calls `body` with the content's pieces in order.
    @inline(__always)
    func forEachPiece(in bytes: Span<UInt8>, _ body: (Range<Int>) -> Void) {
        guard isChunked else { return body(range) }
        var position = range.lowerBound
        while position < range.upperBound,
            let head = CBORHead(bytes, at: position, limit: range.upperBound),
            head.argument <= UInt64(range.upperBound &- head.end)
        {
            let end = head.end &+ Int(head.argument)
            body(head.end..<end)
            position = end
        }
    }
}

/// The content of a ``CBORString`` byte by byte, over the seams of its chunks.
private struct ByteWalker {
    private var position: Int
    private var pieceEnd: Int
    private let end: Int

    init(_ string: CBORString) {
        position = string.range.lowerBound
        end = string.range.upperBound
        pieceEnd = string.isChunked ? position : end
    }

    mutating func next(in bytes: Span<UInt8>) -> UInt8? {
        while position == pieceEnd {
            guard let head = CBORHead(bytes, at: position, limit: end),
                head.argument <= UInt64(end &- head.end)
            else { return nil }
            position = head.end
            pieceEnd = head.end &+ Int(head.argument)
        }
        defer { position &+= 1 }
        return bytes[position]
    }
}
