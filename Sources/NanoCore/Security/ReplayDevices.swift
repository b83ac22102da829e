/// The devices that the replay guard knows, least recently heard first out, each with a ring of
/// bits for the seconds whose frames are no longer known exactly.
///
/// A ring has one bit for each of the 4,096 seconds before the device's newest timestamp, and one
/// for the newest itself.
struct ReplayDevices {
    /// Seconds behind its newest for which a device has a bit.
    static let ringSeconds: UInt32 = 4_096
    /// Words of a ring.
    static let ringWords = Int(ringSeconds) / 64

    struct Device {
        var identity: UInt64
        /// Monotonic time of the last insertion, in nanoseconds.
        var heardAt: UInt64
        /// Numbers the insertions into all devices, for those at one time.
        fileprivate var heardNumber: UInt64 = 0
        /// Frames at or before this are refused: what the guard had forgotten when the device got
        /// its ring. -1 for nothing.
        var floor: Int64 = -1
        /// The newest timestamp of a verified frame.
        var newest: UInt32
        /// Tells marks of this device from marks of those who had the slot before.
        fileprivate var generation: UInt32 = 1
        /// Another device in the same bucket, -1 for none.
        fileprivate var bucketNext: Int32 = -1
        /// Whether frames of the newest second itself have left the exact memory.
        var newestEvicted = false
    }

    /// Bytes of a device, its ring, and its places in the order and the buckets.
    static let deviceBytes = MemoryLayout<Device>.stride + ringWords * 8 + 12

    let capacity: Int
    private(set) var devices: [Device] = []
    /// `ringWords` words a device; the bit of a second is at its timestamp modulo 4,096.
    private var rings: [UInt64] = []
    private var heads: [Int32]
    /// From when the first device has to be dropped: keeping it touches three other devices for
    /// each frame.
    private var order: RecencyOrder?
    private var insertions: UInt64 = 0
    private let slotBits: UInt32

    /// - Parameter capacity: 1…1,048,576, so that a slot and its generation fit into a mark.
    init(capacity: Int) {
        precondition((1...1 << 20).contains(capacity))
        self.capacity = capacity
        var buckets = 16
        while buckets < capacity { buckets *= 2 }
        heads = [Int32](repeating: -1, count: buckets)
        slotBits = UInt32(Int.bitWidth - (max(capacity, 2) - 1).leadingZeroBitCount)
        // Untouched pages cost nothing, and growing would copy megabytes between two frames.
        devices.reserveCapacity(capacity)
        rings.reserveCapacity(capacity * Self.ringWords)
    }

    /// What a mark holds to name a device: slot and generation, never 0.
    func reference(_ slot: Int) -> UInt32 {
        devices[slot].generation &<< slotBits | UInt32(slot)
    }

    /// The slot of a mark's device; nil when the device has been dropped since.
    func slot(of reference: UInt32) -> Int? {
        let slot = Int(reference & (1 &<< slotBits &- 1))
        return slot < devices.count && self.reference(slot) == reference ? slot : nil
    }

    func find(_ identity: UInt64) -> Int? {
        var index = heads[bucket(identity)]
        while index >= 0 {
            if devices[Int(index)].identity == identity { return Int(index) }
            index = devices[Int(index)].bucketNext
        }
        return nil
    }

    /// Has the processor fetch what leads to a device.
    @inline(__always)
    func prefetch(_ identity: UInt64) {
        Prefetch.element(bucket(identity), of: heads.span)
    }

    /// Slots from the device heard least recently to the one heard last.
    var oldestFirst: [Int] {
        order?.oldestFirst
            ?? devices.indices.sorted { devices[$0].heardNumber < devices[$1].heardNumber }
    }

    /// Gives a device a ring.
    ///
    /// - Returns: The slot, and the newest timestamp of the device that had to go for it.
    mutating func add(
        _ identity: UInt64, newest timestamp: UInt32, at nanoseconds: UInt64
    ) -> (slot: Int, dropped: UInt32?) {
        insertions &+= 1
        var device = Device(identity: identity, heardAt: nanoseconds, newest: timestamp)
        device.heardNumber = insertions
        let slot: Int
        var dropped: UInt32?
        if devices.count == capacity {
            slot = dropOldest()
            dropped = devices[slot].newest
            device.generation = nextGeneration(devices[slot].generation)
            unchain(slot)
            devices[slot] = device
            clearRing(slot)
        } else {
            slot = devices.count
            devices.append(device)
            rings.append(contentsOf: repeatElement(0, count: Self.ringWords))
        }
        let bucket = bucket(identity)
        devices[slot].bucketNext = heads[bucket]
        heads[bucket] = Int32(slot)
        order?.add(slot)
        return (slot, dropped)
    }

