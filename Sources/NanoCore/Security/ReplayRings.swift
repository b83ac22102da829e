/// A ring of bits for each device that the replay guard knows: one bit for each of the 4,096 seconds
/// before the device's newest timestamp, and beside it one for the newest itself.
///
/// What a bit says is that frames of that second may have been accepted that are no longer known
/// exactly.
struct ReplayRings {
    /// Seconds behind its newest for which a device has a bit.
    static let seconds: UInt32 = 4_096
    /// Seconds between two that were given up which are given up with them when a ring begins anew.
    private static let joinedSeconds: UInt32 = 300
    /// Words of a ring.
    static let words = Int(seconds) / 64

    /// `words` words a device; the bit of a second is at its timestamp modulo 4,096.
    private var bits: [UInt64] = []

    init(capacity: Int) {
        bits.reserveCapacity(capacity * Self.words)
    }

    /// A ring for one more device.
    mutating func append() {
        bits.append(contentsOf: repeatElement(0, count: Self.words))
    }

    mutating func clear(_ slot: Int) {
        for word in slot * Self.words..<(slot + 1) * Self.words { bits[word] = 0 }
    }

    /// The words of a device's ring.
    func ring(_ slot: Int) -> ArraySlice<UInt64> {
        bits[slot * Self.words..<(slot + 1) * Self.words]
    }

    /// Puts back what ``ring(_:)`` gave, word by word.
    mutating func restore(_ slot: Int, word: (Int) -> UInt64) {
        for index in 0..<Self.words { bits[slot * Self.words + index] = word(index) }
    }

    /// What a ring says of a second: nil that nothing of it was given up.
    func staleness(
        _ device: ReplayDevices.Device, _ slot: Int, _ timestamp: UInt32
    ) -> RefusalDetail? {
        if timestamp >= device.newest {
            return timestamp == device.newest && device.newestEvicted ? .secondEvicted : nil
        }
        guard device.newest &- timestamp <= Self.seconds else {
            return timestamp >= device.start ? .behindNewest : nil
        }
        return isSet(slot, timestamp) ? .secondEvicted : nil
    }

    /// Notes that frames of a device's second are no longer known exactly.
    ///
    /// - Returns: Whether the ring refuses them. It does not know seconds in front of its start, nor
    ///   those behind its newest: they are of a time that the device's clock has left.
    mutating func markEvicted(
        _ device: inout ReplayDevices.Device, _ slot: Int, _ timestamp: UInt32
    ) -> Bool {
        guard (device.start...device.newest).contains(timestamp) else { return false }
        if timestamp == device.newest {
            device.newestEvicted = true
        } else if device.newest &- timestamp <= Self.seconds {
            bits[slot &* Self.words &+ word(timestamp)] |= bit(timestamp)
        }
        return true
    }

    /// Moves a ring forward, by its length at most: the seconds that it no longer covers lend their
    /// bits to new ones.
    mutating func advance(
        _ device: inout ReplayDevices.Device, _ slot: Int, to timestamp: UInt32
    ) {
        let previous = device.newest
        for second in previous..<timestamp {
            bits[slot &* Self.words &+ word(second)] &= ~bit(second)
        }
        device.newest = timestamp
        guard device.newestEvicted else { return }
        device.newestEvicted = false
        _ = markEvicted(&device, slot, previous)
    }

    /// The seconds of which a device knows that it has forgotten something: those that its ring has left
    /// behind, and those with a bit, together where they lie close.
    func forEachGivenUp(
        _ device: ReplayDevices.Device, _ slot: Int, _ body: (ClosedRange<UInt32>) -> Void
    ) {
        let behind = device.newest - min(device.newest, Self.seconds)
        if behind > device.start { body(device.start...behind - 1) }
        var open: ClosedRange<UInt32>?
        func add(_ second: UInt32) {
            if let before = open, second - before.upperBound > Self.joinedSeconds {
                body(before)
                open = nil
            }
            open = (open?.lowerBound ?? second)...second
        }
        var second = max(behind, device.start)
        while second < device.newest {
            if second & 63 == 0, bits[slot &* Self.words &+ word(second)] == 0 {
                guard device.newest - second > 64 else { break }
                second += 64
                continue
            }
            if isSet(slot, second) { add(second) }
            second += 1
        }
        if device.newestEvicted { add(device.newest) }
        if let open { body(open) }
    }

    /// The same as one range, from the device's start to the last of them.
    func givenUp(_ device: ReplayDevices.Device, _ slot: Int) -> ClosedRange<UInt32>? {
        if device.newestEvicted { return device.start...device.newest }
        let behind = device.newest - min(device.newest, Self.seconds)
        var second = device.newest
        while second > max(behind, device.start) {
            second -= 1
            if isSet(slot, second) { return device.start...second }
        }
        return behind > device.start ? device.start...behind - 1 : nil
    }

    @inline(__always)
    private func isSet(_ slot: Int, _ timestamp: UInt32) -> Bool {
        bits[slot &* Self.words &+ word(timestamp)] & bit(timestamp) != 0
    }

    @inline(__always)
    private func word(_ timestamp: UInt32) -> Int { Int(timestamp & (Self.seconds - 1)) &>> 6 }

    @inline(__always)
    private func bit(_ timestamp: UInt32) -> UInt64 { 1 &<< UInt64(timestamp & 63) }
}
