/// The wall clock was set: it went on by another time than the monotonic clock did.
public struct ClockStep: Codable, Equatable, Sendable {
    /// How far it was set, in seconds; negative when it was set back.
    public var seconds: Double
    /// What it showed when that was seen.
    public var unixMilliseconds: Int64
    /// The monotonic clock at that time, in nanoseconds.
    public var monotonicNanoseconds: UInt64

    public init(seconds: Double, unixMilliseconds: Int64, monotonicNanoseconds: UInt64) {
        self.seconds = seconds
        self.unixMilliseconds = unixMilliseconds
        self.monotonicNanoseconds = monotonicNanoseconds
    }

    /// `1 h forward`
    public var words: String {
        PlainWords.shortTime(seconds: abs(seconds)) + (seconds < 0 ? " back" : " forward")
    }
}

/// Finds steps of the wall clock by the monotonic one, from look to look.
///
/// A clock that is brought right slowly, by 500 parts in a million at most, makes none. A machine that
/// slept looks as if its clock had been set forward, since the monotonic clock slept too.
struct ClockSteps: Sendable {
    private var last: Moment?

    /// - Parameter leastSeconds: What is less is no step.
    mutating func look(now: Moment, leastSeconds: Double) -> ClockStep? {
        defer { last = now }
        guard let last, now.monotonicNanoseconds >= last.monotonicNanoseconds else { return nil }
        let passed = Double(now.monotonicNanoseconds - last.monotonicNanoseconds) / 1e9
        let shown = Double(now.unixMilliseconds - last.unixMilliseconds) / 1e3
        guard abs(shown - passed) >= leastSeconds else { return nil }
        return ClockStep(
            seconds: shown - passed, unixMilliseconds: now.unixMilliseconds,
            monotonicNanoseconds: now.monotonicNanoseconds)
    }
}
