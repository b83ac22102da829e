import NanoCore
import Testing

/// Waiting before a retry.
@Suite struct RetryPolicyTests {
    static let policy = RetryPolicy(
        baseMilliseconds: 100, capMilliseconds: 5_000, retryAfterCapMilliseconds: 60_000)

    @Test(arguments: [
        (0, 100), (1, 100), (2, 200), (3, 400), (6, 3_200), (7, 5_000), (64, 5_000),
        (Int.max, 5_000),
    ])
    func `the ceiling doubles with each failure up to the cap`(failures: Int, most: Int) {
        #expect(Self.policy.ceilingMilliseconds(failures: failures) == Int64(most))
    }

    @Test func `waits are spread over all of the time below the ceiling`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededNumbers(seed: seed)
        let waits = (0..<2_000).map { _ in
            Self.policy.delayMilliseconds(failures: 4, using: &random)
        }
        #expect(waits.allSatisfy { (0...800).contains($0) }, "seed \(seed)")
        for quarter in 0..<4 {
            let count = waits.filter { $0 / 201 == quarter }.count
            #expect((350...650).contains(count), "seed \(seed), quarter \(quarter): \(count)")
        }
    }

    @Test func `a receiver's Retry-After is honoured up to a bound`() {
        var random = SeededNumbers(seed: 1)
        for _ in 0..<200 {
            let asked = Self.policy.delayMilliseconds(
                failures: 1, retryAfterMilliseconds: 7_000, using: &random)
            #expect((7_000...7_100).contains(asked))
            let tooMuch = Self.policy.delayMilliseconds(
                failures: 1, retryAfterMilliseconds: .max, using: &random)
            #expect((60_000...60_100).contains(tooMuch))
            let nonsense = Self.policy.delayMilliseconds(
                failures: 1, retryAfterMilliseconds: -5, using: &random)
            #expect((0...100).contains(nonsense))
        }
    }

    @Test func `a cap near the largest number overflows nowhere`() {
        let policy = RetryPolicy(
            baseMilliseconds: 3, capMilliseconds: .max, retryAfterCapMilliseconds: .max)
        var random = SeededNumbers(seed: 2)
        for failures in 0..<80 {
            #expect(policy.ceilingMilliseconds(failures: failures) >= 3)
            let wait = policy.delayMilliseconds(
                failures: failures, retryAfterMilliseconds: .max, using: &random)
            #expect(wait >= 0)
        }
    }
}
