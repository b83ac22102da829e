import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOPosix

/// A server of the gateway on a free port, and a client for it.
final class RunningServer: Sendable {
    struct Answer {
        let status: Int
        let headers: HTTPHeadersView
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        /// The body as a JSON object.
        var object: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
        }
    }

    struct HTTPHeadersView {
        let values: [String: String]
        subscript(name: String) -> String? { values[name.lowercased()] }
    }

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let port: Int
    private let task: Task<Void, any Error>

    /// - Parameter run: Runs the server, and tells the port once it listens.
    init(_ run: @escaping @Sendable (@escaping @Sendable (Int) -> Void) async throws -> Void)
        async throws
    {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        task = Task {
            defer { continuation.finish() }
            try await run { continuation.yield($0) }
        }
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next() else {
            try await task.value
            throw CancellationError()
        }
        self.port = port
    }

    deinit {
        task.cancel()
    }

    func request(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: String? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 16 << 20)
        let values = response.headers.map { ($0.name.lowercased(), $0.value) }
        return Answer(
            status: Int(response.status.code),
            headers: HTTPHeadersView(values: Dictionary(values) { first, _ in first }),
            body: Array(bytes.readableBytesView))
    }

    func get(_ path: String) async throws -> Answer { try await request("GET", path) }
}

/// Waits until something holds, at most two minutes.
func eventually(
    every pause: Duration = .milliseconds(10), _ holds: () async throws -> Bool
) async throws -> Bool {
    let end = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < end {
        if try await holds() { return true }
        try await Task.sleep(for: pause)
    }
    // The last pause may have been a long one.
    return try await holds()
}
