/// What of a file has come and is not read yet.
struct CaptureBuffer {
    /// The unread bytes stand behind `start`.
    private(set) var bytes: [UInt8] = []
    private(set) var start = 0
    /// Offset in the file of the next unread byte.
    private(set) var offset = 0

    /// Unread bytes.
    var count: Int { bytes.count - start }

    mutating func append(_ block: Span<UInt8>) {
        // What was read is given up from time to time, so that a file costs a block or two.
        if start > 1 << 16, start > bytes.count / 2 {
            bytes.removeFirst(start)
            start = 0
        }
        for index in block.indices { bytes.append(block[index]) }
    }

    /// Leaves bytes behind.
    mutating func skip(_ count: Int) {
        start += count
        offset += count
    }

    /// An integer at a place behind the next unread byte; nil where it has not come.
    func read<Value: FixedWidthInteger>(
        _: Value.Type, at place: Int, _ order: ByteOrder
    ) -> Value? {
        order.read(Value.self, bytes, at: start + place)
    }

    /// Bytes by their places behind the next unread one, all of which have come.
    func slice(_ range: Range<Int>) -> ArraySlice<UInt8> {
        bytes[start + range.lowerBound..<start + range.upperBound]
    }
}
