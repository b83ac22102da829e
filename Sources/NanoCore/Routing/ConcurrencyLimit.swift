/// How many requests a destination bears at once: additive increase, multiplicative decrease.
///
/// It begins at the configured ceiling. A destination that pushes back halves it; one whose answers
/// get slow against its own quiet times loses a tenth; every answer in time gives a little back,
/// one request for each round of them. Time is passed in.
public struct ConcurrencyLimit: Equatable, Sendable {
    /// The most requests at once.
    public let ceiling: Int

    private var allowed: Double
    /// Time of an answer while the destination has nothing to queue, in nanoseconds; it follows
    /// faster answers at once, and slower ones over hundreds of them, or some while they come one by
    /// one.
    private var quietNanoseconds: Double?
    /// Time of an answer lately, in nanoseconds.
    private var recentNanoseconds: Double = 0
    /// Requests sent before the last decrease say nothing about what came of it.
    private var decreasedAt: UInt64?

    private static let pushBackFactor = 0.5
    private static let slownessFactor = 0.9
    private static let quietShare = 1.0 / 512
    private static let recentShare = 1.0 / 8
    /// Answers are slow from twice the quiet time and this much more, so that the jitter of fast
    /// destinations is no sign, nor the 40 ms for which TCP holds back an answer that is sent in two
    /// pieces, but for the first of a connection.
    private static let toleranceNanoseconds: Double = 60_000_000

    /// A limit; the ceiling is 1 or more.
    public init(ceiling: Int) {
        precondition(ceiling >= 1)
        self.ceiling = ceiling
        allowed = Double(ceiling)
    }

    /// Requests that may be under way now, 1 to ``ceiling``.
    public var current: Int { Int(allowed) }

    /// Learns from an answer that took or condemned what was sent.
    ///
    /// - Parameters:
    ///   - sentAt: When the request left, in monotonic nanoseconds.
    ///   - now: When the answer was there.
    public mutating func noteAnswer(sentAt: UInt64, now: UInt64) {
        let took = Double(now > sentAt ? now - sentAt : 0)
        learn(took)
        guard recentNanoseconds > slowNanoseconds else {
            allowed = min(Double(ceiling), allowed + 1 / allowed)
            return
        }
        decrease(by: Self.slownessFactor, sentAt: sentAt, now: now)
    }

    /// Learns that the destination refused to take more, did not answer in time, or was not there.
    public mutating func notePushBack(sentAt: UInt64, now: UInt64) {
        decrease(by: Self.pushBackFactor, sentAt: sentAt, now: now)
    }

    private var slowNanoseconds: Double {
        2 * (quietNanoseconds ?? 0) + Self.toleranceNanoseconds
    }

    private mutating func learn(_ took: Double) {
        guard let quiet = quietNanoseconds else {
            quietNanoseconds = took
            recentNanoseconds = took
            return
        }
        // One request at a time has nothing to wait for but the destination itself.
        let share = current == 1 ? Self.recentShare : Self.quietShare
        quietNanoseconds = took < quiet ? took : quiet + (took - quiet) * share
        recentNanoseconds += (took - recentNanoseconds) * Self.recentShare
    }

    /// Decreases once for all requests that were under way together.
    private mutating func decrease(by factor: Double, sentAt: UInt64, now: UInt64) {
        if let decreasedAt, sentAt < decreasedAt { return }
        allowed = max(1, allowed * factor)
        decreasedAt = now
    }
}
