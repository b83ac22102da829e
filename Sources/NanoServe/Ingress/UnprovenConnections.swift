import NanoCore

/// Connections from which no frame has come that only a device of ours can have made, in the order of
/// their coming. When there is no place left, one of these makes room.
struct UnprovenConnections {
    /// What a connection is called here.
    typealias Number = UInt64

    private struct Entry {
        let source: IPNetwork?
        /// Monotonic nanoseconds.
        let since: UInt64
        let giveWay: @Sendable () -> Void
    }

    private var entries: [Number: Entry] = [:]
    /// By source; one of nil are those whose address is not known.
    private var counts: [IPNetwork?: Int] = [:]
    /// Oldest first, from ``head`` on; behind the first there may be some that are gone.
    private var order: [Number] = []
    private var head = 0
    private var next: Number = 1
    /// How long a connection may take to show a genuine frame before it gives way to anybody.
    private let patience: UInt64

    /// - Parameter patience: Nanoseconds.
    init(patience: UInt64) {
        self.patience = patience
    }

    var count: Int { entries.count }

    /// - Parameter giveWay: Closes the connection.
    mutating func add(
        from source: IPNetwork?, now: UInt64, giveWay: @escaping @Sendable () -> Void
    ) -> Number {
        let number = next
        next += 1
        entries[number] = Entry(source: source, since: now, giveWay: giveWay)
        counts[source, default: 0] += 1
        order.append(number)
        return number
    }

    /// Takes one out that has ended, or has shown a genuine frame.
    mutating func remove(_ number: Number) {
        guard let entry = entries.removeValue(forKey: number) else { return }
        let left = (counts[entry.source] ?? 1) - 1
        counts[entry.source] = left > 0 ? left : nil
        while head < order.count, entries[order[head]] == nil { head += 1 }
        // Those that came and went behind an old one.
        guard order.count > 2 * entries.count + 64 else { return }
        order = order[head...].filter { entries[$0] != nil }
        head = 0
    }

    /// Whether there is one that would make room for a newcomer: the oldest, if it has had its time,
    /// or if its source has more of them than the newcomer's would have.
    func hasOne(for source: IPNetwork?, now: UInt64) -> Bool {
        guard let oldest else { return false }
        return now &- oldest.since >= patience
            || counts[oldest.source, default: 0] > counts[source, default: 0] + 1
    }

    /// Takes the oldest out.
    ///
    /// - Returns: What closes it.
    mutating func takeOldest() -> (@Sendable () -> Void)? {
        guard let oldest else { return nil }
        remove(order[head])
        return oldest.giveWay
    }

    private var oldest: Entry? { head < order.count ? entries[order[head]] : nil }
}
