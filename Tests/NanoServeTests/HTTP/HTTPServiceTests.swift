import Hummingbird
import Logging
import NIOCore
import NIOPosix
import NanoCore
import ServiceLifecycle
import Synchronization
import Testing

@testable import NanoServe

/// Answers with a body that goes on for as long as somebody takes it.
private struct EndlessAnswers: HTTPAnswering {
    let begun: Counter
    let ended: Counter

    func answer(to request: Request, for peer: HTTPPeer) async -> Response {
        guard request.uri.path == "/endless" else { return .json { $0.set("status", "ok") } }
        return Response(
            status: .ok,
            body: ResponseBody { [begun, ended] writer in
                begun.add()
                defer { ended.add() }
                let chunk = ByteBuffer(repeating: UInt8(ascii: "x"), count: 64 * 1_024)
                while true { try await writer.write(chunk) }
            })
    }
}

/// How the gateway's HTTP servers treat clients that nobody wishes for.
@Suite struct HTTPServiceTests {
    private let begun = Counter()
    private let ended = Counter()

    /// Runs a server, and stops it gracefully behind the scenario.
    private func withServer(
        _ patience: HTTPPatience, maximumConnections: Int = 64,
        logger: Logger = RunningServer.logger, _ scenario: (Int) async throws -> Void
    ) async throws {
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let service = HTTPService(
            name: "test", host: "127.0.0.1", port: 0,
            answers: EndlessAnswers(begun: begun, ended: ended),
            maximumConnections: maximumConnections,
            group: MultiThreadedEventLoopGroup.singleton, logger: logger,
            patience: patience, whenListening: { listening.yield($0) })
        let group = ServiceGroup(
            configuration: .init(services: [service], logger: RunningServer.logger))
        let run = Task { try await group.run() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        try await scenario(port)
        await group.triggerGracefulShutdown()
        try await run.value
    }

    @Test func `a client that does not read loses its connection, one that reads does not`()
        async throws
    {
        let patience = HTTPPatience(write: .milliseconds(200), stop: .seconds(60))
        try await withServer(patience) { port in
            let deaf = try await PlainClient(port: port, reads: false)
            try await deaf.send("GET /endless HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            #expect(try await eventually { ended.value == 1 })
            let quiet = try await PlainClient(port: port)
            try await quiet.send("GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            #expect(try await eventually { quiet.text.contains("200 OK") })
            try await Task.sleep(for: .milliseconds(600))
            #expect(!quiet.isClosed)
            try await quiet.close()
            try await deaf.close()
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a client that does not read cannot hold up a stop`() async throws {
        let patience = HTTPPatience(write: .seconds(300), stop: .milliseconds(200))
        var clients: [PlainClient] = []
        try await withServer(patience) { port in
            for path in ["/endless", "/health"] {
                let client = try await PlainClient(port: port, reads: false)
                let request = "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
                try await client.send(String(repeating: request, count: 100))
                clients.append(client)
            }
            #expect(try await eventually { begun.value == 1 })
        }
        #expect(ended.value == 1)
        for client in clients { try await client.close() }
    }

    @Test(arguments: ["", "Connection: keep-alive\r\n"])
    func `a client of HTTP 1.0 gets its answer and the end of the connection`(
        field: String
    ) async throws {
        try await withServer(HTTPPatience()) { port in
            let client = try await PlainClient(port: port)
            try await client.send("GET /health HTTP/1.0\r\n\(field)\r\n")
            #expect(try await eventually { client.isClosed })
            #expect(client.text.hasPrefix("HTTP/1.0 200 OK\r\n"))
            #expect(client.text.lowercased().contains("connection: close"))
            #expect(client.text.hasSuffix("{\"status\":\"ok\"}\n"))
        }
    }

    @Test func `a stream goes to a client of HTTP 1.0 without chunks`() async throws {
        try await withServer(HTTPPatience()) { port in
            let client = try await PlainClient(port: port)
            try await client.send("GET /endless HTTP/1.0\r\n\r\n")
            #expect(try await eventually { client.text.contains("\r\n\r\nxxxx") })
            #expect(!client.text.lowercased().contains("transfer-encoding"))
            try await client.close()
        }
    }

    @Test func `whoever connects as it stops costs nothing`() async throws {
        for _ in 0..<20 {
            var clients: [DeviceSocket] = []
            let (ended, end) = AsyncStream.makeStream(of: Void.self)
            do {
                let answers = EndlessAnswers(begun: begun, ended: self.ended)
                let server = try await RunningServer { listening in
                    defer { end.finish() }
                    try await HTTPService(
                        name: "test", host: "127.0.0.1", port: 0,
                        answers: answers, maximumConnections: 64,
                        group: MultiThreadedEventLoopGroup.singleton,
                        logger: RunningServer.logger, whenListening: listening
                    ).run()
                }
                // Some are accepted and not served yet when it is cancelled.
                clients = try (0..<24).map { _ in try DeviceSocket(port: server.port) }
            }
            for await _ in ended {}
            #expect(try await eventually { clients.allSatisfy(\.isClosed) })
        }
    }

    /// A connection that has begun to have an answer, or was closed.
    private func answered(_ port: Int, _ path: String = "/endless") async throws -> PlainClient {
        let client = try await PlainClient(port: port)
        try? await client.send("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        let isAnswered = try await eventually { client.text.contains("200 OK") || client.isClosed }
        #expect(isAnswered)
        return client
    }

    @Test func `those that ask for nothing, or have been answered, give way to newcomers`()
        async throws
    {
        let log = LogRecorder()
        try await withServer(HTTPPatience(), maximumConnections: 3, logger: log.logger) { port in
            let busy = try await answered(port)
            let silent = try DeviceSocket(port: port)
            let first = try await answered(port, "/health")
            let second = try await answered(port, "/health")
            #expect(second.text.contains("200 OK"))
            #expect(try await eventually { silent.isClosed })
            let third = try await answered(port, "/health")
            #expect(third.text.contains("200 OK"))
            #expect(try await eventually { first.isClosed })
            #expect(!busy.isClosed && !third.isClosed)
            for client in [busy, first, second, third] { try await client.close() }
        }
        #expect(log.lines(with: "those that ask for nothing give way").count == 1)
    }

    @Test func `what is over the most connections is closed, and told once`() async throws {
        let log = LogRecorder()
        try await withServer(HTTPPatience(), maximumConnections: 3, logger: log.logger) { port in
            var served: [PlainClient] = []
            while served.count < 3 { served.append(try await answered(port)) }
            for _ in 0..<3 {
                let late = try DeviceSocket(port: port)
                #expect(try await eventually { late.isClosed })
            }
            #expect(!served.contains { $0.isClosed })
            // A place is free again once its connection is closed, which takes a moment.
            try await served[0].close()
            let isLetIn = try await eventually {
                let client = try await answered(port)
                defer { served.append(client) }
                return !client.isClosed
            }
            #expect(isLetIn)
            for client in served { try await client.close() }
        }
        #expect(log.lines(with: "3 connections are the most").count == 1)
    }

    @Test func `a connection without a request is closed soon, one between requests is not`()
        async throws
    {
        let patience = HTTPPatience(request: .seconds(3))
        try await withServer(patience) { port in
            let asked = try await PlainClient(port: port)
            try await asked.send("GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            #expect(try await eventually { asked.text.contains("200 OK") })
            // By the time that these are closed, the one before them has been silent for longer.
            let silent = try await PlainClient(port: port)
            let slow = try await PlainClient(port: port)
            try await slow.send("GET /health HT")
            #expect(try await eventually { silent.isClosed && slow.isClosed })
            #expect(!asked.isClosed)
            try await asked.close()
        }
    }
}
