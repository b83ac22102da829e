import Foundation
import HTTPTypes
import Hummingbird
public import Logging
public import NIOCore
import NanoCore
public import ServiceLifecycle

/// A receiver in ALBA's or CYCLE's place: takes events over HTTP, validates and counts them, and
/// keeps the last ones.
///
/// `POST /telemetry/ingest` takes what the protocol's section on routes describes. `GET /health`,
/// `/stats` and `/events` show what came.
public struct Collector: Service {
    /// Connections at once that each takes at the least; more are closed as they come.
    public static let leastConnections = 128

    private let service: HTTPService<CollectorAnswers>

    /// - Parameters:
    ///   - name: What it stands for: `ALBA`.
    ///   - host: Where it listens. On the loopback address, or with `hosts`, requests for any other
    ///     name are refused: a page of the web could read and add events by a browser on this machine.
    ///   - port: TCP port, 0 for any free one.
    ///   - hosts: What requests may be for besides `host` and this machine alone.
    ///   - maximumConnections: At once; more are closed as they come.
    ///   - whenListening: Told the port, once the server listens.
    public init(
        name: String, host: String = "127.0.0.1", port: Int, hosts: [String] = [],
        maximumConnections: Int = leastConnections, group: any EventLoopGroup, logger: Logger,
        whenListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        service = HTTPService(
            name: "embedded \(name)", host: host, port: port,
            answers: CollectorAnswers(
                name: name, store: CollectorStore(),
                hosts: HostGuard(
                    "embedded \(name)",
                    hosts: Settings.isLoopback(host) || !hosts.isEmpty ? hosts + [host] : nil)),
            maximumConnections: maximumConnections, group: group, logger: logger,
            whenListening: whenListening)
    }

    /// Answers until a graceful shutdown.
    ///
    /// - Throws: ``HTTPListenError`` when the port can't be had.
    public func run() async throws {
        try await service.run()
    }
}

extension Settings {
    /// Connections for clients of an embedded receiver that are none of this gateway's routes.
    private static let otherClients = 32

    /// Connections that the embedded receiver on a port takes at once: as many as the routes to it may
    /// have, and some for others.
    public func embeddedConnections(port: Int) -> Int {
        let ofRoutes = routes.destinations.reduce(0) { sum, destination in
            guard case .http(let endpoint) = destination.endpoint, endpoint.port == port else {
                return sum
            }
            return sum + destination.concurrency
        }
        return max(Collector.leastConnections, ofRoutes + Self.otherClients)
    }
}

/// The pages of a receiver.
struct CollectorAnswers: HTTPAnswering {
    /// The longest body that is read, in bytes: 1,000 events of the largest size as JSON.
    static let maximumBodyBytes = 8 << 20

    let name: String
    let store: CollectorStore
    let hosts: HostGuard

    private static let pages: [String: [HTTPRequest.Method]] = [
        "/telemetry/ingest": [.post], "/health": [.get, .head], "/stats": [.get, .head],
        "/events": [.get, .head],
    ]

    func answer(to request: Request, for peer: HTTPPeer) async -> Response {
        if request.uri.path != "/health", let misdirection = hosts.misdirection(of: request) {
            return misdirection
        }
        return switch (request.method, request.uri.path) {
        case (.post, "/telemetry/ingest"): await ingest(request)
        case (.get, "/health"), (.head, "/health"):
            .json {
                $0.set("status", "ok")
                $0.set("name", name)
            }
        case (.get, "/stats"), (.head, "/stats"): .json(encoded: statistics)
        case (.get, "/events"), (.head, "/events"):
            .json(encoded: JSONBody.array(store.newest))
        default: .unknown(request, allowed: Self.pages)
        }
    }

    private func ingest(_ request: Request) async -> Response {
        let type = request.headers[.contentType]?.split(separator: ";").first.map {
            $0.trimmingCharacters(in: .whitespaces).lowercased()
        }
        guard type == "application/json" else {
            return refuseRequest(.unsupportedMediaType, "send Content-Type: application/json")
        }
        var request = request
        guard let body = try? await request.collectBody(upTo: Self.maximumBodyBytes) else {
            return refuseRequest(
                .contentTooLarge, "send at most \(Self.maximumBodyBytes) bytes at once")
        }
        let key = HTTPField.Name("Idempotency-Key").flatMap { request.headers[$0] }
        switch CollectorBody.read(Array(body.readableBytesView), idempotencyKey: key) {
        case .unreadable(let reason): return refuseRequest(.badRequest, reason)
        case .single(.refused(let reason)): return refuseRequest(.unprocessableContent, reason)
        case .single(.event(let event)):
            store.add([event], rejected: 0)
            return .json(.accepted, encoded: Self.outcome(accepted: 1, rejected: []))
        case .batch(let items): return take(items)
        }
    }

    private func refuseRequest(_ status: HTTPResponse.Status, _ reason: String) -> Response {
        store.add([], rejected: 1)
        return .failure(status, reason)
    }

    private func take(_ items: [CollectorBody.Item]) -> Response {
        var events: [CollectorEvent] = []
        var rejected: [(id: String, reason: String)] = []
        for item in items {
            switch item.verdict {
            case .event(let event): events.append(event)
            case .refused(let reason): rejected.append((item.id, reason))
            }
        }
        store.add(events, rejected: rejected.count)
        return .json(
            rejected.isEmpty ? .accepted : HTTPResponse.Status(code: 207),
            encoded: Self.outcome(accepted: events.count, rejected: rejected))
    }

    private static func outcome(
        accepted: Int, rejected: [(id: String, reason: String)]
    ) -> [UInt8] {
        JSONBody.object { body in
            body.set("accepted", accepted)
            body.set("rejected", list: rejected) { item, body in
                body.set("id", item.id)
                body.set("status", 422)
                body.set("reason", item.reason)
            }
        }
    }

    private var statistics: [UInt8] {
        let counts = store.counts
        return JSONBody.object { body in
            body.set("name", name)
            body.set("accepted", counts.accepted)
            body.set("duplicates", counts.duplicates)
            body.set("rejected", counts.rejected)
            body.set("kept", counts.kept)
            body.set("by_type") { body in
                for (type, count) in counts.byType.sorted(by: { $0.key < $1.key }) {
                    body.set(type, count)
                }
            }
        }
    }
}