    /// Takes the device heard least recently out of the order.
    private mutating func dropOldest() -> Int {
        if order == nil { order = RecencyOrder(oldestFirst: oldestFirst) }
        guard let oldest = order?.oldest else { preconditionFailure("a full table is not empty") }
        order?.remove(oldest)
        return oldest
    }

    /// Refuses everything of a device at or before a timestamp.
    mutating func raiseFloor(_ slot: Int, to timestamp: Int64) {
        devices[slot].floor = max(devices[slot].floor, timestamp)
    }

    /// Notes a verified frame: the device is the last one to be dropped, its ring moves forward.
    mutating func heard(_ slot: Int, timestamp: UInt32, at nanoseconds: UInt64) {
        devices[slot].heardAt = max(devices[slot].heardAt, nanoseconds)
        insertions &+= 1
        devices[slot].heardNumber = insertions
        order?.use(slot)
        if timestamp > devices[slot].newest { advance(slot, to: timestamp) }
    }

    /// What the ring says of a second: nil that nothing of it was given up.
    func staleness(_ slot: Int, _ timestamp: UInt32) -> RefusalDetail? {
        let device = devices[slot]
        if timestamp >= device.newest {
            return timestamp == device.newest && device.newestEvicted ? .secondEvicted : nil
        }
        if device.newest &- timestamp > Self.ringSeconds { return .behindNewest }
        let word = rings[slot &* Self.ringWords &+ wordIndex(timestamp)]
        return word & bit(timestamp) == 0 ? nil : .secondEvicted
    }

    /// Notes that frames of a device's second are no longer known exactly.
    mutating func markEvicted(_ slot: Int, _ timestamp: UInt32) {
        let newest = devices[slot].newest
        if timestamp == newest {
            devices[slot].newestEvicted = true
        } else if timestamp < newest, newest &- timestamp <= Self.ringSeconds {
            rings[slot &* Self.ringWords &+ wordIndex(timestamp)] |= bit(timestamp)
        }
    }

    /// The words of a device's ring.
    func ring(_ slot: Int) -> ArraySlice<UInt64> {
        rings[slot * Self.ringWords..<(slot + 1) * Self.ringWords]
    }

    /// Puts back what ``ring(_:)`` gave, word by word.
    mutating func restoreRing(_ slot: Int, newestEvicted: Bool, word: (Int) -> UInt64) {
        devices[slot].newestEvicted = newestEvicted
        for index in 0..<Self.ringWords { rings[slot * Self.ringWords + index] = word(index) }
    }

    /// Moves a ring forward: the seconds that it no longer covers lend their bits to new ones.
    private mutating func advance(_ slot: Int, to timestamp: UInt32) {
        let previous = devices[slot].newest
        let distance = timestamp &- previous
        if distance >= Self.ringSeconds {
            clearRing(slot)
        } else {
            for second in previous..<timestamp {
                rings[slot &* Self.ringWords &+ wordIndex(second)] &= ~bit(second)
            }
        }
        devices[slot].newest = timestamp
        let evicted = devices[slot].newestEvicted
        devices[slot].newestEvicted = false
        if evicted { markEvicted(slot, previous) }
    }

    private mutating func clearRing(_ slot: Int) {
        for word in slot * Self.ringWords..<(slot + 1) * Self.ringWords { rings[word] = 0 }
    }

    @inline(__always)
    private func wordIndex(_ timestamp: UInt32) -> Int {
        Int(timestamp & (Self.ringSeconds - 1)) &>> 6
    }

    @inline(__always)
    private func bit(_ timestamp: UInt32) -> UInt64 { 1 &<< UInt64(timestamp & 63) }

    @inline(__always)
    private func bucket(_ identity: UInt64) -> Int {
        Int(truncatingIfNeeded: identity) & (heads.count &- 1)
    }

    private func nextGeneration(_ generation: UInt32) -> UInt32 {
        let last: UInt32 = 1 &<< (UInt32(ReplayMark.referenceBits) - slotBits) &- 1
        return generation >= last ? 1 : generation + 1
    }

    private mutating func unchain(_ slot: Int) {
        let bucket = bucket(devices[slot].identity)
        guard heads[bucket] != Int32(slot) else {
            heads[bucket] = devices[slot].bucketNext
            return
        }
        var before = Int(heads[bucket])
        while devices[before].bucketNext != Int32(slot) {
            before = Int(devices[before].bucketNext)
        }
        devices[before].bucketNext = devices[slot].bucketNext
    }
}
