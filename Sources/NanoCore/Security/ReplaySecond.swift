/// What the replay guard remembers of one verified frame, packed into 12 bytes.
///
/// 56 bits of the tag's keyed hash, 24 bits naming the device's ring, and 8 bits each of the
/// connection and the address that brought the frame. The last two only serve the operator, who
/// wants to tell a retransmission from an attack: a stranger is mistaken for the same address once
/// in 255 times.
struct ReplayMark {
    /// Bits of the tag's hash that are kept.
    static let fingerprintBits = 56
    /// Bits for a device's reference.
    static let referenceBits = 24

    private(set) var low: UInt32
    /// 24 bits of the fingerprint, 8 of the connection.
    private(set) var high: UInt32
    /// 24 bits of the device's reference, 8 of the address. A reference is never 0.
    private(set) var origin: UInt32

    /// An empty slot.
    static let empty = ReplayMark(low: 0, high: 0, origin: 0)

    private init(low: UInt32, high: UInt32, origin: UInt32) {
        self.low = low
        self.high = high
        self.origin = origin
    }

    init(fingerprint: UInt64, device: UInt32, connectionHint: UInt8, addressHint: UInt8) {
        low = UInt32(truncatingIfNeeded: fingerprint)
        high = UInt32(truncatingIfNeeded: fingerprint &>> 32) &<< 8 | UInt32(connectionHint)
        origin = device &<< 8 | UInt32(addressHint)
    }

    var isEmpty: Bool { origin == 0 }
    var fingerprint: UInt64 { UInt64(high &>> 8) &<< 32 | UInt64(low) }
    var device: UInt32 { origin &>> 8 }
    /// 0 when unknown: connections do not outlive the process.
    var connectionHint: UInt8 { UInt8(truncatingIfNeeded: high) }
    var addressHint: UInt8 { UInt8(truncatingIfNeeded: origin) }

    mutating func dropDevice() {
        origin = ReplayDevices.noDevice &<< 8 | origin & 0xFF
    }

    @inline(__always)
    func has(fingerprint: UInt64) -> Bool {
        low == UInt32(truncatingIfNeeded: fingerprint)
            && high &>> 8 == UInt32(truncatingIfNeeded: fingerprint &>> 32)
    }
}

/// The frames of one timestamp-second: an open-addressed set with linear probing.
///
/// It starts with room for as many frames as its neighbour holds and grows by a quarter, so that it
/// is about 80 % full: 15 bytes an entry. Slots lie in the order of their fingerprints, so growing
/// streams through memory once, and looking for a frame that is not here ends after three slots, at
/// the first mark that lies closer to its home than this one would (Celis, "Robin Hood Hashing").
struct ReplaySecond {
    private(set) var slots: [ReplayMark] = []
    private(set) var count = 0

    /// Bytes of a set with this many slots, its array's header included.
    static func bytes(slots: Int) -> Int {
        slots == 0 ? 0 : 32 + slots * MemoryLayout<ReplayMark>.stride
    }

    var bytes: Int { Self.bytes(slots: slots.count) }
    /// Whether one more mark needs ``grow(to:)`` first. Above 85 % probing gets long.
    var isFull: Bool { count &* 20 >= slots.count &* 17 }
    /// Slots with which so many marks fit, and no fewer.
    static func capacity(for marks: Int) -> Int { max(8, (marks - 1) * 20 / 17 + 1) }
    /// Slots for the next growth: memory counts most, except where copying takes milliseconds.
    var grownCapacity: Int {
        if slots.count < 64 { return max(8, slots.count * 2) }
        return slots.count + slots.count / (slots.count < 8_192 ? 4 : 2)
    }

    /// The mark of a frame, if it is here.
    ///
    /// - Parameter isSender: Whether a device's reference may be that of the frame's sender.
    @inline(__always)
    func find(fingerprint: UInt64, where isSender: (UInt32) -> Bool) -> ReplayMark? {
        let slots = slots.span
        guard !slots.isEmpty else { return nil }
        var index = home(fingerprint, slots.count)
        var distance = 0
        while true {
            let mark = slots[index]
            if mark.has(fingerprint: fingerprint), !mark.isEmpty, isSender(mark.device) {
                return mark
            }
            if isBefore(mark, at: index, slots.count, distance) { return nil }
            index = index &+ 1 == slots.count ? 0 : index &+ 1
            distance &+= 1
        }
    }

    /// Has the processor fetch the slot where a frame would be.
    @inline(__always)
    func prefetch(fingerprint: UInt64) {
        guard !slots.isEmpty else { return }
        Prefetch.element(home(fingerprint, slots.count), of: slots.span)
    }

    /// Adds a mark that is not here yet, to a set that is not full.
    mutating func insert(_ mark: ReplayMark) {
        precondition(!isFull)
        count &+= 1
        var span = slots.mutableSpan
        place(mark, &span)
    }

    /// Has marks of some devices name none.
    mutating func dropDevices(where isDropped: (UInt32) -> Bool) {
        for index in slots.indices where !slots[index].isEmpty && isDropped(slots[index].device) {
            slots[index].dropDevice()
        }
    }

    /// Moves to a larger array. The marks keep their order, so this is one pass through both.
    mutating func grow(to capacity: Int) {
        var grown = [ReplayMark](repeating: .empty, count: capacity)
        var span = grown.mutableSpan
        for mark in slots where !mark.isEmpty { place(mark, &span) }
        slots = grown
    }
}

@inline(__always)
private func place(_ mark: ReplayMark, _ slots: inout MutableSpan<ReplayMark>) {
    var index = home(mark.fingerprint, slots.count)
    var distance = 0
    while !isBefore(slots[index], at: index, slots.count, distance) {
        index = index &+ 1 == slots.count ? 0 : index &+ 1
        distance &+= 1
    }
    // What lies from here to the next empty slot moves on by one.
    var moving = mark
    while !moving.isEmpty {
        let next = slots[index]
        slots[index] = moving
        moving = next
        index = index &+ 1 == slots.count ? 0 : index &+ 1
    }
}

/// Whether a slot is empty, or its mark closer to its home than this distance.
@inline(__always)
private func isBefore(
    _ mark: ReplayMark, at index: Int, _ capacity: Int, _ distance: Int
) -> Bool {
    if mark.isEmpty { return true }
    let behindHome = index &- home(mark.fingerprint, capacity)
    return (behindHome < 0 ? behindHome &+ capacity : behindHome) < distance
}

/// The fingerprint as a fraction of 1, times the capacity (Lemire, "Fast random integer generation
/// in an interval").
@inline(__always)
private func home(_ fingerprint: UInt64, _ capacity: Int) -> Int {
    let fraction = fingerprint &<< UInt64(64 - ReplayMark.fingerprintBits)
    return Int(truncatingIfNeeded: fraction.multipliedFullWidth(by: UInt64(capacity)).high)
}
