import Foundation
import NIOPosix
import NanoServe
import Testing

@Suite struct CollectorTests {
    static let event = """
        {"source":"nanogridata_0x10","type":"telemetry","payload":{"device_id":"E-1",\
        "pressure_pa":101325},"timestamp":"2026-01-17T14:30:00.000Z","modelId":16}
        """

    private func collector(hosts: [String] = []) async throws -> RunningServer {
        try await RunningServer { listening in
            try await Collector(
                name: "ALBA", port: 0, hosts: hosts, group: MultiThreadedEventLoopGroup.singleton,
                logger: RunningServer.logger, whenListening: listening
            ).run()
        }
    }

    private func post(
        _ server: RunningServer, _ body: String, key: String? = nil
    ) async throws -> RunningServer.Answer {
        var headers = [("Content-Type", "application/json; charset=utf-8")]
        if let key { headers.append(("Idempotency-Key", key)) }
        return try await server.request("POST", "/telemetry/ingest", headers: headers, body: body)
    }

    private func identity(_ number: Int) -> String {
        "10-6979d418-" + String(format: "%032x", number)
    }

    private func batchItem(_ number: Int) -> String {
        "{\"id\":\"\(identity(number))\"," + Self.event.dropFirst()
    }

    @Test func `an event is taken, counted and kept`() async throws {
        let server = try await collector()
        let answer = try await post(server, Self.event, key: identity(1))
        #expect(answer.status == 202)
        #expect(answer.object["accepted"] as? Int == 1)
        #expect((answer.object["rejected"] as? [Any])?.isEmpty == true)
        let kept = try await server.get("/events").text
        #expect(kept.contains("101325") && kept.contains("nanogridata_0x10"))
        #expect(try await server.get("/stats").object["accepted"] as? Int == 1)
    }

    @Test func `what at-least-once delivery repeats is counted once`() async throws {
        let server = try await collector()
        for _ in 0..<3 {
            #expect(try await post(server, Self.event, key: identity(1)).status == 202)
        }
        let batch = "[\(batchItem(1)),\(batchItem(2)),\(batchItem(2))]"
        #expect(try await post(server, batch).status == 202)
        let stats = try await server.get("/stats").object
        #expect(stats["accepted"] as? Int == 2)
        #expect(stats["duplicates"] as? Int == 4)
    }

    @Test func `a batch is taken in part, and the rest is named`() async throws {
        let server = try await collector()
        let wrong = batchItem(2).replacing("\"modelId\":16", with: "\"modelId\":17")
        let answer = try await post(server, "[\(batchItem(1)),\(wrong),\(batchItem(3))]")
        #expect(answer.status == 207)
        #expect(answer.object["accepted"] as? Int == 2)
        let rejected = try #require(answer.object["rejected"] as? [[String: Any]])
        #expect(rejected.count == 1)
        #expect(rejected[0]["id"] as? String == identity(2))
        #expect(rejected[0]["status"] as? Int == 422)
        #expect(rejected[0]["reason"] as? String == "source is not nanogridata_0x11")
    }

    @Test(arguments: ["7", "{}", "{\"id\":1}"])
    func `of a batch with an item that cannot be named nothing is taken`(
        item: String
    ) async throws {
        let server = try await collector()
        let answer = try await post(server, "[\(batchItem(1)),\(item)]")
        #expect(answer.status == 400)
        #expect((answer.object["error"] as? String)?.contains("item 2") == true)
        #expect(try await server.get("/stats").object["accepted"] as? Int == 0)
    }

    @Test(arguments: [
        ("\"type\":\"telemetry\"", "\"type\":\"weather\""),
        ("\"modelId\":16", "\"modelId\":16.5"), ("\"modelId\":16", "\"modelId\":true"),
        ("\"modelId\":16", "\"modelId\":256"), ("\"modelId\":16", "\"modelId\":\"16\""),
        ("\"modelId\":16", "\"modelId\":16,\"extra\":1"), (",\"modelId\":16", ""),
        ("2026-01-17T14:30:00.000Z", "2026-01-17 14:30"), ("0x10", "0x20"),
        ("{\"device_id\":\"E-1\",\"pressure_pa\":101325}", "[1]"),
    ])
    func `an event that is not exactly one is refused`(from: String, to: String) async throws {
        let server = try await collector()
        let answer = try await post(server, Self.event.replacing(from, with: to))
        #expect(answer.status == 422)
        #expect(answer.object["error"] is String)
        #expect(try await server.get("/stats").object["rejected"] as? Int == 1)
    }

    @Test(arguments: ["", "{", "7", "[]", "null"])
    func `a body that holds no events is refused`(body: String) async throws {
        let server = try await collector()
        #expect(try await post(server, body).status == 400)
    }

    @Test func `only the last events are kept`() async throws {
        let server = try await collector()
        for start in stride(from: 0, to: 1_000, by: 500) {
            let items = (start..<start + 500).map(batchItem).joined(separator: ",")
            #expect(try await post(server, "[\(items)]").status == 202)
        }
        let kept = try await server.get("/events").text
        #expect(kept.contains(identity(999)) && kept.contains(identity(800)))
        #expect(!kept.contains(identity(799)))
        #expect(try await server.get("/stats").object["accepted"] as? Int == 1_000)
    }

    @Test func `other paths, methods and kinds of content are answered clearly`() async throws {
        let server = try await collector()
        #expect(try await server.get("/health").object["status"] as? String == "ok")
        #expect(try await server.get("/nowhere").status == 404)
        let get = try await server.get("/telemetry/ingest")
        #expect(get.status == 405 && get.headers["Allow"] == "POST")
        let plain = try await server.request(
            "POST", "/telemetry/ingest", headers: [("Content-Type", "text/plain")], body: "x")
        #expect(plain.status == 415)
    }

    @Test func `a page whose name leads here reads nothing and adds nothing`() async throws {
        let server = try await collector(hosts: ["GW.example"])
        let json = ("Content-Type", "application/json")
        for (host, status) in [
            ("evil.example", 421), ("127.0.0.1.evil.example:5555", 421), ("10.0.0.9", 200),
            ("alba:5555", 200),
            ("localhost:5555", 200), ("127.0.0.1", 200), ("[::1]:5555", 200), ("gw.example", 200),
        ] {
            for path in ["/events", "/stats"] {
                let answer = try await server.request("GET", path, headers: [("Host", host)])
                #expect(answer.status == status)
            }
            let health = try await server.request("GET", "/health", headers: [("Host", host)])
            #expect(health.status == 200)
        }
        let posted = try await server.request(
            "POST", "/telemetry/ingest", headers: [("Host", "evil.example"), json],
            body: Self.event)
        #expect(posted.status == 421 && posted.text.contains("monitor.hosts"))
        #expect(try await server.get("/stats").object["accepted"] as? Int == 0)
        #expect(try await post(server, Self.event, key: identity(1)).status == 202)
    }

    @Test func `a port in use is named`() async throws {
        let server = try await collector()
        let error = await #expect(throws: HTTPListenError.self) {
            try await Collector(
                name: "CYCLE", port: server.port, group: MultiThreadedEventLoopGroup.singleton,
                logger: RunningServer.logger
            ).run()
        }
        #expect(error?.description.contains("port \(server.port): the port is in use") == true)
    }
}
