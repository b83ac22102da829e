/// What there was, close together of late and ever wider apart the farther back it is.
///
/// It is bounded by number, bytes and age. What goes first is what its neighbours stand in for best:
/// the entry whose neighbours are close together for its age.
struct FadingRing<Element: Sendable>: Sendable {
    /// What it may hold.
    struct Limits: Sendable {
        var entries: Int
        var bytes: Int
        /// How far it goes back, in seconds.
        var seconds: Double
    }

    struct Entry: Sendable {
        /// Seconds of a clock that only goes forward.
        let at: Double
        /// About how much memory it takes.
        let bytes: Int
        let element: Element
    }

    let limits: Limits
    /// Oldest first.
    private(set) var entries: [Entry] = []
    private(set) var bytes = 0

    init(limits: Limits) {
        self.limits = limits
    }

    /// Adds what is now. What is not behind the last entry is not added.
    mutating func add(_ element: Element, at seconds: Double, bytes: Int) {
        if let last = entries.last, seconds <= last.at { return }
        entries.append(Entry(at: seconds, bytes: bytes, element: element))
        self.bytes += bytes
        while let oldest = entries.first, seconds - oldest.at > limits.seconds { drop(at: 0) }
        while entries.count > 1, entries.count > limits.entries || self.bytes > limits.bytes {
            drop(at: mostDispensable(now: seconds))
        }
    }

    /// The place of the newest entry that is not later than a time; nil when all are later.
    func index(at seconds: Double) -> Int? {
        let place = entries.partitionPoint { $0.at > seconds }
        return place > 0 ? place - 1 : nil
    }

    private mutating func drop(at index: Int) {
        bytes -= entries.remove(at: index).bytes
    }

    /// The ends stay: how far it goes back, and what is now. Of two, the older goes.
    private func mostDispensable(now: Double) -> Int {
        var best = (index: 0, gap: Double.infinity)
        for index in entries.indices.dropFirst().dropLast() {
            let gap = entries[index + 1].at - entries[index - 1].at
            let relative = gap / (now - entries[index].at + 1)
            if relative < best.gap { best = (index, relative) }
        }
        return best.index
    }
}

extension Array {
    /// The place of the first element that something holds for, if it holds for all behind it too.
    fileprivate func partitionPoint(_ holds: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
