import NanoCore
import Testing

@testable import NanoServe

/// What attempts tell of a destination.
@Suite struct AttemptTallyTests {
    private let nothing = SinkAnswer(outcomes: [.retry])
    private let all = SinkAnswer(outcomes: [.delivered])

    @Test func `attempts that fail are counted until one succeeds`() {
        var tally = AttemptTally()
        for count in 1...3 {
            let hasFailed = tally.note(nothing, to: DeliveryBatch())
            #expect(hasFailed && tally.failuresInARow == count)
        }
        let hasFailed = tally.note(all, to: DeliveryBatch())
        #expect(!hasFailed && tally.failuresInARow == 0 && tally.taken == 1)
    }

    @Test func `a batch that fails once more tells something as long as nothing else is taken`() {
        var tally = AttemptTally()
        var batch = DeliveryBatch()
        batch.takenBefore = tally.taken
        let isAlone = tally.note(nothing, to: batch)
        _ = tally.note(all, to: DeliveryBatch())
        let isBesideOthers = tally.note(nothing, to: batch)
        #expect(isAlone && !isBesideOthers)
        var told = nothing
        told.retryAfterMilliseconds = 1_000
        let asksForTime = tally.note(told, to: batch)
        #expect(asksForTime)
    }

    @Test func `the rest of a batch that was looked at event by event tells nothing`() {
        var tally = AttemptTally()
        var batch = DeliveryBatch()
        var answer = nothing
        answer.rejections = [0: PartialAnswer.Rejection(id: "a", status: 503, reason: "")]
        let atFirst = tally.note(answer, to: batch)
        // However often it came back to the journal meanwhile.
        (batch.takenBefore, batch.failures) = (0, 0)
        let again = tally.note(answer, to: batch)
        #expect(atFirst && !again)
    }
}
