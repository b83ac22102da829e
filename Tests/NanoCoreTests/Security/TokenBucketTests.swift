import NanoCore
import Testing

@Suite struct TokenBucketTests {
    static let second: UInt64 = 1_000_000_000

    static func take(_ bucket: inout TokenBucket, _ rate: Rate, _ now: UInt64) -> Bool {
        bucket.take(rate, now: now)
    }

    @Test(arguments: [0.5, 1, 8, 1_000])
    func `after a burst each period brings one token back, and not before`(rate: Double) {
        let rate = Rate(framesPerSecond: rate, burstFrames: 3)
        let period = UInt64(1e9 / rate.framesPerSecond)
        var bucket = TokenBucket(rate, now: 0)
        for _ in 0..<3 { #expect(Self.take(&bucket, rate, 0)) }
        #expect(!Self.take(&bucket, rate, 0))
        #expect(!Self.take(&bucket, rate, period * 99 / 100))
        #expect(Self.take(&bucket, rate, period * 101 / 100))
        #expect(!Self.take(&bucket, rate, period * 101 / 100))
    }

    @Test func `a long pause brings back no more than the burst`() {
        let rate = Rate(framesPerSecond: 100, burstFrames: 2)
        var bucket = TokenBucket(rate, now: 0)
        #expect(Self.take(&bucket, rate, 3_600 * Self.second))
        #expect(Self.take(&bucket, rate, 3_600 * Self.second))
        #expect(!Self.take(&bucket, rate, 3_600 * Self.second))
    }

    @Test func `a clock that steps back refills nothing and takes nothing away`() {
        let rate = Rate(framesPerSecond: 1, burstFrames: 2)
        var bucket = TokenBucket(rate, now: 100 * Self.second)
        #expect(Self.take(&bucket, rate, 100 * Self.second))
        #expect(Self.take(&bucket, rate, 0))
        #expect(!Self.take(&bucket, rate, 50 * Self.second))
        #expect(!Self.take(&bucket, rate, 100 * Self.second))
        #expect(Self.take(&bucket, rate, 101 * Self.second))
    }

    @Test func `asking takes nothing and tells the wait`() {
        let rate = Rate(framesPerSecond: 4, burstFrames: 1)
        var bucket = TokenBucket(rate, now: 0)
        let had = bucket.hasToken(rate, now: 0)
        #expect(had)
        #expect(bucket.secondsUntilToken(rate) == 0)
        #expect(Self.take(&bucket, rate, 0))
        let has = bucket.hasToken(rate, now: 0)
        #expect(!has)
        #expect(bucket.secondsUntilToken(rate) == 0.25)
    }
}
