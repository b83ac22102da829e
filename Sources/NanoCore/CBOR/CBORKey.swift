/// A map's key, as ``CBORWalk`` has read it.
struct CBORKey {
    let string: CBORString
    /// The same as numbers; nil for a key that is long, or in chunks.
    let short: ShortText?

    /// Finds a key that a map has twice, without remembering keys: a map keeps one bit for each of its
    /// keys. Only where a key's bit is set already are the keys in front of it read again, and
    /// compared as bytes. A key in chunks, which nobody sends, has all bits.
    @inline(__always)
    func bit(in bytes: Span<UInt8>) -> UInt64 {
        if let short { return 1 &<< UInt64(short.slot) }
        guard !string.isChunked, let first = string.range.first else { return .max }
        return 1 &<< UInt64((bytes[first] ^ bytes[string.range.upperBound &- 1]) & 63)
    }

    /// Whether the key is among those of the pairs in `earlier`, which have been found valid.
    @inline(never)
    func isAmong(_ earlier: Range<Int>, in bytes: Span<UInt8>) -> Bool {
        var reader = CBORReader(earlier)
        while case .text(let other)? = reader.next(in: bytes) {
            if string.equals(other, in: bytes) { return true }
            guard reader.skip(in: bytes) else { return false }
        }
        return false
    }
}
