import NanoCore
import Testing

/// Finding out how much a destination bears.
@Suite struct ConcurrencyLimitTests {
    @Test func `a destination that is slower for good, whatever comes, gets all again`() {
        var limit = ConcurrencyLimit(ceiling: 16)
        var now: UInt64 = 0
        func answer(after milliseconds: UInt64, rounds: Int) {
            for _ in 0..<rounds {
                let sentAt = now
                now += milliseconds * 1_000_000
                for _ in 0..<limit.current { limit.noteAnswer(sentAt: sentAt, now: now) }
            }
        }
        answer(after: 5, rounds: 200)
        #expect(limit.current == 16)
        answer(after: 1_500, rounds: 100)
        #expect(limit.current == 16)
    }

    static let millisecond: UInt64 = 1_000_000

    @Test(arguments: [(1, 1), (2, 1), (3, 1), (16, 8), (1_024, 512)])
    func `push-back halves the limit, once for all requests of a round`(before: Int, after: Int) {
        var limit = ConcurrencyLimit(ceiling: before)
        #expect(limit.current == before)
        for number in 0..<UInt64(before) { limit.notePushBack(sentAt: number, now: 2_000 + number) }
        #expect(limit.current == after)
    }

    @Test func `a destination that stays away is left with one request`() {
        var limit = ConcurrencyLimit(ceiling: 16)
        for round in UInt64(1)...20 { limit.notePushBack(sentAt: round * 10, now: round * 10 + 5) }
        #expect(limit.current == 1)
    }

    @Test func `answers in time bring the limit back to its ceiling, not above`() {
        var limit = ConcurrencyLimit(ceiling: 8)
        for round in UInt64(1)...4 { limit.notePushBack(sentAt: round * 10, now: round * 10 + 5) }
        limit.noteAnswer(sentAt: 100, now: 110)
        #expect(limit.current == 2, "one more for a round of one")
        for number in UInt64(0)..<100 { limit.noteAnswer(sentAt: 200 + number, now: 210 + number) }
        #expect(limit.current == 8)
    }

    @Test(arguments: [(2, true), (15, true), (200, false)])
    func `only answers that get much slower lower the limit`(later: UInt64, stays: Bool) {
        var limit = ConcurrencyLimit(ceiling: 10)
        var now: UInt64 = 0
        for took in [UInt64](repeating: 2, count: 50) + [UInt64](repeating: later, count: 50) {
            limit.noteAnswer(sentAt: now, now: now + took * Self.millisecond)
            now += (took + 1) * Self.millisecond
        }
        #expect((limit.current == 10) == stays)
    }

    @Test func `answers that TCP holds back, but for the first of a connection, are not slow`() {
        var limit = ConcurrencyLimit(ceiling: 16)
        limit.notePushBack(sentAt: 0, now: 1)
        var now: UInt64 = 10
        for number in 0..<400 {
            let took = (number % 50 < 8 ? 2 : 44) * Self.millisecond
            limit.noteAnswer(sentAt: now, now: now + took)
            now += took
        }
        #expect(limit.current == 16)
    }

    @Test func `the limit stays within its bounds whatever happens`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededNumbers(seed: seed)
        for ceiling in [1, 2, 7, 1_024] {
            var limit = ConcurrencyLimit(ceiling: ceiling)
            for _ in 0..<5_000 {
                let sent = UInt64.random(in: 0...UInt64.max, using: &random)
                let now = UInt64.random(in: 0...UInt64.max, using: &random)
                if Bool.random(using: &random) {
                    limit.noteAnswer(sentAt: sent, now: now)
                } else {
                    limit.notePushBack(sentAt: sent, now: now)
                }
                #expect((1...ceiling).contains(limit.current), "seed \(seed)")
            }
        }
    }
}
