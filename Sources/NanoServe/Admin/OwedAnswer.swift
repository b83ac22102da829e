/// For how long a gateway owes an answer, in time in which this process ran: one that was stopped and
/// goes on has not waited meanwhile.
///
/// Time is passed in: of a clock that is never set, in nanoseconds.
struct OwedAnswer: Sendable {
    private var tickedAt: UInt64
    /// Since the first question that has no answer; nil while all have one.
    private var waited: UInt64?

    /// How much of the time between two ticks can be waiting. They come much more often.
    static let longestTickNanoseconds: UInt64 = 1_000_000_000

    init(now nanoseconds: UInt64) {
        tickedAt = nanoseconds
    }

    /// Seconds; 0 while nothing is owed.
    var seconds: Double { Double(waited ?? 0) / 1e9 }

    mutating func ask() {
        waited = waited ?? 0
    }

    mutating func noteAnswer() {
        waited = nil
    }

    /// Says that the process runs.
    mutating func tick(now nanoseconds: UInt64) {
        let passed = nanoseconds > tickedAt ? nanoseconds - tickedAt : 0
        tickedAt = nanoseconds
        waited = waited.map { $0 + min(passed, Self.longestTickNanoseconds) }
    }
}
