import NanoCore
import Testing

/// What an answer means for the events it answers.
@Suite struct AnswerClassifierTests {
    @Test(arguments: [
        (200, DeliveryOutcome.delivered), (204, .delivered), (299, .delivered),
        (408, .retry), (425, .retry), (429, .retry), (500, .retry), (503, .retry), (599, .retry),
        (400, .deadLetter), (401, .deadLetter), (404, .deadLetter), (422, .deadLetter),
        (426, .deadLetter), (499, .deadLetter), (302, .retry), (100, .retry), (0, .retry),
    ])
    func `a status has one outcome`(status: Int, outcome: DeliveryOutcome) {
        #expect(AnswerClassifier.outcome(status: status) == outcome)
    }

    @Test func `an event that a batch's answer rejects is judged by its own status`() {
        let answer = PartialAnswer(
            accepted: 1,
            rejected: [
                .init(id: "b", status: 422, reason: "no"), .init(id: "c", status: 503),
                .init(id: "x", status: 400), .init(id: "b", status: 500),
                .init(id: "d", status: 200),
            ])
        let verdict = AnswerClassifier.verdict(ids: ["a", "b", "c", "d"], answer: answer)
        #expect(verdict.outcomes == [.delivered, .deadLetter, .retry, .delivered])
        #expect(verdict.rejections[1]?.reason == "no" && verdict.rejections[0] == nil)
        #expect(verdict.doubtful == 0)
    }

    @Test(arguments: [
        PartialAnswer(accepted: 1, rejected: [.init(id: "b", status: 422)]),
        PartialAnswer(accepted: 3, rejected: [.init(id: "b", status: 422)]),
        PartialAnswer(
            accepted: nil, rejected: [.init(id: "b", status: 422), .init(id: "?", status: 400)]),
        PartialAnswer(
            accepted: 2, rejected: [.init(id: "b", status: 422)], hasUnreadableParts: true),
    ])
    func `events that an answer does not account for are tried again`(answer: PartialAnswer) {
        let verdict = AnswerClassifier.verdict(ids: ["a", "b", "c"], answer: answer)
        #expect(verdict.outcomes == [.retry, .deadLetter, .retry])
        #expect(verdict.doubtful == 2)
    }

    @Test func `an event rejected without a status is tried again, the others are delivered`() {
        let answer = PartialAnswer(accepted: 2, rejected: [.init(id: "b", status: nil)])
        let verdict = AnswerClassifier.verdict(ids: ["a", "b", "c"], answer: answer)
        #expect(verdict.outcomes == [.delivered, .retry, .delivered])
        #expect(verdict.doubtful == 1)
    }

    @Test func `of an answer that cannot be read nothing is believed`() {
        let verdict = AnswerClassifier.verdict(ids: ["a", "b"], answer: .unreadable)
        #expect(verdict.outcomes == [.retry, .retry])
    }

    @Test func `identities are compared as bytes`() {
        let answer = PartialAnswer(accepted: 1, rejected: [.init(id: "e\u{301}", status: 400)])
        #expect(AnswerClassifier.verdict(ids: ["é"], answer: answer).outcomes == [.delivered])
    }
}
