/// Timestamps whose frames may have been accepted and are no longer known: a few ranges that grow
/// together, so that frames of other times need not be refused for them.
///
/// There are seldom more than two: one that follows the present, and what a clock that was set wrong
/// for a while has left far away.
struct LostTimes: Equatable {
    /// Ranges that are kept apart. Beyond it the two that lie closest become one.
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
        // Where it belongs, and how many it touches.
        let first = ranges.firstIndex { Int64($0.upperBound) + 1 >= Int64(range.lowerBound) }
        guard let first else {
            ranges.append(range)
            return closeNarrowestGap()
        }
        let touched = ranges[first...].prefix {
            Int64($0.lowerBound) <= Int64(range.upperBound) + 1
        }
        guard let last = touched.last else {
            ranges.insert(range, at: first)
            return closeNarrowestGap()
        }
        let lower = min(range.lowerBound, ranges[first].lowerBound)
        ranges[first] = lower...max(range.upperBound, last.upperBound)
        ranges.removeSubrange(first + 1..<first + touched.count)
    }

    private mutating func closeNarrowestGap() {
        guard ranges.count > Self.capacity else { return }
        func gap(_ index: Int) -> UInt32 {
            ranges[index + 1].lowerBound - ranges[index].upperBound
        }
        guard let narrowest = (0..<ranges.count - 1).min(by: { gap($0) < gap($1) }) else { return }
        let joined = ranges[narrowest].lowerBound...ranges[narrowest + 1].upperBound
        ranges.replaceSubrange(narrowest...narrowest + 1, with: CollectionOfOne(joined))
    }
}
