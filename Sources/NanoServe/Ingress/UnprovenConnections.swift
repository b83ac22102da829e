import NanoCore

/// Connections from which no frame has come that only a device of ours can have made. When there is no
/// place left, one of these makes room.
struct UnprovenConnections {
    /// What a connection is called here.
    typealias Number = UInt64

    private struct Entry {
        let source: IPNetwork?
        /// Monotonic nanoseconds.
        let since: UInt64
        let giveWay: @Sendable () -> Void
    }

    /// Numbers in the order of their coming, of which some are no longer there.
    private struct Queue {
        private var numbers: [Number] = []
        private var head = 0
        /// Those that are there.
        private(set) var count = 0

        mutating func append(_ number: Number) {
            numbers.append(number)
            count += 1
        }

        var first: Number? { head < numbers.count ? numbers[head] : nil }

        /// Notes that one is gone.
        mutating func remove(where isThere: (Number) -> Bool) {
            count -= 1
            while head < numbers.count, !isThere(numbers[head]) { head += 1 }
            // Those that came and went behind an old one.
            guard numbers.count > 2 * count + 64 else { return }
            numbers = numbers[head...].filter(isThere)
            head = 0
        }
    }

    private var entries: [Number: Entry] = [:]
    private var all = Queue()
    /// By source; one of nil are those whose address is not known, or is not theirs.
    private var bySource: [IPNetwork?: Queue] = [:]
    /// A source with many: the one with most, unless those of another have become fewer meanwhile.
    private var crowd: IPNetwork??
    /// How many those were when that was found.
    private var crowdSize = 0
    /// Connections that were told to leave and are still there.
    private var leaving: Set<Number> = []
    private var next: Number = 1
    /// How long a connection may take to show a genuine frame before it gives way to anybody.
    private let patience: UInt64
    /// Connections that may be on their way out at once: so many more than there are places.
    private static let mostLeaving = 64

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
        all.append(number)
        bySource[source, default: Queue()].append(number)
        if crowd.map({ size(of: source) >= size(of: $0) }) ?? true {
            crowd = .some(source)
            crowdSize = size(of: source)
        }
        return number
    }

    /// Takes one out that has ended, or has shown a genuine frame.
    mutating func remove(_ number: Number) {
        leaving.remove(number)
        takeOut(number)
    }

    /// Tells one to leave for the sake of a newcomer.
    ///
    /// - Returns: What closes it.
    mutating func take(_ number: Number) -> (@Sendable () -> Void)? {
        guard let entry = takeOut(number) else { return nil }
        leaving.insert(number)
        return entry.giveWay
    }

    /// The connection that has to make room for a newcomer: the oldest of a crowd from one source, if that
    /// is larger than the newcomer's would be; else one that has had its time, of a source that has no
    /// fewer, or of the newcomer's own.
    func candidate(for source: IPNetwork?, now: UInt64) -> Number? {
        guard leaving.count < Self.mostLeaving else { return nil }
        let own = size(of: source)
        if let crowd, size(of: crowd) > own + 1 { return bySource[crowd]?.first }
        return [all.first, bySource[source]?.first].lazy.compactMap(\.self).first { number in
            guard let entry = entries[number] else { return false }
            return now &- entry.since >= patience && size(of: entry.source) >= own
        }
    }

    /// Looks for another crowd when this one has lost a quarter since it was found: seldom, as there are many.
    private mutating func noteShrunk() {
        guard let source = crowd, size(of: source) * 4 < crowdSize * 3 else { return }
        (crowd, crowdSize) = (nil, 0)
        for (source, queue) in bySource where queue.count > crowdSize {
            (crowd, crowdSize) = (.some(source), queue.count)
        }
    }

    private func size(of source: IPNetwork?) -> Int { bySource[source]?.count ?? 0 }

    @discardableResult
    private mutating func takeOut(_ number: Number) -> Entry? {
        guard let entry = entries.removeValue(forKey: number) else { return nil }
        all.remove { entries[$0] != nil }
        bySource[entry.source]?.remove { entries[$0] != nil }
        if size(of: entry.source) == 0 { bySource[entry.source] = nil }
        if crowd == .some(entry.source) { noteShrunk() }
        return entry
    }
}
