/// Whether a destination is tried at all. Failures in a row open it, and so does a destination that
/// says how long it wants to be left alone; after a while one attempt probes whether it takes
/// anything again.
///
/// A value without clocks: whoever opens it waits as long as it is told, and then calls
/// ``probe()``.
public struct CircuitBreaker: Equatable, Sendable {
    public enum State: String, Codable, Sendable {
        /// Attempts are made.
        case closed
        /// No attempt is made.
        case open
        /// One attempt is made; its outcome closes or opens it.
        case halfOpen = "half_open"
    }

    public private(set) var state = State.closed

    /// Failures in a row that open it.
    private let threshold: Int
    private let retry: RetryPolicy
    private var failures = 0
    /// The first attempt whose outcome counts; those before it were made for a state that is over.
    private var firstAttempt: UInt64 = 0
    private var attempts: UInt64 = 0

    /// - Parameter threshold: Failures in a row that open it, 1 or more.
    public init(threshold: Int = 5, retry: RetryPolicy = RetryPolicy()) {
        precondition(threshold >= 1)
        self.threshold = threshold
        self.retry = retry
    }

    /// Numbers an attempt that is about to be made.
    public mutating func begin() -> UInt64 {
        attempts += 1
        return attempts
    }

    /// Learns that an attempt failed: the destination was not there, did not answer in time, or
    /// refused for the moment.
    ///
    /// - Parameters:
    ///   - attempt: What ``begin()`` gave.
    ///   - retryAfterMilliseconds: What the destination asked for (RFC 9110 §10.2.3).
    ///   - generator: Source of the jitter.
    /// - Returns: Milliseconds to wait from now on before ``probe()``, at the least, when it opens by
    ///   this, or is open and the destination asks for a time of its own.
    public mutating func noteFailure(
        of attempt: UInt64, retryAfterMilliseconds: Int64? = nil,
        using generator: inout some RandomNumberGenerator
    ) -> Int64? {
        let isTold = (retryAfterMilliseconds ?? 0) > 0
        guard attempt >= firstAttempt, state != .open || isTold else { return nil }
        failures += 1
        guard isTold || failures >= threshold || state == .halfOpen else { return nil }
        state = .open
        return retry.delayMilliseconds(
            failures: failures, retryAfterMilliseconds: retryAfterMilliseconds,
            using: &generator)
    }

    /// Learns that the destination took or condemned something.
    ///
    /// - Parameters:
    ///   - attempt: What ``begin()`` gave.
    ///   - retryAfterMilliseconds: What the destination asked for none the less (RFC 9110 §10.2.3).
    ///   - generator: Source of the jitter.
    /// - Returns: Milliseconds to wait from now on before ``probe()``, at the least, when the
    ///   destination asks for a time.
    public mutating func noteAnswer(
        to attempt: UInt64, retryAfterMilliseconds: Int64? = nil,
        using generator: inout some RandomNumberGenerator
    ) -> Int64? {
        guard attempt >= firstAttempt else { return nil }
        if let asked = retryAfterMilliseconds, asked > 0 {
            failures = 0
            state = .open
            return retry.delayMilliseconds(
                failures: 1, retryAfterMilliseconds: asked, using: &generator)
        }
        guard state != .open else { return nil }
        failures = 0
        state = .closed
        return nil
    }

    /// Lets the next attempt find out.
    public mutating func probe() {
        guard state == .open else { return }
        state = .halfOpen
        firstAttempt = attempts + 1
    }

    /// Whether an attempt may be made now.
    public var admits: Bool {
        switch state {
        case .closed: true
        case .open: false
        // Unless the probe is under way.
        case .halfOpen: attempts < firstAttempt
        }
    }
}
