import NanoCore

/// Where a route's packets end. Only its route's event loop touches it.
protocol Sink: AnyObject {
    /// Tries once to deliver a batch; the completion is called once, on the event loop.
    func deliver(_ batch: DeliveryBatch, completion: @escaping (SinkAnswer) -> Void)
    /// Gives up what is under way, because the gateway stops.
    func stop()
}

/// What became of one attempt.
struct SinkAnswer: Sendable {
    /// For each item of the batch, in its order.
    var outcomes: [DeliveryOutcome]
    /// What the destination said about single items, by their place in the batch.
    var rejections: [Int: PartialAnswer.Rejection] = [:]
    /// Whether the destination condemned the request as a whole, though perhaps for the sake of a few
    /// of several items: only smaller requests can tell.
    var mayConcernFewer = false
    /// Whether the destination may have looked at the packets; otherwise none of them is to blame.
    var hasReached = true
    /// Whether the destination says that there is too much of everything: more and smaller requests would
    /// make that worse.
    var saysTooMuch = false
    /// What went wrong, in a few words without anything secret; empty when all was delivered.
    var error = ""
    /// The wait before any other request that the destination asked for (RFC 9110 §10.2.3), whatever
    /// became of the items.
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

    /// The same, but that nothing is condemned: it comes again, whatever the destination says.
    ///
    /// - Parameter error: Why.
    func retried(_ error: String) -> SinkAnswer {
        var answer = self
        answer.outcomes = outcomes.map { $0 == .deadLetter ? .retry : $0 }
        (answer.error, answer.rejections, answer.hasReached) = (error, [:], false)
        return answer
    }

    /// Whether nothing is left to do.
    var isDelivered: Bool { outcomes.allSatisfy { $0 == .delivered } }

    /// Whether all of it has to be tried again.
    var hasTakenNothing: Bool { !mayConcernFewer && outcomes.allSatisfy { $0 == .retry } }

    /// Whether one event may be the reason that nothing was taken: the destination has seen them, and neither
    /// named those that it refuses nor asked for time.
    var mayFailForOne: Bool {
        hasTakenNothing && hasReached && rejections.isEmpty && retryAfterMilliseconds == nil
    }

    /// Why an item was condemned: a status, and the destination's reason as it came.
    func condemnation(of place: Int) -> (error: String, reason: String) {
        guard let rejection = rejections[place], let status = rejection.status else {
            return (error, excerpt)
        }
        return ("\(status)", rejection.reason)
    }

    /// ``error``, with what was said first of a single item.
    var report: String {
        guard let place = rejections.keys.min(), let rejection = rejections[place] else {
            return error
        }
        let reason = SafeText.shortened(rejection.reason, to: Self.reportedReason)
        let words = [rejection.status.map(String.init), reason.isEmpty ? nil : reason]
            .compactMap(\.self)
        guard !words.isEmpty else { return error }
        return "\(error) (of single events: \(words.joined(separator: " ")))"
    }

    /// Characters of a reason that are reported.
    private static let reportedReason = 80

    func places(_ outcome: DeliveryOutcome) -> [Int] {
        outcomes.indices.filter { outcomes[$0] == outcome }
    }
}
