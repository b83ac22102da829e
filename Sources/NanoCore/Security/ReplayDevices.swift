/// The devices that the replay guard knows, each with a ring of bits for the seconds whose frames are
/// no longer known exactly (``ReplayRings``).
///
/// When there are too many, one of them goes: the one heard least recently if it has been silent for
/// longer than any of its frames could be accepted again, else the one heard least recently of the
/// model with most devices. So whoever makes up names under one model's key drives out none of a model
/// that has no more than its equal share.
struct ReplayDevices {
    struct Device {
        var identity: UInt64
        /// Monotonic time of the last insertion, in nanoseconds.
        var heardAt: UInt64
        /// Numbers the insertions into all devices, for those at one time.
        fileprivate var heardNumber: UInt64 = 0
        /// The newest timestamp of a verified frame.
        var newest: UInt32
        /// The oldest timestamp of a verified frame since the device's time jumped last, or since it
        /// got its ring.
        var start: UInt32
        /// Tells marks of this device from marks of those who had the slot before.
        fileprivate var generation: UInt32 = 1
        /// Another device in the same bucket, -1 for none.
        fileprivate var bucketNext: Int32 = -1
        var model: ModelID
        /// Whether frames of the newest second itself have left the exact memory.
        var newestEvicted = false
        /// Whether frames may have been accepted that this ring knows nothing of. They are among the
        /// guard's ``LostTimes``, or will be.
        var heedsLostTimes = false
    }

    /// The generation of a slot behind which they begin anew.
    var lastGeneration: UInt32

    /// Bytes of a device, its ring, and its places in the order and the buckets.
    static let deviceBytes = MemoryLayout<Device>.stride + ReplayRings.words * 8 + 12
    /// Nanoseconds of silence after which nothing of a device could be accepted again: the whole
    /// window, and a minute.
    static let silence: UInt64 = 3_720 * 1_000_000_000
    /// A reference of no device, for marks whose device has been dropped: generations begin with 1.
    static let noDevice: UInt32 = 1

    let capacity: Int
    private(set) var devices: [Device] = []
    private(set) var rings: ReplayRings
    private var heads: [Int32]
    /// By model. From when the first device has to be dropped: keeping it touches three other
    /// devices for each frame.
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
        lastGeneration = 1 &<< (UInt32(ReplayMark.referenceBits) - slotBits) &- 1
        // Untouched pages cost nothing, and growing would copy megabytes between two frames.
        devices.reserveCapacity(capacity)
        rings = ReplayRings(capacity: capacity)
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

    /// Whether a mark's device has, or had, a slot.
    func isSlot(_ slot: Int, of reference: UInt32) -> Bool {
        Int(reference & (1 &<< slotBits &- 1)) == slot
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
        devices.indices.sorted { devices[$0].heardNumber < devices[$1].heardNumber }
    }

    /// Gives a device a ring.
    ///
    /// - Returns: The slot, and what is lost with the device that had to go for it.
    mutating func add(
        _ identity: UInt64, _ model: ModelID, newest timestamp: UInt32, at nanoseconds: UInt64
    ) -> (slot: Int, dropped: Dropped?) {
        insertions &+= 1
        var device = Device(
            identity: identity, heardAt: nanoseconds, newest: timestamp, start: timestamp,
            model: model)
        device.heardNumber = insertions
        let slot: Int
        var dropped: Dropped?
        if devices.count == capacity {
            slot = takeOut(at: nanoseconds)
            let silence = nanoseconds - min(nanoseconds, devices[slot].heardAt)
            let generation = devices[slot].generation
            dropped = Dropped(
                lost: rings.givenUp(devices[slot], slot),
                wasSilent: silence >= Self.silence, wasLast: generation >= lastGeneration)
            device.generation = generation >= lastGeneration ? 1 : generation + 1
            unchain(slot)
            devices[slot] = device
            rings.clear(slot)
        } else {
            slot = devices.count
            devices.append(device)
            rings.append()
        }
        let bucket = bucket(identity)
        devices[slot].bucketNext = heads[bucket]
        heads[bucket] = Int32(slot)
        order?.add(slot, to: Int(model.rawValue))
        return (slot, dropped)
    }

    /// A device that had to make room.
    struct Dropped {
        /// The timestamps whose frames are known to nobody now.
        let lost: ClosedRange<UInt32>?
        /// Whether none of its frames could have been accepted again.
        let wasSilent: Bool
        /// Whether the slot's next device is called what one before was called.
        let wasLast: Bool
    }

