// Remembering and forgetting: how verified frames get into the exact memory, and how the oldest
// seconds make room for them, a few slots with every insertion.

/// A second that is being given up, a few slots with every insertion. It is looked into to the end.
struct ClosingSecond {
    let timestamp: UInt32
    let insertedAt: UInt64
    var marks: ReplaySecond
    /// Slots that have become bits already.
    var done = 0

    init(_ record: ReplayTimeline.Record) {
        timestamp = record.timestamp
        insertedAt = record.insertedAt
        marks = record.marks
    }
}

extension ReplayGuard {
    /// Slots of a closing second that one insertion turns into bits; a second fills by 1.3 slots
    /// an insertion, so memory comes back faster than it goes.
    static var closingSlots: Int { 16 }
    /// The same when an insertion finds no memory left.
    private static var urgentSlots: Int { 256 }

    /// Keeps a frame exactly; as a bit where there is no memory left.
    mutating func remember(_ mark: ReplayMark, _ timestamp: UInt32, at nanoseconds: UInt64) {
        guard let second = room(for: timestamp, at: nanoseconds) else {
            return giveUp(mark, timestamp)
        }
        timeline.insert(mark, into: second)
        timeline.touch(second, at: nanoseconds)
        entries += 1
    }

    /// A second with room for one more mark; nil when memory is short even after giving up more.
    private mutating func room(for timestamp: UInt32, at nanoseconds: UInt64) -> Int? {
        if let second = makeRoom(for: timestamp, at: nanoseconds) { return second }
        giveUpOldSeconds(now: nanoseconds, slots: Self.urgentSlots)
        return makeRoom(for: timestamp, at: nanoseconds)
    }

    /// Gives a second the slots for so many more marks at once, so that it does not have to grow
    /// while they come back. When memory is too short for that, it grows with each of them.
    mutating func makeRoom(for timestamp: UInt32, marks: Int, at nanoseconds: UInt64) {
        guard let second = timeline.find(timestamp) else {
            _ = addSecond(timestamp, slots: ReplaySecond.capacity(for: marks), nanoseconds)
            return
        }
        let held = timeline.records[second].marks
        let capacity = ReplaySecond.capacity(for: held.count + marks)
        if capacity > held.slots.count { _ = grow(second, to: capacity) }
    }

    private mutating func makeRoom(for timestamp: UInt32, at nanoseconds: UInt64) -> Int? {
        guard let second = timeline.find(timestamp) else {
            return addSecond(timestamp, slots: timeline.expectedCapacity(timestamp), nanoseconds)
                ?? addSecond(timestamp, slots: ReplaySecond().grownCapacity, nanoseconds)
        }
        guard timeline.records[second].marks.isFull else { return second }
        return grow(second, to: timeline.records[second].marks.grownCapacity) ? second : nil
    }

    private mutating func grow(_ second: Int, to capacity: Int) -> Bool {
        let bytes = ReplaySecond.bytes(slots: capacity) - timeline.records[second].marks.bytes
        guard memory.reserve(bytes) else { return false }
        timeline.grow(second, to: capacity)
        return true
    }

    private mutating func addSecond(
        _ timestamp: UInt32, slots: Int, _ nanoseconds: UInt64
    ) -> Int? {
        guard memory.reserve(ReplayTimeline.recordBytes + ReplaySecond.bytes(slots: slots)) else {
            return nil
        }
        let second = timeline.add(timestamp, at: nanoseconds)
        timeline.grow(second, to: slots)
        return second
    }

    /// Turns marks of the oldest seconds into bits, so many slots at most.
    mutating func giveUpOldSeconds(now nanoseconds: UInt64, slots: Int) {
        var left = slots
        while left > 0 {
            if closing == nil {
                guard let next = nextToClose(now: nanoseconds) else { return }
                closing = ClosingSecond(timeline.remove(next))
            }
            left -= close(slots: left)
        }
    }

    /// The oldest second, if its time is over or memory is short.
    @inline(__always)
    func nextToClose(now nanoseconds: UInt64) -> Int? {
        guard let oldest = timeline.oldestIndex else { return nil }
        if memory.isTight { return oldest }
        let exactNanoseconds = UInt64(configuration.exactSeconds) &* 1_000_000_000
        let insertedAt = timeline.records[oldest].insertedAt
        return nanoseconds >= insertedAt && nanoseconds - insertedAt >= exactNanoseconds
            ? oldest : nil
    }

    /// Goes on with the closing second, and returns how many slots that took.
    private mutating func close(slots: Int) -> Int {
        guard let second = closing else { return slots }
        let end = min(second.done + slots, second.marks.slots.count)
        for mark in second.marks.slots[second.done..<end] where !mark.isEmpty {
            giveUp(mark, second.timestamp)
        }
        if end == second.marks.slots.count {
            memory.release(second.marks.bytes + ReplayTimeline.recordBytes)
            entries -= second.marks.count
            evictedSeconds &+= 1
            closing = nil
        } else {
            closing?.done = end
        }
        return max(1, end - second.done)
    }
    /// Calls the frames of all devices that have had a slot those of no device, so that the next one can
    /// be called what one of them was.
    mutating func forgetNames(ofSlot slot: Int) {
        timeline.dropDevices { devices.isSlot(slot, of: $0) }
        closing?.marks.dropDevices { devices.isSlot(slot, of: $0) }
    }

    /// Keeps of a frame only that it may have been accepted: in its device's ring, or for whatever
    /// device that was. One whose time has jumped since heeds that too.
    @inline(__always)
    private mutating func giveUp(_ mark: ReplayMark, _ timestamp: UInt32) {
        if let slot = devices.slot(of: mark.device), devices.markEvicted(slot, timestamp) { return }
        if !lost.contains(timestamp) { lost.add(timestamp...timestamp) }
    }
}
