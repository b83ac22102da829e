/// The order of the bytes of an integer in a file.
enum ByteOrder {
    case little, big

    /// The integer at `offset`, nil where the bytes end too early.
    func read<Value: FixedWidthInteger>(_: Value.Type, _ bytes: [UInt8], at offset: Int) -> Value? {
        let size = MemoryLayout<Value>.size
        guard offset >= 0, bytes.count >= size, offset <= bytes.count - size else { return nil }
        var value: Value = 0
        for index in 0..<size {
            let shift = self == .little ? 8 * index : 8 * (size - 1 - index)
            value |= Value(truncatingIfNeeded: bytes[offset + index]) << Value(shift)
        }
        return value
    }
}
