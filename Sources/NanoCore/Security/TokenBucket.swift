/// How fast something may go on in the long run, and how much of it at once: frames, or whatever
/// else is counted one by one, as connections.
public struct Rate: Equatable, Sendable {
    /// Frames a second in the long run; above 0.
    public var framesPerSecond: Double
    /// Frames at once after a pause; at least 1.
    public var burstFrames: Double

    public init(framesPerSecond: Double, burstFrames: Double) {
        precondition(framesPerSecond > 0 && framesPerSecond.isFinite)
        precondition(burstFrames >= 1 && burstFrames.isFinite)
        self.framesPerSecond = framesPerSecond
        self.burstFrames = burstFrames
    }
}

/// A bucket of tokens: full at first, one token a frame, refilled at a steady rate.
///
/// It holds no rate of its own, so that tables of them stay small. Time is passed in; a clock that
/// steps back neither refills nor drains.
public struct TokenBucket: Equatable, Sendable {
    private var tokens: Double
    private var refilledAt: UInt64

    /// A full bucket.
    public init(_ rate: Rate, now nanoseconds: UInt64) {
        tokens = rate.burstFrames
        refilledAt = nanoseconds
    }

    /// Takes a token. False, and nothing taken, when there is no whole one.
    public mutating func take(_ rate: Rate, now nanoseconds: UInt64) -> Bool {
        refill(rate, now: nanoseconds)
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }

    /// Whether a token could be taken.
    public mutating func hasToken(_ rate: Rate, now nanoseconds: UInt64) -> Bool {
        refill(rate, now: nanoseconds)
        return tokens >= 1
    }

    /// Seconds until the next whole token, at the time of the last call; 0 when there is one.
    public func secondsUntilToken(_ rate: Rate) -> Double {
        max(0, (1 - tokens) / rate.framesPerSecond)
    }

    /// Tokens there would be at this time.
    func tokens(_ rate: Rate, now nanoseconds: UInt64) -> Double {
        var later = self
        later.refill(rate, now: nanoseconds)
        return later.tokens
    }

    private mutating func refill(_ rate: Rate, now nanoseconds: UInt64) {
        guard nanoseconds > refilledAt else { return }
        let seconds = Double(nanoseconds - refilledAt) / 1e9
        tokens = min(rate.burstFrames, tokens + seconds * rate.framesPerSecond)
        refilledAt = nanoseconds
    }
}
