/// When each member of a fleet has to act next, in ticks: constant time for setting and expiring.
struct TimerWheel {
    private var slots: [[(member: Int, tick: Int)]]
    /// The last tick whose members were handed out.
    private(set) var current = 0

    init(slotCount: Int = 1_024) {
        slots = Array(repeating: [], count: slotCount)
    }

    /// Wakes a member after some ticks, at the next one at the earliest.
    mutating func schedule(_ member: Int, after ticks: Int) {
        let tick = current + max(1, ticks)
        slots[tick % slots.count].append((member, tick))
    }

    /// Goes one tick further.
    ///
    /// - Returns: The members that were scheduled for it, in the order in which they were.
    mutating func advance() -> [Int] {
        current += 1
        let slot = current % slots.count
        guard !slots[slot].isEmpty else { return [] }
        let due = slots[slot].filter { $0.tick == current }.map(\.member)
        slots[slot].removeAll { $0.tick == current }
        return due
    }
}
