/// What becomes of an event after one attempt to deliver it.
public enum DeliveryOutcome: Equatable, Sendable {
    case delivered
    /// The fault may pass: try again.
    case retry
    /// The receiver will never take it: keep it aside with the answer that condemned it.
    case deadLetter
}

/// Turns answers of receivers into outcomes (`docs/protocol.md`, "Delivery").
public enum AnswerClassifier {
    /// The outcome of one answer, for every event in the request.
    ///
    /// Answers that HTTP knows but this exchange does not (1xx, 3xx, and what is no status) say
    /// nothing about the event, but that something between here and the receiver is set up
    /// wrongly. They are retried: the events wait until that is mended.
    public static func outcome(status: Int) -> DeliveryOutcome {
        switch status {
        case 200...299: .delivered
        case 408, 425, 429: .retry
        case 400...499: .deadLetter
        default: .retry
        }
    }

    /// Whether an answer that condemns a batch may do so for the sake of one event in it.
    ///
    /// Some statuses speak of credentials, path, method, media type or connection: the same for
    /// every event, alone or with others.
    public static func mayConcernOneEvent(status: Int) -> Bool {
        ![401, 404, 405, 406, 407, 410, 411, 414, 415, 421, 426, 431].contains(status)
    }

    /// What becomes of each event of a batch, of which the receiver says that it took some.
    ///
    /// An event is delivered only when the receiver says so: it is not among those that were
    /// rejected, everything in the answer could be read, and accepted and rejected events together
    /// are as many as were sent. An event in doubt is tried again, since the receiver knows a
    /// repetition by its identity; nothing is given up on a guess.
    ///
    /// - Parameters:
    ///   - ids: Identities of the events sent.
    ///   - answer: Identities in it that were not sent are no event of this batch; of two that are
    ///     the same the first counts. An event rejected with a status of success was delivered.
    public static func verdict(ids: [String], answer: PartialAnswer) -> BatchVerdict {
        let said = Dictionary(
            answer.rejected.map { (Array($0.id.utf8), $0) }, uniquingKeysWith: { first, _ in first }
        )
        var verdict = BatchVerdict(all: .delivered, count: ids.count)
        for (place, id) in ids.enumerated() {
            guard let rejection = said[Array(id.utf8)] else { continue }
            verdict.rejections[place] = rejection
            verdict.outcomes[place] = rejection.status.map(outcome(status:)) ?? .retry
            if rejection.status == nil { verdict.doubtful += 1 }
        }
        let named = verdict.rejections.count
        let isComplete =
            answer.accepted.map { $0 == ids.count - named } ?? (said.count == named)
        guard answer.hasUnreadableParts || !isComplete else { return verdict }
        for place in ids.indices where verdict.rejections[place] == nil {
            verdict.outcomes[place] = .retry
        }
        verdict.doubtful += ids.count - named
        return verdict
    }
}
