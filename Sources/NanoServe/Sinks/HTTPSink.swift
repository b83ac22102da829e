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
    /// The key that every item of a list of rejections has.
    private static let rejectedItem = Array("\"id\"".utf8)

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
        guard let partial = partialAnswer(status, response.body) else {
            let outcome = AnswerClassifier.outcome(status: status)
            return describe(response, in: .all(outcome, of: batch))
        }
        let outcomes = AnswerClassifier.outcomes(
            status: status, ids: HTTPWire.ids(of: batch), answer: partial)
        return describe(response, in: SinkAnswer(outcomes: outcomes))
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

    /// What the answer says about single events, if it says anything: most say none was rejected,
    /// and need no decoding.
    private func partialAnswer(_ status: Int, _ body: ByteBuffer) -> PartialAnswer? {
        guard takesBatches, status == 200 || status == 207,
            Self.names(Self.rejectedItem, in: body.readableBytesUInt8Span)
        else { return nil }
        return try? JSONDecoder().decode(PartialAnswer.self, from: Data(body.readableBytesView))
    }

    private static func names(_ key: [UInt8], in text: Span<UInt8>) -> Bool {
        guard text.count >= key.count else { return false }
        return (0...text.count - key.count).contains { start in
            key.indices.allSatisfy { text[start + $0] == key[$0] }
        }
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
