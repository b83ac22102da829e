import Testing

@testable import NanoServe

/// Whether a gateway keeps a console waiting, or the console was away.
@Suite struct OwedAnswerTests {
    private static let second: UInt64 = 1_000_000_000

    /// Ticks four times a second, up to a time.
    private func run(_ owed: inout OwedAnswer, from start: UInt64, seconds: UInt64) {
        for quarter in 1...(seconds * 4) {
            owed.tick(now: start + quarter * Self.second / 4)
        }
    }

    @Test func `a gateway that keeps a question waiting owes an answer from when it was asked`() {
        var owed = OwedAnswer(now: 0)
        run(&owed, from: 0, seconds: 10)
        #expect(owed.seconds == 0, "nothing was asked")
        owed.ask()
        run(&owed, from: 10 * Self.second, seconds: 3)
        // It is asked again because there was a fault; that is no answer.
        owed.ask()
        run(&owed, from: 13 * Self.second, seconds: 3)
        #expect(owed.seconds == 6)
        owed.noteAnswer()
        #expect(owed.seconds == 0)
        run(&owed, from: 16 * Self.second, seconds: 3)
        #expect(owed.seconds == 0)
    }

    @Test func `a console that was stopped has not waited meanwhile`() {
        var owed = OwedAnswer(now: 0)
        owed.ask()
        run(&owed, from: 0, seconds: 2)
        owed.tick(now: 602 * Self.second)
        #expect(owed.seconds == 3)
        run(&owed, from: 602 * Self.second, seconds: 2)
        #expect(owed.seconds == 5)
    }

    @Test func `a clock that steps back is no waiting`() {
        var owed = OwedAnswer(now: 9 * Self.second)
        owed.ask()
        owed.tick(now: 8 * Self.second)
        #expect(owed.seconds == 0)
        owed.tick(now: 9 * Self.second)
        #expect(owed.seconds == 1)
    }
}
