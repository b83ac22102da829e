import NanoCore

/// Packets that a destination took out of the journal together, with bytes of their own.
struct DeliveryBatch: Sendable {
    struct Item: Sendable {
        var frame: Range<Int>
        var model: ModelID
        var receivedMonotonicNanoseconds: UInt64
        /// The device, as the replay guard names it.
        var device: UInt64
        /// The block that holds the packet, and its place among that block's records.
        var block: UInt64
        var record: UInt32
    }

    var bytes: [UInt8] = []
    var items: [Item] = []
    /// Attempts so far that failed.
    var failures = 0
    /// Numbers the takings of a journal; parts of a batch keep its number.
    var flight: UInt64 = 0
    /// Monotonic nanoseconds at which it was taken out of the journal for the first time.
    var takenAt: UInt64 = 0

    /// The items at some places, as a batch of their own with the same history.
    func part(_ places: [Int]) -> DeliveryBatch {
        DeliveryBatch(
            bytes: bytes, items: places.map { items[$0] }, failures: failures,
            flight: flight, takenAt: takenAt)
    }

    /// The frame at a place, found valid when it was accepted.
    func bounds(of place: Int) -> FrameBounds? {
        FrameBounds(readingAt: items[place].frame.lowerBound, in: bytes.span)
    }
}
