/// What becomes of an event after one attempt to deliver it.
public enum DeliveryOutcome: Equatable, Sendable {
    case delivered
    /// The fault may pass: try again.
    case retry
    /// The receiver will never take it: keep it aside with the answer that condemned it.
    case deadLetter
}

/// What a receiver says about the events of a batch that it did not take
/// (`docs/protocol.md`, "Delivery").
public struct PartialAnswer: Codable, Equatable, Sendable {
    /// One event that was not taken.
    public struct Rejection: Codable, Equatable, Sendable {
        /// The event's identity.
        public var id: String
        /// An HTTP status, judged like that of a single answer.
        public var status: Int
        /// The receiver's words, for the dead letter.
        public var reason: String?

        /// An event with the status that rejects it.
        public init(id: String, status: Int, reason: String? = nil) {
            self.id = id
            self.status = status
            self.reason = reason
        }
    }

    /// Number of events that were taken.
    public var accepted: Int?
    /// The events that were not.
    public var rejected: [Rejection]?

    /// An answer with these parts, of which a receiver may leave out either.
    public init(accepted: Int?, rejected: [Rejection]?) {
        self.accepted = accepted
        self.rejected = rejected
    }
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

    /// The outcome of each event of a batch, in the order of `ids`.
    ///
    /// - Parameters:
    ///   - status: The answer's status. Only 200 and 207 speak of single events.
    ///   - ids: Identities of the events sent.
    ///   - answer: The answer's body; nil when it could not be read as one. Identities in it that
    ///     were not sent are ignored; of two that are the same the first counts. An event rejected
    ///     with a status of success was delivered.
    public static func outcomes(
        status: Int, ids: [String], answer: PartialAnswer?
    ) -> [DeliveryOutcome] {
        let whole = outcome(status: status)
        guard status == 200 || status == 207, let rejected = answer?.rejected, !rejected.isEmpty
        else { return [DeliveryOutcome](repeating: whole, count: ids.count) }
        let statuses = Dictionary(
            rejected.map { (Array($0.id.utf8), $0.status) }, uniquingKeysWith: { first, _ in first }
        )
        return ids.map { id in statuses[Array(id.utf8)].map(outcome(status:)) ?? whole }
    }
}
