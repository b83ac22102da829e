import NIOCore
import NIOHTTP1
import NanoCore

/// Delivers to an HTTP endpoint.
final class HTTPSink: Sink {
    private let connections: HTTPConnections
    private let report: HTTPReport
    /// Whether events go in arrays.
    private let takesBatches: Bool
    private let head: HTTPRequestHead
    /// Where bodies are written; it keeps its memory.
    private var scratch: [UInt8] = []
    private var reader = PartialAnswerReader()

    init(
        connections: HTTPConnections, access: HTTPAccess, timeoutMilliseconds: Int,
        takesBatches: Bool
    ) {
        self.connections = connections
        self.takesBatches = takesBatches
        var access = access
        access.hide(queryOf: connections.target.path)
        report = HTTPReport(access: access, timeoutMilliseconds: timeoutMilliseconds)
        head = .post(to: connections.target, "application/json", access)
    }

    func deliver(_ batch: DeliveryBatch, completion: @escaping (SinkAnswer) -> Void) {
        let request = request(for: batch)
        connections.send(request) { result in
            switch result {
            case .success(let answer): completion(self.answer(to: batch, answer))
            case .failure(let error):
                completion(self.report.failure(error, of: batch))
            }
        }
    }

    func stop() {
        connections.stop()
    }

    private func request(for batch: DeliveryBatch) -> HTTPExchange {
        scratch.removeAll(keepingCapacity: true)
        HTTPWire.appendBody(
            of: batch, asArray: takesBatches, withIDs: takesBatches, into: &scratch)
        var head = head
        head.headers.add(
            name: "Idempotency-Key", value: HTTPWire.key(of: batch, asArray: takesBatches))
        return HTTPExchange(
            head, body: scratch, timeoutMilliseconds: report.timeoutMilliseconds)
    }

    private func answer(to batch: DeliveryBatch, _ response: HTTPAnswer) -> SinkAnswer {
        let status = Int(response.head.status.code)
        let count = batch.items.count
        guard takesBatches,
            let partial = reader.read(response, count: count)
        else {
            let outcome = AnswerClassifier.outcome(status: status)
            var answer = report.describe(response, in: .all(outcome, of: batch))
            answer.mayConcernFewer =
                outcome == .deadLetter && count > 1
                && AnswerClassifier.mayConcernOneEvent(status: status)
            return answer
        }
        let verdict = AnswerClassifier.verdict(ids: HTTPWire.ids(of: batch), answer: partial)
        var answer = report.describe(
            response,
            in: SinkAnswer(outcomes: verdict.outcomes, rejections: verdict.rejections))
        if verdict.doubtful > 0 {
            answer.error +=
                ", but the answer does not say what became of \(verdict.doubtful) of "
                + "\(count) events"
        }
        return answer
    }
}

extension HTTPRequestHead {
    /// What all requests of a destination begin with.
    static func post(
        to target: HTTPTarget, _ contentType: String, _ access: HTTPAccess
    ) -> HTTPRequestHead {
        var head = HTTPRequestHead(
            version: .http1_1, method: .POST, uri: target.path,
            headers: [
                "Host": target.authority,
                "Content-Type": contentType,
                "User-Agent": "nanogridata/\(Release.version)",
                // What an answer says is read as it comes.
                "Accept-Encoding": "identity",
            ])
        for header in access.headers { head.headers.add(name: header.name, value: header.text) }
        return head
    }
}
