/// Places by hash: open addressing over hashes that nobody can steer, so they need none of their
/// own. Entries are never removed.
struct HashIndex {
    private struct Slot {
        var hash: UInt64 = 0
        var place: Int32 = -1
    }

    private var slots = Array(repeating: Slot(), count: 256)
    private var count = 0

    subscript(hash: UInt64) -> Int? {
        let place = slots[slot(of: hash)].place
        return place < 0 ? nil : Int(place)
    }

    /// - Parameter hash: One that has no place yet.
    mutating func insert(_ hash: UInt64, at place: Int) {
        if (count + 1) * 2 > slots.count { grow() }
        slots[slot(of: hash)] = Slot(hash: hash, place: Int32(place))
        count += 1
    }

    /// The slot that holds a hash, or the empty one that would.
    private func slot(of hash: UInt64) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot].place >= 0, slots[slot].hash != hash { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let old = slots.filter { $0.place >= 0 }
        slots = Array(repeating: Slot(), count: slots.count * 2)
        for entry in old { slots[slot(of: entry.hash)] = entry }
    }
}
