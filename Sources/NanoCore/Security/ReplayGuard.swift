/// Remembers verified frames, so that none is accepted twice (`docs/protocol.md`, "Replay").
///
/// A frame is known exactly for 300 s after the last insertion into its timestamp's second, in
/// about 15 bytes. After that, or earlier when memory runs short, all that is kept is one
/// bit for its device and second: whatever that device sends of that second is then refused. Of a
/// device that had to be dropped the frames stay known exactly for as long; the seconds that were
/// given up, before or later, are refused of every device that may be the one. So the guard refuses
/// more when it knows less, and never says fresh twice.
///
/// Time is the monotonic clock alone: steps of the wall clock forget nothing. Looking up changes
/// nothing and is safe before the MAC; only verified frames may be inserted. Every insertion does a
/// bounded share of the work of forgetting, so there are no pauses for it.
///
/// It cannot be copied: two copies would each forget what the other has seen.
public struct ReplayGuard: ~Copyable {
    let configuration: Configuration
    let hashKey: (UInt64, UInt64)
    var devices: ReplayDevices
    var timeline = ReplayTimeline()
    var memory: ReplayMemory
    /// The second that is being given up, and how many of its slots are done.
    var closing: ClosingSecond?
    /// Refused of devices without a ring, and of those whose ring may not be their first.
    var lost = LostTimes()
    /// Whether a device has been dropped, so that any new one may have had a ring before.
    var hasDropped = false
    /// Marks held, those of the closing second included.
    var entries = 0
    var evictedSeconds: UInt64 = 0
    var droppedDevices: UInt64 = 0
    private let siphash: SipHash

    /// - Parameter hashKey: Secret and random, so that no sender can steer where its frames and
    ///   devices lie in memory. It is saved with the guard.
    public init(configuration: Configuration, hashKey: (UInt64, UInt64)) {
        self.init(
            configuration: configuration, hashKey: hashKey,
            memory: ReplayMemory(share: configuration.memoryBudgetBytes))
    }

    init(configuration: Configuration, hashKey: (UInt64, UInt64), memory: ReplayMemory) {
        self.configuration = configuration
        self.hashKey = hashKey
        self.memory = memory
        devices = ReplayDevices(capacity: configuration.deviceCapacity)
        siphash = SipHash(key: hashKey)
    }

    /// Has the processor fetch what judging a frame will look at.
    @inline(__always)
    func prefetch(_ entry: Entry) {
        let key = key(of: entry)
        devices.prefetch(key.device)
        timeline.prefetch(key.fingerprint, at: entry.timestamp)
    }

    /// Whether a frame may be new. Changes nothing.
    public func check(_ entry: Entry) -> Check {
        let key = key(of: entry)
        return check(entry, key, devices.find(key.device))
    }

    /// Remembers a frame whose MAC has been verified.
    ///
    /// - Returns: `fresh` if the frame was not known and now is. Anything else refuses it, as
    ///   ``check(_:)`` would: the same frame may have come in on another connection while this one
    ///   was being verified, so this answer is the one that counts.
    public mutating func insert(_ entry: Entry, now: Moment) -> Check {
        let key = key(of: entry)
        let known = devices.find(key.device)
        let verdict = check(entry, key, known)
        guard case .fresh = verdict else { return verdict }
        let slot = hear(known, key.device, entry, at: now.monotonicNanoseconds)
        giveUpOldSeconds(now: now.monotonicNanoseconds, slots: Self.closingSlots)
        let mark = ReplayMark(
            fingerprint: key.fingerprint, device: devices.reference(slot),
            connectionHint: entry.source.connectionHint(hashKey.1),
            addressHint: entry.source.addressHint)
        remember(mark, entry.timestamp, at: now.monotonicNanoseconds)
        return .fresh
    }

    /// Gives up seconds whose time is over, also while no frames come in. Bounded: call it again.
    ///
    /// - Returns: Whether there is more to do.
    @discardableResult
    public mutating func tidy(now: Moment) -> Bool {
        giveUpOldSeconds(now: now.monotonicNanoseconds, slots: 4_096)
        return closing != nil || nextToClose(now: now.monotonicNanoseconds) != nil
    }

    /// Refuses every frame with a timestamp of this range: for a start that cannot know what of it was
    /// accepted before.
    ///
    /// - Parameter timestamps: Unix seconds, from 0 on for everything up to one.
    public mutating func forget(timestamps: ClosedRange<UInt32>) {
        lost.add(timestamps)
        for slot in devices.devices.indices { devices.heedLostTimes(slot) }
    }

