/// Finds a key that a map has twice, without remembering keys.
///
/// A map keeps one bit for each of its keys. Only where a key's bit is set already are the keys in
/// front of it read again, and compared as bytes.
enum CBORKeys {
    /// The bit of a key. A key in chunks, which nobody sends, has all of them.
    ///
    /// The factor is one under which no two keys of the profiles share a bit.
    @inline(__always)
    static func bit(for key: CBORString, in bytes: Span<UInt8>) -> UInt64 {
        guard !key.isChunked else { return .max }
        var content = UInt32(truncatingIfNeeded: key.range.count)
        if let first = key.range.first {
            let middle = first &+ key.range.count / 2
            content |= UInt32(bytes[first]) << 8 | UInt32(bytes[middle]) << 16
            content |= UInt32(bytes[key.range.upperBound &- 1]) << 24
        }
        return 1 &<< UInt64(truncatingIfNeeded: (content &* 0xEAA6_D9C3) >> 26)
    }

    /// Whether a key is among those of the pairs in `earlier`, which have been found valid.
    @inline(never)
    static func contain(
        _ key: CBORString, in bytes: Span<UInt8>, _ earlier: Range<Int>
    ) -> Bool {
        var reader = CBORReader(earlier)
        while case .text(let other)? = reader.next(in: bytes) {
            if key.equals(other, in: bytes) { return true }
            guard reader.skip(in: bytes) else { return false }
        }
        return false
    }
}
