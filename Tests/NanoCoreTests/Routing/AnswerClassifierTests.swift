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

    @Test(arguments: [200, 207])
    func `an event that a batch's answer rejects is judged by its own status`(status: Int) {
        let answer = PartialAnswer(
            accepted: 1,
            rejected: [
                .init(id: "b", status: 422), .init(id: "c", status: 503),
                .init(id: "x", status: 400), .init(id: "b", status: 500),
                .init(id: "d", status: 200),
            ])
        let outcomes = AnswerClassifier.outcomes(
            status: status, ids: ["a", "b", "c", "d"], answer: answer)
        #expect(outcomes == [.delivered, .deadLetter, .retry, .delivered])
    }

    @Test(arguments: [(201, DeliveryOutcome.delivered), (500, .retry), (413, .deadLetter)])
    func `other answers speak for the whole batch`(status: Int, outcome: DeliveryOutcome) {
        let answer = PartialAnswer(accepted: 0, rejected: [.init(id: "a", status: 400)])
        #expect(
            AnswerClassifier.outcomes(status: status, ids: ["a", "b"], answer: answer)
                == [outcome, outcome])
        #expect(
            AnswerClassifier.outcomes(status: 200, ids: ["a", "b"], answer: nil)
                == [.delivered, .delivered])
    }

    @Test func `identities are compared as bytes`() {
        let answer = PartialAnswer(accepted: 0, rejected: [.init(id: "e\u{301}", status: 400)])
        #expect(
            AnswerClassifier.outcomes(status: 200, ids: ["é"], answer: answer) == [.delivered])
    }
}
