/// How long to wait before an attempt is repeated: exponential backoff with full jitter.
///
/// Every wait is drawn evenly from zero to a ceiling that doubles with each failure, so that
/// clients which failed together don't come back together.
public struct RetryPolicy: Equatable, Sendable {
    /// Ceiling of the first wait, in milliseconds.
    public var baseMilliseconds: Int64
    /// Ceiling of all waits, in milliseconds.
    public var capMilliseconds: Int64
    /// The longest wait that a receiver's `Retry-After` can ask for, in milliseconds.
    public var retryAfterCapMilliseconds: Int64

    /// A policy; the base is above zero, and the cap not below the base.
    public init(
        baseMilliseconds: Int64 = 100, capMilliseconds: Int64 = 10_000,
        retryAfterCapMilliseconds: Int64 = 300_000
    ) {
        precondition(baseMilliseconds > 0 && capMilliseconds >= baseMilliseconds)
        precondition(retryAfterCapMilliseconds >= 0)
        self.baseMilliseconds = baseMilliseconds
        self.capMilliseconds = capMilliseconds
        self.retryAfterCapMilliseconds = retryAfterCapMilliseconds
    }

    /// The most that can be waited after this many failures in a row, in milliseconds.
    public func ceilingMilliseconds(failures: Int) -> Int64 {
        let doublings = min(max(failures - 1, 0), 62)
        guard baseMilliseconds <= capMilliseconds >> Int64(doublings) else {
            return capMilliseconds
        }
        return baseMilliseconds << Int64(doublings)
    }

    /// The wait before the next attempt, in milliseconds.
    ///
    /// - Parameters:
    ///   - failures: Attempts that failed in a row, 1 or more.
    ///   - retryAfterMilliseconds: What the receiver asked for (RFC 9110 §10.2.3). The wait is
    ///     never shorter, as far as ``retryAfterCapMilliseconds`` goes; jitter comes on top.
    ///   - generator: Source of the jitter.
    public func delayMilliseconds(
        failures: Int, retryAfterMilliseconds: Int64? = nil,
        using generator: inout some RandomNumberGenerator
    ) -> Int64 {
        let ceiling = ceilingMilliseconds(failures: failures)
        let jitter = Int64.random(in: 0...ceiling, using: &generator)
        guard let asked = retryAfterMilliseconds, asked > 0 else { return jitter }
        let (sum, overflow) = min(asked, retryAfterCapMilliseconds).addingReportingOverflow(jitter)
        return overflow ? .max : sum
    }
}
