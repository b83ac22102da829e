import NanoCore

/// Where a route's packets end.
protocol Sink: Sendable {
    /// Tries once to deliver a batch.
    func deliver(_ batch: DeliveryBatch) async -> SinkAnswer
}

/// What became of one attempt.
struct SinkAnswer: Sendable {
    /// For each item of the batch, in its order.
    var outcomes: [DeliveryOutcome]
    /// What went wrong, in a few words without anything secret; empty when all was delivered.
    var error = ""
    /// What the destination asked for (RFC 9110 §10.2.3).
    var retryAfterMilliseconds: Int64?
    /// The beginning of the answer that condemned items.
    var excerpt = ""

    /// The same outcome for all.
    static func all(
        _ outcome: DeliveryOutcome, of batch: DeliveryBatch, error: String = ""
    ) -> SinkAnswer {
        SinkAnswer(
            outcomes: Array(repeating: outcome, count: batch.items.count), error: error)
    }

    func places(_ outcome: DeliveryOutcome) -> [Int] {
        outcomes.indices.filter { outcomes[$0] == outcome }
    }
}
