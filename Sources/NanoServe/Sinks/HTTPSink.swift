import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import NanoCore

/// Delivers to an HTTP endpoint.
struct HTTPSink: Sink {
    let client: HTTPClient
    let url: String
    let timeoutMilliseconds: Int
    /// Whether events go in arrays.
    let takesBatches: Bool

    private static let maximumAnswerBytes = 1 << 20
    private static let excerptBytes = 256
    /// The key that every item of a list of rejections has.
    private static let rejectedItem = Array("\"id\"".utf8)

    func deliver(_ batch: DeliveryBatch) async -> SinkAnswer {
        let wire = HTTPWire.request(for: batch, asArray: takesBatches)
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Idempotency-Key", value: wire.idempotencyKey)
        request.headers.add(name: "User-Agent", value: "nanogridata/\(Release.version)")
        request.body = .bytes(ByteBuffer(bytes: wire.body))
        do {
            // The deadline is for the whole exchange, the answer's body included.
            let deadline = NIODeadline.now() + .milliseconds(Int64(timeoutMilliseconds))
            let response = try await client.execute(request, deadline: deadline)
            let body = try await response.body.collect(upTo: Self.maximumAnswerBytes)
            return answer(to: batch, wire.ids, response, body)
        } catch {
            return .all(.retry, of: batch, error: describe(error))
        }
    }

    private func answer(
        to batch: DeliveryBatch, _ ids: [String], _ response: HTTPClientResponse, _ body: ByteBuffer
    ) -> SinkAnswer {
        let status = Int(response.status.code)
        let partial = partialAnswer(status, body)
        let outcomes = AnswerClassifier.outcomes(status: status, ids: ids, answer: partial)
        var answer = SinkAnswer(outcomes: outcomes)
        guard outcomes.contains(where: { $0 != .delivered }) else { return answer }
        let excerpt = String(
            decoding: body.readableBytesView.prefix(Self.excerptBytes), as: UTF8.self)
        answer.excerpt = SafeText.escaped(excerpt)
        answer.error = "\(status) \(response.status.reasonPhrase)"
        answer.retryAfterMilliseconds = HTTPWire.retryAfterMilliseconds(
            response.headers.first(name: "Retry-After"))
        return answer
    }

    /// What the answer says about single events, if it says anything: most say none was rejected,
    /// and need no decoding.
    private func partialAnswer(_ status: Int, _ body: ByteBuffer) -> PartialAnswer? {
        guard takesBatches, status == 200 || status == 207,
            body.readableBytesView.firstRange(of: Self.rejectedItem) != nil
        else { return nil }
        return try? JSONDecoder().decode(PartialAnswer.self, from: Data(body.readableBytesView))
    }

    private func describe(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError
        where error == .deadlineExceeded
            || error == .connectTimeout || error == .readTimeout:
            "timeout after \(timeoutMilliseconds) ms"
        case let error as HTTPClientError: error.shortDescription
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { "cannot connect: \($0.error)" } ?? "cannot connect"
        case let error as IOError: String(cString: strerror(error.errnoCode))
        default: String(describing: type(of: error))
        }
    }
}
