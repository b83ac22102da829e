/// Whether a model counts as refusing, so that the word stays long enough to be read.
///
/// It begins with one refusal a second, or with any while nothing is accepted. It ends when for some
/// seconds hardly anything has been refused. Time is passed in.
struct RefusalHold: Equatable, Sendable {
    /// Refusals a second that it begins with, and that it takes to stay.
    static let beginning = 1.0
    static let staying = 0.25
    /// For how long there have to be fewer before it ends, in nanoseconds.
    static let nanoseconds: UInt64 = 10_000_000_000

    private(set) var isRefusing = false
    /// When it had reason to be last, in nanoseconds.
    private var reasonAt: UInt64 = 0

    /// Takes note of what is refused and accepted a second.
    mutating func note(refused: Double, accepted: Double, now: UInt64) {
        let enough = isRefusing ? Self.staying : Self.beginning
        if refused >= enough || (refused > 0 && accepted == 0) {
            (isRefusing, reasonAt) = (true, now)
        } else if isRefusing, now - min(now, reasonAt) >= Self.nanoseconds {
            isRefusing = false
        }
    }
}
