import Foundation
import NIOCore
import NIOHTTP1
import NanoCore

/// Delivers to an InfluxDB of version 1 or 2, or what speaks like one.
final class InfluxSink: Sink {
    private let connections: HTTPConnections
    private let report: HTTPReport
    private let profiles: [ModelID: Profile]
    private let head: HTTPRequestHead
    /// Where bodies are written; it keeps its memory.
    private var scratch: [UInt8] = []

    init(
        connections: HTTPConnections, access: HTTPAccess, timeoutMilliseconds: Int,
        profiles: [ModelID: Profile]
    ) {
        self.connections = connections
        self.profiles = profiles
        report = HTTPReport(access: access, timeoutMilliseconds: timeoutMilliseconds)
        head = .post(to: connections.target, "text/plain; charset=utf-8", access)
    }

    func deliver(_ batch: DeliveryBatch, completion: @escaping (SinkAnswer) -> Void) {
        scratch.removeAll(keepingCapacity: true)
        InfluxWire.appendLines(of: batch, profiles: profiles, into: &scratch)
        let request = HTTPExchange(
            head, body: scratch, timeoutMilliseconds: report.timeoutMilliseconds)
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

    private func answer(to batch: DeliveryBatch, _ response: HTTPAnswer) -> SinkAnswer {
        let status = Int(response.head.status.code)
        let body = status == 204 ? [:] : Self.object(in: response)
        let outcome = Self.outcome(
            status: status, saysError: Self.error(in: body) != nil || response.isCoded,
            isPage: response.isPage)
        var answer = report.describe(response, in: .all(outcome, of: batch))
        // What has to be mended is said by the body alone: which database is not there.
        if outcome == .retry, let words = body["message"] as? String ?? Self.error(in: body) {
            answer.error += ": " + SafeText.shortened(report.redaction.redacted(words), to: 200)
        }
        answer.mayConcernFewer = outcome == .deadLetter && batch.items.count > 1
        return answer
    }

    private static func object(in response: HTTPAnswer) -> [String: Any] {
        let json = try? JSONSerialization.jsonObject(with: Data(response.body.readableBytesView))
        return json as? [String: Any] ?? [:]
    }

    /// The error that a body has in it, by version 1 in one of its results.
    static func error(in body: [String: Any]) -> String? {
        let results = body["results"] as? [[String: Any]] ?? []
        let errors = [body["error"] as? String] + results.map { $0["error"] as? String }
        return errors.compactMap(\.self).first { !$0.isEmpty }
    }

    /// The outcome of an answer, for every event in the request.
    ///
    /// Only what speaks of the lines themselves condemns: 400 and 422 name lines that can't be read
    /// or don't fit, 413 a body that is too large. A wrong token, a database or a path that is not
    /// there concern all events alike and can be mended, so the events wait. An InfluxDB answers
    /// 204, what speaks like one any success; but an error that comes with a success (version 1
    /// had such), and a page for people, say that nothing was written.
    ///
    /// - Parameters:
    ///   - saysError: Whether the body has an error in it, or is in a coding, and may have one.
    ///   - isPage: Whether the body is HTML, as of a proxy that asks for a login.
    static func outcome(
        status: Int, saysError: Bool = false, isPage: Bool = false
    ) -> DeliveryOutcome {
        switch status {
        case 204: .delivered
        case 200..<300: saysError || isPage ? .retry : .delivered
        case 400, 413, 422: .deadLetter
        default: .retry
        }
    }
}
