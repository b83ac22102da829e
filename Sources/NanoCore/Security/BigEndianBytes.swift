// Integers of fixed width in bytes, the highest byte first.

extension [UInt8] {
    /// The integer at an offset; all of it has to be there.
    @inline(__always)
    func bigEndian<Integer: FixedWidthInteger & UnsignedInteger>(
        at offset: Int, as type: Integer.Type
    ) -> Integer {
        let bytes = span
        var value: Integer = 0
        for index in 0..<MemoryLayout<Integer>.size {
            value = value &<< 8 | Integer(truncatingIfNeeded: bytes[offset &+ index])
        }
        return value
    }

    /// Overwrites the bytes at an offset; there has to be room for all of them.
    mutating func store<Integer: FixedWidthInteger>(bigEndian value: Integer, at offset: Int) {
        var bytes = mutableSpan
        bytes.store(bigEndian: value, at: offset)
    }
}

extension MutableSpan<UInt8> {
    /// Overwrites the bytes at an offset; there has to be room for all of them.
    @inline(__always)
    mutating func store<Integer: FixedWidthInteger>(bigEndian value: Integer, at offset: Int) {
        let size = MemoryLayout<Integer>.size
        // One check for all, so that they become one store.
        precondition(offset >= 0 && offset <= count &- size)
        for index in 0..<size {
            let shift = (size &- 1 &- index) &* 8
            self[offset &+ index] = UInt8(truncatingIfNeeded: value &>> Integer(shift))
        }
    }
}