    /// Takes the device that has to make room out of the order.
    private mutating func takeOut(at nanoseconds: UInt64) -> Int {
        var order = self.order.take() ?? ordered()
        var oldest: Int?
        var largest: (slot: Int, count: Int)?
        for list in 0...Int(UInt8.max) {
            guard let slot = order.oldest(of: list) else { continue }
            if oldest.map({ isBefore(slot, $0) }) ?? true { oldest = slot }
            let count = order.count(of: list)
            guard let other = largest else {
                largest = (slot, count)
                continue
            }
            let isLarger =
                count == other.count ? isBefore(slot, other.slot) : count > other.count
            if isLarger { largest = (slot, count) }
        }
        guard let oldest, let largest else { preconditionFailure("a full table is not empty") }
        let heardAt = devices[oldest].heardAt
        let isSilent = nanoseconds >= heardAt && nanoseconds - heardAt >= Self.silence
        let slot = isSilent ? oldest : largest.slot
        order.remove(slot, from: Int(devices[slot].model.rawValue))
        self.order = order
        return slot
    }

    private func isBefore(_ slot: Int, _ other: Int) -> Bool {
        devices[slot].heardNumber < devices[other].heardNumber
    }

    private func ordered() -> RecencyOrder {
        var order = RecencyOrder(lists: Int(UInt8.max) + 1)
        for slot in oldestFirst { order.add(slot, to: Int(devices[slot].model.rawValue)) }
        return order
    }

    /// Has a device refuse what is lost.
    mutating func heedLostTimes(_ slot: Int) {
        devices[slot].heedsLostTimes = true
    }

    /// Notes a verified frame: the device is the last one to be dropped, its ring moves forward.
    ///
    /// When its time jumps, its ring begins anew (``leavesRing(_:to:)``).
    mutating func heard(
        _ slot: Int, _ model: ModelID, timestamp: UInt32, at nanoseconds: UInt64
    ) {
        devices[slot].heardAt = max(devices[slot].heardAt, nanoseconds)
        insertions &+= 1
        devices[slot].heardNumber = insertions
        if devices[slot].model == model {
            order?.use(slot, in: Int(model.rawValue))
        } else {
            order?.remove(slot, from: Int(devices[slot].model.rawValue))
            order?.add(slot, to: Int(model.rawValue))
            devices[slot].model = model
        }
        let newest = devices[slot].newest
        if timestamp <= newest {
            if leavesRing(slot, to: timestamp) { return begin(slot, at: timestamp) }
            devices[slot].start = min(devices[slot].start, timestamp)
        } else if timestamp &- newest <= ReplayRings.seconds {
            rings.advance(&devices[slot], slot, to: timestamp)
        } else {
            begin(slot, at: timestamp)
        }
    }

    /// Whether a device's time jumps with a frame of this timestamp, by more than its ring covers: ahead,
    /// or back to before all that it has sent, after its clock and the gateway's had been ahead. What it
    /// has given up so far has to be noted first (``forEachGivenUp(_:_:)``).
    func leavesRing(_ slot: Int, to timestamp: UInt32) -> Bool {
        let (newest, start) = (devices[slot].newest, devices[slot].start)
        return timestamp > newest
            ? timestamp &- newest > ReplayRings.seconds
            : timestamp < start && newest &- timestamp > ReplayRings.seconds
    }

    /// Calls back with the times of which a device's ring knows that frames are no longer known exactly.
    func forEachGivenUp(_ slot: Int, _ body: (ClosedRange<UInt32>) -> Void) {
        rings.forEachGivenUp(devices[slot], slot, body)
    }

    /// Begins a device's time.
    private mutating func begin(_ slot: Int, at timestamp: UInt32) {
        devices[slot].heedsLostTimes = true
        devices[slot].newest = timestamp
        devices[slot].start = timestamp
        devices[slot].newestEvicted = false
        rings.clear(slot)
    }

    /// What the ring says of a second: nil that nothing of it was given up.
    func staleness(_ slot: Int, _ timestamp: UInt32) -> RefusalDetail? {
        rings.staleness(devices[slot], slot, timestamp)
    }

    /// Notes that frames of a device's second are no longer known exactly.
    ///
    /// - Returns: Whether the ring refuses them.
    mutating func markEvicted(_ slot: Int, _ timestamp: UInt32) -> Bool {
        rings.markEvicted(&devices[slot], slot, timestamp)
    }

    /// Puts back what was saved of a device that has just been added.
    mutating func restore(_ slot: Int, _ saved: ReplayPart.Device, word: (Int) -> UInt64) {
        devices[slot].newestEvicted = saved.newestEvicted
        devices[slot].heedsLostTimes = saved.heedsLostTimes
        devices[slot].start = saved.start
        rings.restore(slot, word: word)
    }

    @inline(__always)
    private func bucket(_ identity: UInt64) -> Int {
        Int(truncatingIfNeeded: identity) & (heads.count &- 1)
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
