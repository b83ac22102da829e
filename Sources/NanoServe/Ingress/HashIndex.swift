/// Places by hash: open addressing over hashes that nobody can steer, so they need none of their
/// own. Entries are never removed.
struct HashIndex {
    private var hashes: [UInt64]
    private var places: [Int32]
    private var count = 0

    private static let empty: Int32 = -1

    init() {
        hashes = Array(repeating: 0, count: 256)
        places = Array(repeating: Self.empty, count: 256)
    }

    subscript(hash: UInt64) -> Int? {
        let slot = slot(of: hash)
        return places[slot] == Self.empty ? nil : Int(places[slot])
    }

    /// - Parameter hash: One that has no place yet.
    mutating func insert(_ hash: UInt64, at place: Int) {
        if (count + 1) * 2 > places.count { grow() }
        let slot = slot(of: hash)
        hashes[slot] = hash
        places[slot] = Int32(place)
        count += 1
    }

    /// The slot that holds a hash, or the empty one that would.
    private func slot(of hash: UInt64) -> Int {
        let mask = places.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while places[slot] != Self.empty, hashes[slot] != hash { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let old = zip(hashes, places).filter { $0.1 != Self.empty }
        hashes = Array(repeating: 0, count: hashes.count * 2)
        places = Array(repeating: Self.empty, count: hashes.count)
        for (hash, place) in old {
            let slot = slot(of: hash)
            hashes[slot] = hash
            places[slot] = place
        }
    }
}
