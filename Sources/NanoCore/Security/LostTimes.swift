/// Timestamps whose frames may have been accepted and are no longer known: a few ranges that grow
/// together, so that frames of other times need not be refused for them.
///
/// There are seldom more than two: one that follows the present, and what a clock that was set wrong
/// for a while has left far away.
struct LostTimes: Equatable {
    /// Ranges that are kept apart.
    static let capacity = 16

    /// Ascending, with at least a second between them.
    private(set) var ranges: [ClosedRange<UInt32>] = []

    init() {
        ranges.reserveCapacity(Self.capacity + 1)
    }

    var isEmpty: Bool { ranges.isEmpty }

    @inline(__always)
    func contains(_ timestamp: UInt32) -> Bool {
        // The present is in the last one, if in any.
        ranges.last(where: { $0.lowerBound <= timestamp }).map { timestamp <= $0.upperBound }
            ?? false
    }

    /// The last timestamp of the range that this one is in.
    func end(of timestamp: UInt32) -> UInt32? {
        ranges.first { $0.contains(timestamp) }?.upperBound
    }

    mutating func add(_ range: ClosedRange<UInt32>) {
        // Those that it touches, from the first one that does not end in front of it.
        let first = ranges.firstIndex { Int64($0.upperBound) + 1 >= Int64(range.lowerBound) }
        guard let first else {
            ranges.append(range)
            return makeRoom(for: range)
        }
        var end = first
        while end < ranges.count, Int64(ranges[end].lowerBound) <= Int64(range.upperBound) + 1 {
            end += 1
        }
        guard end > first else {
            ranges.insert(range, at: first)
            return makeRoom(for: range)
        }
        let lower = min(range.lowerBound, ranges[first].lowerBound)
        ranges[first] = lower...max(range.upperBound, ranges[end - 1].upperBound)
        ranges.removeSubrange(first + 1..<end)
    }

    /// Where there are too many, two become one: what is long past costs nothing, else the gap between
    /// them is the narrowest.
    private mutating func makeRoom(for range: ClosedRange<UInt32>) {
        guard ranges.count > Self.capacity else { return }
        func gap(_ index: Int) -> UInt32 {
            ranges[index + 1].lowerBound - ranges[index].upperBound
        }
        let isPast = Int64(ranges[1].upperBound) + Self.pastSeconds < Int64(range.lowerBound)
        let narrowest = isPast ? 0 : (0..<ranges.count - 1).min { gap($0) < gap($1) }
        guard let narrowest else { return }
        let joined = ranges[narrowest].lowerBound...ranges[narrowest + 1].upperBound
        ranges.replaceSubrange(narrowest...narrowest + 1, with: CollectionOfOne(joined))
    }

    /// Nobody accepts what is older than a day.
    private static let pastSeconds: Int64 = 86_400
}
