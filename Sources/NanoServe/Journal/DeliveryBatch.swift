import NanoCore

/// Packets that a destination took together, with bytes of their own.
struct DeliveryBatch: Sendable {
    struct Item: Sendable {
        var frame: Range<Int>
        var model: ModelID
        var receivedMonotonicNanoseconds: UInt64
        /// The device, as the replay guard names it.
        var device: UInt64
        /// The block that holds the packet, and its place among that block's records; of a dead
        /// letter its number, and 0.
        var block: UInt64
        var record: UInt32
        /// Where its block is, if it had been left there before it was taken.
        var leftAt: LogPosition?
        /// When it was received, of a dead letter: its monotonic time is that of another process,
        /// or of its being taken.
        var storedUnixMilliseconds: Int64?

        /// When it was received, by the wall clock.
        func receivedUnixMilliseconds(now: Moment) -> Int64 {
            if let storedUnixMilliseconds { return storedUnixMilliseconds }
            let nowNanoseconds = now.monotonicNanoseconds
            let age = nowNanoseconds - min(receivedMonotonicNanoseconds, nowNanoseconds)
            return now.unixMilliseconds - Int64(age / 1_000_000)
        }
    }

    var bytes: [UInt8] = []
    var items: [Item] = []
    /// Attempts that failed since it was taken last.
    var failures = 0
    /// How many attempts of its route had taken something when this one failed last; nil while none failed.
    var takenBefore: UInt64?
    /// Numbers the takings of a journal; parts of a batch keep its number.
    var flight: UInt64 = 0
    /// Monotonic nanoseconds at which it was taken out of the journal for the first time.
    var takenAt: UInt64 = 0
    /// Whether it is of dead letters that are sent once more, which are not in the journal.
    var isRedriven = false

    /// The items at some places, as a batch of their own with the same history.
    func part(_ places: [Int]) -> DeliveryBatch {
        DeliveryBatch(
            bytes: bytes, items: places.map { items[$0] }, failures: failures,
            takenBefore: takenBefore, flight: flight, takenAt: takenAt, isRedriven: isRedriven)
    }

    /// The same with no more bytes than its items have, where most of them belong to others.
    var compacted: DeliveryBatch {
        let used = items.reduce(0) { $0 + $1.frame.count }
        guard used < bytes.count / 2 else { return self }
        var small = self
        small.bytes = []
        small.bytes.reserveCapacity(used)
        for place in items.indices {
            let start = small.bytes.count
            small.bytes += bytes[items[place].frame]
            small.items[place].frame = start..<small.bytes.count
        }
        return small
    }

    /// The items of blocks before one, and the others.
    func split(before block: UInt64) -> (old: DeliveryBatch, young: DeliveryBatch) {
        let places = items.indices.filter { items[$0].block < block }
        guard !places.isEmpty else { return (part([]), self) }
        return (part(places), part(items.indices.filter { items[$0].block >= block }))
    }

    /// The frame at a place, found valid when it was accepted.
    func bounds(of place: Int) -> FrameBounds? {
        FrameBounds(packet: items[place].frame, in: bytes.span)
    }
}
