import NanoCore
import Testing

@Suite struct CircuitBreakerTests {
    private var chance = SeededNumbers(seed: 5)

    /// One attempt that fails.
    private mutating func fail(
        _ breaker: inout CircuitBreaker, retryAfterMilliseconds: Int64? = nil
    ) -> Int64? {
        let attempt = breaker.begin()
        return breaker.noteFailure(
            of: attempt, retryAfterMilliseconds: retryAfterMilliseconds, using: &chance)
    }

    /// Takes note of an answer.
    @discardableResult
    private mutating func answer(
        _ breaker: inout CircuitBreaker, to attempt: UInt64, retryAfterMilliseconds: Int64? = nil
    ) -> Int64? {
        breaker.noteAnswer(
            to: attempt, retryAfterMilliseconds: retryAfterMilliseconds, using: &chance)
    }

    @Test mutating func `failures in a row open it, unless an answer is among them`() {
        var breaker = CircuitBreaker(threshold: 3)
        for _ in 0..<5 {
            #expect(fail(&breaker) == nil)
            #expect(fail(&breaker) == nil)
            answer(&breaker, to: breaker.begin())
        }
        #expect(breaker.state == .closed && breaker.admits)
        #expect(fail(&breaker) == nil)
        #expect(fail(&breaker) == nil)
        #expect(fail(&breaker) != nil)
        #expect(breaker.state == .open && !breaker.admits)
    }

    @Test mutating func `half open it admits one attempt, whose outcome counts alone`() {
        var breaker = CircuitBreaker(threshold: 1)
        let early = breaker.begin()
        #expect(fail(&breaker) != nil)
        breaker.probe()
        #expect(breaker.state == .halfOpen && breaker.admits)
        let probe = breaker.begin()
        #expect(!breaker.admits)
        // What was sent before it opened says nothing about now.
        answer(&breaker, to: early)
        #expect(breaker.noteFailure(of: early, using: &chance) == nil)
        #expect(breaker.state == .halfOpen && !breaker.admits)
        answer(&breaker, to: probe)
        #expect(breaker.state == .closed && breaker.admits)
    }

    @Test mutating func `while it is open nothing changes it but the probe`() {
        var breaker = CircuitBreaker(threshold: 2)
        let other = breaker.begin()
        #expect(fail(&breaker) == nil)
        #expect(fail(&breaker) != nil)
        answer(&breaker, to: other)
        #expect(breaker.state == .open)
        #expect(fail(&breaker) == nil, "it has a time to wait already")
        #expect(fail(&breaker, retryAfterMilliseconds: 900) ?? 0 >= 900)
        #expect(breaker.state == .open)
    }

    @Test mutating func `probes that fail make the next wait longer, up to the cap`() {
        let retry = RetryPolicy(baseMilliseconds: 10, capMilliseconds: 1_000)
        var breaker = CircuitBreaker(threshold: 1, retry: retry)
        var longest: [Int64] = []
        for failures in 1...12 {
            let wait = fail(&breaker) ?? -1
            #expect((0...retry.ceilingMilliseconds(failures: failures)).contains(wait))
            longest.append(wait)
            breaker.probe()
        }
        #expect(longest.suffix(6).max() ?? 0 > 100)
    }

    @Test mutating func `what a destination asks for with Retry-After opens it at once`() {
        var breaker = CircuitBreaker(threshold: 5)
        let wait = fail(&breaker, retryAfterMilliseconds: 2_000) ?? 0
        #expect((2_000...2_100).contains(wait))
        #expect(breaker.state == .open)
    }

    @Test mutating func `a destination that takes something and asks to wait is left alone`() {
        var breaker = CircuitBreaker(threshold: 5)
        let attempts = (0..<2).map { _ in breaker.begin() }
        let wait = answer(&breaker, to: attempts[0], retryAfterMilliseconds: 2_000) ?? 0
        #expect((2_000...2_100).contains(wait))
        #expect(breaker.state == .open && !breaker.admits)
        #expect(answer(&breaker, to: attempts[1]) == nil)
        #expect(breaker.state == .open, "another answer does not end the wait")
        breaker.probe()
        let old = answer(&breaker, to: attempts[1], retryAfterMilliseconds: 2_000)
        #expect(old == nil && breaker.state == .halfOpen)
        answer(&breaker, to: breaker.begin(), retryAfterMilliseconds: 0)
        #expect(breaker.state == .closed)
    }
}
