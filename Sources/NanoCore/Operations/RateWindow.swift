/// Events a second: settled over ten seconds for a number, second by second for a curve.
///
/// Events are counted where they happen, or told as a growing total by whoever looks now and then.
/// Time is monotonic and passed in; a time that steps back counts as the last one.
public struct RateWindow: Equatable, Sendable {
    /// Seconds that a rate is settled over.
    public static let settledSeconds = 10
    /// Seconds that ``history(now:)`` covers.
    public static let historySeconds = 60

    /// One more than the history: the second under way.
    private static let slots = UInt64(historySeconds + 1)
    private var events = [Double](repeating: 0, count: Int(slots))
    private let startedAt: UInt64
    private var latest: UInt64
    private var observed: Observation?

    /// The last look at a total.
    private struct Observation: Equatable {
        let total: UInt64
        let at: UInt64
    }

    /// - Parameter nanoseconds: The time from which on events are counted.
    public init(now nanoseconds: UInt64) {
        startedAt = nanoseconds
        latest = nanoseconds
    }

    /// Counts events that happen now.
    public mutating func add(_ count: UInt64, now nanoseconds: UInt64) {
        advance(to: nanoseconds)
        events[slot(latest / 1_000_000_000)] += Double(count)
    }

    /// Takes note of a total that only grows. What was added since the last look is spread evenly
    /// over the time in between. A total that shrank starts anew.
    public mutating func observe(total: UInt64, now nanoseconds: UInt64) {
        advance(to: nanoseconds)
        defer { observed = Observation(total: total, at: latest) }
        guard let observed, total >= observed.total else { return }
        spread(Double(total - observed.total), from: observed.at, to: latest)
    }

    /// Events a second over the last ten whole seconds, or since the start if that is shorter.
    public func rate(now nanoseconds: UInt64) -> Double {
        let second = max(nanoseconds, latest) / 1_000_000_000
        let lifetime = second - startedAt / 1_000_000_000
        // The first second is the only one there is, and not whole.
        guard lifetime > 0 else { return events[slot(second)] }
        let seconds = min(UInt64(Self.settledSeconds), lifetime)
        let sum = (1...seconds).reduce(0) { $0 + count(second: second - $1) }
        // Of the second that it started in, only the rest was counted.
        let missing = seconds == lifetime ? Double(startedAt % 1_000_000_000) / 1e9 : 0
        return sum / (Double(seconds) - missing)
    }

    /// Events in each of the last 60 whole seconds, oldest first.
    public func history(now nanoseconds: UInt64) -> [Double] {
        let second = max(nanoseconds, latest) / 1_000_000_000
        return (1...UInt64(Self.historySeconds)).reversed().map { age in
            second >= age ? count(second: second - age) : 0
        }
    }

    /// Empties the slots of the seconds that have begun since the latest event.
    private mutating func advance(to nanoseconds: UInt64) {
        guard nanoseconds > latest else { return }
        let from = latest / 1_000_000_000
        let to = nanoseconds / 1_000_000_000
        for step in 0..<min(to - from, Self.slots) { events[slot(to - step)] = 0 }
        latest = nanoseconds
    }

    private mutating func spread(_ count: Double, from start: UInt64, to end: UInt64) {
        guard end > start else {
            events[slot(end / 1_000_000_000)] += count
            return
        }
        let perNanosecond = count / Double(end - start)
        let oldest =
            end / 1_000_000_000 >= Self.slots - 1
            ? (end / 1_000_000_000 - (Self.slots - 1)) * 1_000_000_000 : 0
        var from = max(start, oldest)
        while from < end {
            let to = min(end, (from / 1_000_000_000 + 1) * 1_000_000_000)
            events[slot(from / 1_000_000_000)] += Double(to - from) * perNanosecond
            from = to
        }
    }

    /// What is known of a second; nothing of one that has begun since the latest event.
    private func count(second: UInt64) -> Double {
        let newest = latest / 1_000_000_000
        return second <= newest && newest - second < Self.slots ? events[slot(second)] : 0
    }

    private func slot(_ second: UInt64) -> Int { Int(second % Self.slots) }
}
