/// What a receiver says about the events of a batch that it did not take, as far as it could be read
/// (`docs/protocol.md`, "Delivery").
public struct PartialAnswer: Equatable, Sendable {
    /// One event that was not taken.
    public struct Rejection: Equatable, Sendable {
        /// The event's identity.
        public var id: String
        /// An HTTP status, judged like that of a single answer; nil when there was none to read.
        public var status: Int?
        /// The receiver's words, for the dead letter.
        public var reason: String

        /// An event with the status that rejects it.
        public init(id: String, status: Int?, reason: String = "") {
            self.id = id
            self.status = status
            self.reason = reason
        }
    }

    /// Number of events that were taken; nil when the receiver does not say.
    public var accepted: Int?
    /// The events that were not, as far as they have an id.
    public var rejected: [Rejection]
    /// Whether there was more that could not be read, so that any event may be meant by it.
    public var hasUnreadableParts: Bool

    /// An answer with these parts.
    public init(accepted: Int?, rejected: [Rejection], hasUnreadableParts: Bool = false) {
        self.accepted = accepted
        self.rejected = rejected
        self.hasUnreadableParts = hasUnreadableParts
    }

    /// An answer that ought to speak of single events and can't be understood.
    public static let unreadable = PartialAnswer(
        accepted: nil, rejected: [], hasUnreadableParts: true)
}

/// What a receiver's answer means for each event of a batch.
public struct BatchVerdict: Equatable, Sendable {
    /// In the order of the batch.
    public var outcomes: [DeliveryOutcome]
    /// What the receiver said about single events, by their place in the batch.
    public var rejections: [Int: PartialAnswer.Rejection] = [:]
    /// Events that the answer leaves in doubt; they are tried again.
    public var doubtful = 0

    /// The same for all.
    public init(all outcome: DeliveryOutcome, count: Int) {
        outcomes = Array(repeating: outcome, count: count)
    }
}
