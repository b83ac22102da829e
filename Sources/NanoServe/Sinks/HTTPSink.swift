import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NanoCore

/// Delivers to an HTTP endpoint.
final class HTTPSink: Sink {
    private let connections: HTTPConnections
    private let timeoutMilliseconds: Int
    /// Whether events go in arrays.
    private let takesBatches: Bool
    private let head: HTTPRequestHead
    private let allocator = ByteBufferAllocator()
    /// Where bodies are written; it keeps its memory.
    private var scratch: [UInt8] = []

    private static let excerptBytes = 256

    init(connections: HTTPConnections, timeoutMilliseconds: Int, takesBatches: Bool) {
        self.connections = connections
        self.timeoutMilliseconds = timeoutMilliseconds
        self.takesBatches = takesBatches
        head = HTTPRequestHead(
            version: .http1_1, method: .POST, uri: connections.target.path,
            headers: [
                "Host": connections.target.authority,
                "Content-Type": "application/json",
                "User-Agent": "nanogridata/\(Release.version)",
            ])
    }

    func deliver(_ batch: DeliveryBatch, completion: @escaping (SinkAnswer) -> Void) {
        let request = request(for: batch)
        connections.send(request) { result in
            switch result {
            case .success(let answer): completion(self.answer(to: batch, answer))
            case .failure(let error):
                completion(.all(.retry, of: batch, error: self.describe(error)))
            }
        }
    }

    func stop() {
        connections.stop()
    }

    private func request(for batch: DeliveryBatch) -> HTTPExchange {
        scratch.removeAll(keepingCapacity: true)
        HTTPWire.appendBody(of: batch, asArray: takesBatches, into: &scratch)
        var head = head
        head.headers.add(
            name: "Idempotency-Key", value: HTTPWire.key(of: batch, asArray: takesBatches))
        head.headers.add(name: "Content-Length", value: String(scratch.count))
        return HTTPExchange(
            head: head, body: allocator.buffer(bytes: scratch),
            deadline: .now() + .milliseconds(Int64(timeoutMilliseconds)))
    }

    private func answer(to batch: DeliveryBatch, _ response: HTTPAnswer) -> SinkAnswer {
        let status = Int(response.head.status.code)
        let count = batch.items.count
        guard takesBatches,
            let partial = PartialAnswerReader.read(
                status: status, body: response.body, isCut: response.isCut, count: count)
        else {
            let outcome = AnswerClassifier.outcome(status: status)
            var answer = describe(response, in: .all(outcome, of: batch))
            answer.mayConcernFewer =
                outcome == .deadLetter && count > 1
                && AnswerClassifier.mayConcernOneEvent(status: status)
            return answer
        }
        let verdict = AnswerClassifier.verdict(ids: HTTPWire.ids(of: batch), answer: partial)
        var answer = describe(
            response,
            in: SinkAnswer(outcomes: verdict.outcomes, rejections: verdict.rejections))
        if verdict.doubtful > 0 {
            answer.error +=
                ", but the answer does not say what became of \(verdict.doubtful) of "
                + "\(count) events"
        }
        return answer
    }

    /// Adds the answer's own words, unless everything was delivered.
    private func describe(_ response: HTTPAnswer, in answer: SinkAnswer) -> SinkAnswer {
        guard answer.outcomes.contains(where: { $0 != .delivered }) else { return answer }
        var answer = answer
        let excerpt = String(
            decoding: response.body.readableBytesView.prefix(Self.excerptBytes), as: UTF8.self)
        answer.excerpt = SafeText.escaped(excerpt)
        let status = response.head.status
        answer.error = SafeText.escaped("\(status.code) \(status.reasonPhrase)")
        answer.retryAfterMilliseconds = response.head.headers.first(name: "Retry-After").flatMap {
            RetryAfter.milliseconds($0, now: Moment.now.unixMilliseconds)
        }
        return answer
    }

    private func describe(_ error: any Error) -> String {
        switch error {
        case HTTPFault.timeout, ChannelError.connectTimeout:
            "timeout after \(timeoutMilliseconds) ms"
        case HTTPFault.closed: "the connection was closed before an answer came"
        case HTTPFault.stopped: "the gateway stops"
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { describe($0.error) } ?? describe(unresolved: error)
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case let error as HTTPParserError: "no HTTP answer: \(error)"
        case NIOSSLError.handshakeFailed(let cause): "TLS handshake failed: \(describe(tls: cause))"
        default: SafeText.escaped(String(describing: error))
        }
    }

    /// The library's name for the fault, without numbers and the place in its sources.
    private func describe(tls cause: BoringSSLError) -> String {
        let text = String(describing: cause)
        guard let name = text.firstRange(of: ":OPENSSL_internal:")?.upperBound else {
            return SafeText.escaped(text)
        }
        return text[name...].prefix { $0.isLetter || $0 == "_" || $0.isNumber }
            .replacing("_", with: " ").lowercased()
    }

    private func describe(unresolved error: NIOConnectionError) -> String {
        "\(error.host) cannot be resolved"
    }
}