    /// How much the guard holds and what it had to give up.
    public var statistics: Statistics {
        var statistics = Statistics()
        statistics.entries = entries
        statistics.seconds = timeline.count + (closing == nil ? 0 : 1)
        statistics.devices = devices.devices.count
        statistics.bytes = memory.used + devices.devices.count * ReplayDevices.deviceBytes
        statistics.evictedSeconds = evictedSeconds
        statistics.droppedDevices = droppedDevices
        return statistics
    }

    /// Up to which timestamp new devices are refused, if they are at this one.
    func lostEnd(of timestamp: UInt32) -> UInt32? { lost.end(of: timestamp) }
}

extension ReplayGuard {
    /// What a frame is known by: the identity of its device and 56 bits of its tag's keyed hash.
    struct Key {
        let device: UInt64
        let fingerprint: UInt64
    }

    @inline(__always)
    func key(of entry: Entry) -> Key {
        switch configuration.keyMode {
        case .frame:
            return Key(device: entry.device, fingerprint: fingerprint(entry.tag))
        case .modelTimestamp:
            let model = siphash.hash(entry.model.rawValue)
            return Key(device: model, fingerprint: fingerprint(model))
        }
    }

    /// A device with the right key can choose among its own tags; it must not be able to choose
    /// ones that lie close together here. One to one, apart from the 8 bits that are cut off.
    @inline(__always)
    private func fingerprint(_ tag: UInt64) -> UInt64 {
        var value = (tag ^ hashKey.0) &* (hashKey.1 | 1)
        value = (value ^ value &>> 32) &* 0x9E37_79B9_7F4A_7C15
        value ^= value &>> 29
        return value &>> UInt64(64 - ReplayMark.fingerprintBits)
    }

    @inline(__always)
    private func check(_ entry: Entry, _ key: Key, _ slot: Int?) -> Check {
        if let mark = find(key, slot, entry.timestamp) {
            return Check(replayOf: mark, from: entry.source, key: hashKey.1)
        }
        guard let slot else { return lost.contains(entry.timestamp) ? Self.isLost : .fresh }
        if devices.devices[slot].heedsLostTimes, lost.contains(entry.timestamp) {
            return Self.isLost
        }
        if let detail = devices.staleness(slot, entry.timestamp) { return .stale(detail) }
        return .fresh
    }

    private static var isLost: Check { .stale(.beforeForgotten) }

    /// The mark of a frame: one of its device, or of a device that was dropped, which may be the same.
    @inline(__always)
    private func find(_ key: Key, _ slot: Int?, _ timestamp: UInt32) -> ReplayMark? {
        let own = slot.map(devices.reference) ?? 0
        if let second = timeline.find(timestamp),
            let mark = find(key.fingerprint, own, in: timeline.records.span[second].marks)
        {
            return mark
        }
        guard let closing, closing.timestamp == timestamp else { return nil }
        return find(key.fingerprint, own, in: closing.marks)
    }

    @inline(__always)
    private func find(
        _ fingerprint: UInt64, _ own: UInt32, in marks: borrowing ReplaySecond
    ) -> ReplayMark? {
        marks.find(fingerprint: fingerprint) { $0 == own || devices.slot(of: $0) == nil }
    }

    /// The slot of a device that has just been verified, with a ring if it had none.
    private mutating func hear(
        _ known: Int?, _ device: UInt64, _ entry: Entry, at nanoseconds: UInt64
    ) -> Int {
        if let known {
            if devices.leavesRing(known, to: entry.timestamp) {
                devices.forEachGivenUp(known) { lost.add($0) }
            }
            devices.heard(known, entry.model, timestamp: entry.timestamp, at: nanoseconds)
            return known
        }
        return add(device, entry.model, newest: entry.timestamp, at: nanoseconds)
    }

    /// Gives a device a ring, and notes what is lost with the one that had to go for it.
    mutating func add(
        _ device: UInt64, _ model: ModelID, newest timestamp: UInt32, at nanoseconds: UInt64
    ) -> Int {
        let (slot, dropped) = devices.add(device, model, newest: timestamp, at: nanoseconds)
        if let dropped {
            hasDropped = true
            if !dropped.wasSilent { droppedDevices &+= 1 }
            if let range = dropped.lost { lost.add(range) }
            if dropped.wasLast { forgetNames(ofSlot: slot) }
        }
        if hasDropped || !lost.isEmpty { devices.heedLostTimes(slot) }
        return slot
    }
}
