import NanoCore
import Testing

@Suite struct ReplayLossTests {
    /// 2026-01-01 00:00:42Z.
    private let forgotten: UInt32 = 1_767_225_642

    @Test func `a loss lasts until a right clock is past what was forgotten`() throws {
        let first = try #require(ReplayLoss(forgotten: forgotten, unixSeconds: 1_767_225_600))
        #expect(first.secondsLeft == 43)
        #expect(
            first.sentence
                == "the replay memory was lost: frames sent before 00:00:43Z are refused, 43 s left"
        )
        let last = try #require(ReplayLoss(forgotten: forgotten, unixSeconds: Int64(forgotten)))
        #expect(last.secondsLeft == 1)
        #expect(ReplayLoss(forgotten: forgotten, unixSeconds: Int64(forgotten) + 1) == nil)
    }

    @Test func `nothing forgotten is no loss`() {
        #expect(ReplayLoss(forgotten: nil, unixSeconds: 0) == nil)
    }

    @Test func `a clock that was set back by days makes it long, and is said in days`() throws {
        let loss = try #require(
            ReplayLoss(forgotten: forgotten, unixSeconds: Int64(forgotten) - 5 * 86_400))
        #expect(loss.sentence.hasSuffix("are refused, 5 d left"))
    }
}
