/// Places by hash: open addressing over hashes that nobody can steer, so they need none of their own.
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
        if (count + 1) * 2 > slots.count { grow(to: slots.count * 2) }
        slots[slot(of: hash)] = Slot(hash: hash, place: Int32(place))
        count += 1
    }

    /// Removes a hash, and moves those behind it up that would not be found across the gap.
    mutating func remove(_ hash: UInt64) {
        var gap = slot(of: hash)
        guard slots[gap].place >= 0 else { return }
        slots[gap] = Slot()
        count -= 1
        let mask = slots.count - 1
        var next = (gap + 1) & mask
        while slots[next].place >= 0 {
            let home = Int(truncatingIfNeeded: slots[next].hash) & mask
            if (next - home) & mask >= (next - gap) & mask {
                slots[gap] = slots[next]
                slots[next] = Slot()
                gap = next
            }
            next = (next + 1) & mask
        }
    }

    /// The slot that holds a hash, or the empty one that would.
    private func slot(of hash: UInt64) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot].place >= 0, slots[slot].hash != hash { slot = (slot + 1) & mask }
        return slot
    }

    /// Makes room for so many hashes in all.
    mutating func reserve(_ hashes: Int) {
        var size = slots.count
        while hashes * 2 > size { size *= 2 }
        if size > slots.count { grow(to: size) }
    }

    private mutating func grow(to size: Int) {
        let old = slots
        slots = Array(repeating: Slot(), count: size)
        for entry in old where entry.place >= 0 { slots[slot(of: entry.hash)] = entry }
    }
}
