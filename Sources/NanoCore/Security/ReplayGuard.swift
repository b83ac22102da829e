/// Remembers verified frames, so that none is accepted twice (`docs/protocol.md`, "Replay").
///
/// A frame is known exactly for 300 s after the last insertion into its timestamp's second, in
/// about 15 bytes. After that, or earlier when memory runs short, all that is kept is one
/// bit for its device and second: whatever that device sends of that second is then refused. A
/// device that had to be dropped leaves a timestamp behind, at or before which devices without a
/// ring are refused. So the guard refuses more when it knows less, and never says fresh twice.
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
    /// Devices without a ring are refused at or before this timestamp; -1 for nothing.
    var forgotten: Int64 = -1
    /// Marks held, those of the closing second included.
    var entries = 0
    var evictedSeconds: UInt64 = 0
    private var droppedDevices: UInt64 = 0
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
        guard let slot = devices.find(key.device) else {
            return Int64(entry.timestamp) <= forgotten ? .stale(.beforeForgotten) : .fresh
        }
        return check(entry, key, slot)
    }

    /// Remembers a frame whose MAC has been verified.
    ///
    /// - Returns: `fresh` if the frame was not known and now is. Anything else refuses it, as
    ///   ``check(_:)`` would: the same frame may have come in on another connection while this one
    ///   was being verified, so this answer is the one that counts.
    public mutating func insert(_ entry: Entry, now: Moment) -> Check {
        let key = key(of: entry)
        let known = devices.find(key.device)
        if let known {
            let verdict = check(entry, key, known)
            guard case .fresh = verdict else { return verdict }
        } else if Int64(entry.timestamp) <= forgotten {
            return .stale(.beforeForgotten)
        }
        let slot = hear(known, key.device, entry.timestamp, at: now.monotonicNanoseconds)
        giveUpOldSeconds(now: now.monotonicNanoseconds, slots: Self.closingSlots)
        let mark = ReplayMark(
            fingerprint: key.fingerprint, device: devices.reference(slot),
            connectionHint: entry.source.connectionHint(hashKey.1),
            addressHint: entry.source.addressHint)
        remember(mark, slot, entry.timestamp, at: now.monotonicNanoseconds)
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

    /// Refuses every frame with this timestamp or an older one: for a start that cannot know what
    /// was accepted before it.
    public mutating func forgetEverythingUpTo(timestamp: UInt32) {
        forgotten = max(forgotten, Int64(timestamp))
        for slot in devices.devices.indices {
            devices.raiseFloor(slot, to: Int64(timestamp))
        }
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
        statistics.forgottenTimestamp = forgotten < 0 ? nil : UInt32(forgotten)
        return statistics
    }
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
    private func check(_ entry: Entry, _ key: Key, _ slot: Int) -> Check {
        if let mark = find(key, devices.reference(slot), entry.timestamp) {
            return Check(replayOf: mark, from: entry.source, key: hashKey.1)
        }
        if Int64(entry.timestamp) <= devices.devices[slot].floor { return .stale(.beforeForgotten) }
        if let detail = devices.staleness(slot, entry.timestamp) { return .stale(detail) }
        return .fresh
    }

    @inline(__always)
    private func find(_ key: Key, _ device: UInt32, _ timestamp: UInt32) -> ReplayMark? {
        if let second = timeline.find(timestamp),
            let mark = timeline.records[second].marks.find(
                fingerprint: key.fingerprint, device: device)
        {
            return mark
        }
        guard closing?.timestamp == timestamp else { return nil }
        return closing?.marks.find(fingerprint: key.fingerprint, device: device)
    }

    /// The slot of a device that has just been verified, with a ring if it had none.
    private mutating func hear(
        _ known: Int?, _ device: UInt64, _ timestamp: UInt32, at nanoseconds: UInt64
    ) -> Int {
        if let known {
            devices.heard(known, timestamp: timestamp, at: nanoseconds)
            return known
        }
        let (slot, dropped) = devices.add(device, newest: timestamp, at: nanoseconds)
        if let dropped {
            droppedDevices &+= 1
            forgotten = max(forgotten, Int64(dropped))
        }
        // The new device may be one that was dropped before: its ring knows nothing of that time.
        devices.raiseFloor(slot, to: forgotten)
        return slot
    }
}
