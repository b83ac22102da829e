/// The keys of all open maps, to find a key that a map has twice.
///
/// Keys are compared as bytes. A fingerprint of the content tells nearly all keys apart; only
/// where two agree are the bytes read again.
struct CBORKeys {
    /// One slot a key: where it starts in the payload (16 bits), and its fingerprint (16 bits).
    private var slots = InlineArray<160, UInt32>(repeating: 0)
    private(set) var count = 0

    @inline(__always)
    mutating func removeDown(to count: Int) {
        self.count = count
    }

    /// Adds the key whose head is at `place` to the innermost map, whose keys begin behind the
    /// first `outer`.
    ///
    /// - Parameter origin: Offset of the payload, whose length 16 bits can count.
    /// - Returns: False when the map has this key already.
    @inline(__always)
    mutating func insert(
        _ key: CBORString, at place: Int, _ bytes: Span<UInt8>, outer: Int, origin: Int
    ) -> Bool {
        let fingerprint = Self.fingerprint(key, bytes)
        for index in outer..<count where slots[index] & 0xFFFF == fingerprint {
            let other = origin &+ Int(slots[index] >> 16)
            if Self.isSame(key, other, place, bytes) { return false }
        }
        slots[count] = UInt32(truncatingIfNeeded: place &- origin) << 16 | fingerprint
        count &+= 1
        return true
    }

    /// Whether the key whose head is at `other`, somewhere in front of `place`, has `key`'s bytes.
    private static func isSame(
        _ key: CBORString, _ other: Int, _ place: Int, _ bytes: Span<UInt8>
    ) -> Bool {
        guard let (earlier, _) = CBORString.read(bytes, at: other, limit: place) else {
            return false
        }
        return key.equals(earlier, in: bytes)
    }

    /// Length, first and last byte of the content, however it is cut into chunks.
    @inline(__always)
    private static func fingerprint(_ key: CBORString, _ bytes: Span<UInt8>) -> UInt32 {
        var length = 0
        var first: UInt8 = 0
        var last: UInt8 = 0
        key.forEachPiece(in: bytes) { piece in
            guard !piece.isEmpty else { return }
            if length == 0 { first = bytes[piece.lowerBound] }
            last = bytes[piece.upperBound &- 1]
            length &+= piece.count
        }
        return UInt32(UInt8(truncatingIfNeeded: length)) << 8 | UInt32(last ^ first << 4)
    }
}
