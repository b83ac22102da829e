import NanoCore
import Testing

@Suite struct TokenBucketTests {
    static let second: UInt64 = 1_000_000_000

    @Test(arguments: [0.5, 1, 8, 1_000])
    func `after a burst each period brings one token back, and not before`(rate: Double) {
        let rate = Rate(framesPerSecond: rate, burstFrames: 3)
        let period = UInt64(1e9 / rate.framesPerSecond)
        var bucket = TokenBucket(rate, now: 0)
        for _ in 0..<3 { #expect(bucket.take(rate, now: 0)) }
        #expect(!bucket.take(rate, now: 0))
        #expect(!bucket.take(rate, now: period * 99 / 100))
        #expect(bucket.take(rate, now: period * 101 / 100))
        #expect(!bucket.take(rate, now: period * 101 / 100))
    }

    @Test func `a long pause brings back no more than the burst`() {
        let rate = Rate(framesPerSecond: 100, burstFrames: 2)
        var bucket = TokenBucket(rate, now: 0)
        #expect(bucket.take(rate, now: 3_600 * Self.second))
        #expect(bucket.take(rate, now: 3_600 * Self.second))
        #expect(!bucket.take(rate, now: 3_600 * Self.second))
    }

    @Test func `a clock that steps back refills nothing and takes nothing away`() {
        let rate = Rate(framesPerSecond: 1, burstFrames: 2)
        var bucket = TokenBucket(rate, now: 100 * Self.second)
        #expect(bucket.take(rate, now: 100 * Self.second))
        #expect(bucket.take(rate, now: 0))
        #expect(!bucket.take(rate, now: 50 * Self.second))
        #expect(!bucket.take(rate, now: 100 * Self.second))
        #expect(bucket.take(rate, now: 101 * Self.second))
    }

    @Test func `asking takes nothing and tells the wait`() {
        let rate = Rate(framesPerSecond: 4, burstFrames: 1)
        var bucket = TokenBucket(rate, now: 0)
        #expect(bucket.hasToken(rate, now: 0))
        #expect(bucket.secondsUntilToken(rate) == 0)
        #expect(bucket.take(rate, now: 0))
        #expect(!bucket.hasToken(rate, now: 0))
        #expect(bucket.secondsUntilToken(rate) == 0.25)
    }
}
