import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import NanoCore
import ServiceLifecycle
import Synchronization
import Testing

@testable import NanoServe

/// A gateway whose state a test decides.
final class StillGateway: GatewayPort {
    private let current: Mutex<Snapshot>

    init(_ snapshot: Snapshot) {
        current = Mutex(snapshot)
    }

    func change(_ edit: (inout Snapshot) -> Void) {
        current.withLock { edit(&$0) }
    }

    func snapshot(_ parts: SnapshotParts) -> Snapshot { current.withLock { $0 } }

    func perform(
        _ command: Command, completion: @escaping @Sendable (CommandResult) -> Void
    ) {
        completion(.failed("nothing is done here"))
    }

    /// Numbers in every part, and text that has to be escaped.
    static var busy: Snapshot {
        var snapshot = Snapshot()
        snapshot.gateway.name = "plant \"7\""
        snapshot.gateway.version = "0.1.0"
        snapshot.gateway.state = .running
        snapshot.gateway.uptimeSeconds = 12.5
        snapshot.connections.open = 3
        snapshot.ledger.received = 10
        snapshot.ledger.accepted = 7
        snapshot.ledger.bytes = 1_234
        snapshot.ledger.refusedByReason[Int(RefusalReason.replay.rawValue)] = 3
        var model = ModelSnapshot(id: .esp32Pressure)
        model.accepted = 7
        model.refusedByReason[Int(RefusalReason.replay.rawValue)] = 3
        snapshot.models = [model]
        var histogram = Histogram()
        for time: UInt64 in [700, 1_500_000, 2_400_000_000] { histogram.record(nanoseconds: time) }
        var route = RouteSnapshot(name: "alba")
        route.state = .flowing
        route.accepted = 7
        route.delivered = 4
        route.waiting = 2
        route.inFlight = 1
        route.answer = histogram.summary
        route.newestDeadLetters = [
            DeadLetterSnapshot(
                id: "10-1-ab", model: .esp32Pressure, unixMilliseconds: 0, error: "422",
                reason: "no lab")
        ]
        snapshot.routes = [route]
        snapshot.latency.decode = histogram.summary
        snapshot.deviceCount = 5
        snapshot.topTalkers = [TalkerSnapshot(address: "10.0.0.1", packets: 9, refused: 3)]
        snapshot.secrets = [
            SecretSnapshot(
                model: .esp32Pressure, generation: 1, state: .current,
                fingerprint: "0011223344556677", createdUnixMilliseconds: 0,
                validUntilUnixMilliseconds: nil, origin: "environment")
        ]
        return snapshot
    }
}

@Suite struct MonitorTests {
    let gateway = StillGateway(StillGateway.busy)
    let bus = LocalBus()

    private func monitor(
        maxListeners: Int = 64, heartbeat: Duration = .seconds(60)
    ) async throws -> RunningServer {
        var settings = Settings.Monitor()
        settings.port = 0
        settings.maxListeners = maxListeners
        return try await RunningServer { [gateway, bus, settings] listening in
            try await Monitor(
                settings: settings, gateway: gateway, events: { bus.subscribe(bufferedEvents: 8) },
                group: MultiThreadedEventLoopGroup.singleton, logger: RunningServer.logger,
                heartbeat: heartbeat, whenListening: listening
            ).run()
        }
    }

    @Test func `health is ok for as long as the process lives`() async throws {
        let server = try await monitor()
        gateway.change { $0.gateway.state = .draining }
        let answer = try await server.get("/health")
        #expect(answer.status == 200 && answer.object["status"] as? String == "ok")
    }

    @Test func `the age of a secret is told, and that it is overdue`() async throws {
        let server = try await monitor()
        for (limit, overdue) in [(100, 0), (99, 1)] as [(Int64, Int)] {
            gateway.change {
                $0.gateway.unixMilliseconds = 100_000
                $0.secrets[0].rotateAfterSeconds = limit
            }
            let metrics = try await server.get("/metrics").text
            #expect(metrics.contains("nanogridata_secret_age_seconds{model=\"0x10\"} 100.0\n"))
            #expect(
                metrics.contains(
                    "nanogridata_secret_rotation_overdue{model=\"0x10\"} \(overdue).0\n"))
            let secrets = try await server.get("/stats").object["secrets"] as? [[String: Any]]
            #expect(secrets?.first?["age_s"] as? Int == 100)
            #expect(secrets?.first?["due_in_s"] as? Int == -overdue)
        }
    }

    @Test func `ready turns to 503 with reasons while nothing can be accepted`() async throws {
        let server = try await monitor()
        #expect(try await server.get("/ready").status == 200)
        let states: [GatewaySnapshot.State] = [.starting, .draining, .blocked]
        for state in states {
            gateway.change { $0.gateway.state = state }
            let answer = try await server.get("/ready")
            #expect(answer.status == 503)
            #expect((answer.object["reasons"] as? [String])?.count == 1)
        }
        gateway.change {
            $0.gateway.state = .running
            $0.secrets = []
        }
        #expect(try await server.get("/ready").status == 503)
    }

    @Test func `ready tells of devices that an operator keeps out, and stays ready`() async throws {
        let server = try await monitor()
        #expect(try await server.get("/ready").object["notes"] as? [String] == [])
        gateway.change {
            $0.offenders.holds = [
                BlockHold(
                    source: "10.0.0.0/8", devices: 40, addresses: 3,
                    sinceUnixMilliseconds: 1_000, untilUnixMilliseconds: 2_000)
            ]
            $0.offenders.holding = 2
        }
        let told = try await server.get("/ready")
        #expect(told.status == 200)
        let notes = try #require(told.object["notes"] as? [String])
        #expect(notes.count == 1)
        #expect(notes[0].hasPrefix("40 devices kept out by an operator's block of 10.0.0.0/8 "))
        #expect(notes[0].hasSuffix(", and 1 block more; devices unblock 10.0.0.0/8 takes it back"))
        let offenders = try await server.get("/stats").object["offenders"] as? [String: Any]
        #expect(offenders?["holding"] as? Int == 2)
    }

    @Test func `ready tells of the clock, and depends on it where that is wanted`() async throws {
        let server = try await monitor()
        gateway.change { $0.clock.state = .unsynchronised }
        let told = try await server.get("/ready")
        #expect(told.status == 200 && told.object["clock"] as? String == "unsynchronised")
        gateway.change { $0.clock.mustBeSynchronised = true }
        let wanted = try await server.get("/ready")
        #expect(wanted.status == 503)
        #expect(
            (wanted.object["reasons"] as? [String])?.first?.contains("not synchronised") == true)
        gateway.change { $0.clock.state = .synchronised }
        #expect(try await server.get("/ready").status == 200)
    }

    @Test func `stats has every documented name`() async throws {
        let server = try await monitor()
        let stats = try await server.get("/stats").object
        func number(_ path: String) -> Double? {
            var node: Any? = stats
            for name in path.split(separator: ".") {
                node = (node as? [String: Any])?[String(name)]
            }
            return (node as? NSNumber)?.doubleValue
        }
        let expected: [(String, Double)] = [
            ("connections.open", 3), ("packets.received", 10), ("packets.accepted", 7),
            ("packets.decoded", 7), ("packets.rejected", 3), ("packets.bytes", 1_234),
            ("models.0x10.accepted", 7), ("models.0x10.refused", 3), ("routes.alba.accepted", 7),
            ("routes.alba.delivered", 4), ("routes.alba.waiting", 2), ("routes.alba.in_flight", 1),
            ("routes.alba.dead_letters", 0), ("routes.alba.expired", 0), ("routes.alba.retries", 0),
            ("routes.alba.condemned", 0),
            ("devices", 5), ("uptime_s", 12.5),
        ]
        for (path, value) in expected { #expect(number(path) == value, "\(path)") }
        for reason in RefusalReason.allCases {
            #expect(number("refused.\(reason.name)") == (reason == .replay ? 3 : 0))
        }
        for part in ["decode", "route", "end_to_end"] {
            for name in ["p50_us", "p99_us", "max_us"] {
                #expect(number("latency.\(part).\(name)") != nil, "\(part).\(name)")
            }
        }
        #expect(stats["name"] as? String == "plant \"7\"")
        let routes = stats["routes"] as? [String: [String: Any]]
        #expect(routes?["alba"]?["state"] as? String == "flowing")
        let letters = routes?["alba"]?["newest_dead_letters"] as? [[String: String]]
        let letter = [
            "id": "10-1-ab", "model": "0x10", "time": "1970-01-01T00:00:00.000Z", "error": "422",
            "reason": "no lab",
        ]
        #expect(letters == [letter])
        #expect((stats["ledger"] as? [String: Any])?["balances"] as? Bool == true)
    }

    @Test func `an unbalanced route shows`() async throws {
        let server = try await monitor()
        gateway.change { $0.routes[0].delivered = 3 }
        let stats = try await server.get("/stats").object
        #expect((stats["ledger"] as? [String: Any])?["balances"] as? Bool == false)
    }

    @Test func `head has no body, other methods and paths are refused in JSON`() async throws {
        let server = try await monitor()
        for page in ["/health", "/ready", "/stats", "/metrics"] {
            let head = try await server.request("HEAD", page)
            #expect(head.status == 200 && head.body.isEmpty)
        }
        let post = try await server.request("POST", "/stats", body: "x")
        #expect(post.status == 405 && post.headers["Allow"] == "GET, HEAD")
        #expect(post.object["error"] is String)
        let missing = try await server.get("/statz")
        #expect(missing.status == 404 && missing.object["error"] is String)
    }

    @Test func `events are streamed with their ids, and heartbeats between them`() async throws {
        let server = try await monitor(heartbeat: .milliseconds(50))
        let request = HTTPClientRequest(url: "http://127.0.0.1:\(server.port)/events")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        #expect(response.headers.first(name: "Content-Type") == "text/event-stream")
        var text = ""
        var sent = false
        for try await chunk in response.body {
            text += String(buffer: chunk)
            if !sent {
                sent = true
                bus.publish(
                    BusEvent(
                        id: "10-1-ab", type: "command", json: Array("{}".utf8),
                        model: .esp32Pressure, device: "ESP32-001", level: "high"))
            }
            if text.contains(": heartbeat\n\n"), text.contains("data: {}\n\n") { break }
        }
        #expect(text.contains("id: 10-1-ab\nevent: command\ndata: {}\n\n"))
    }

    @Test func `listeners are bounded, and a place is free again when one leaves`() async throws {
        let server = try await monitor(maxListeners: 1, heartbeat: .milliseconds(20))
        do {
            let request = HTTPClientRequest(url: "http://127.0.0.1:\(server.port)/events")
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
            #expect(response.status == .ok)
            for _ in 0..<3 {
                let second = try await server.get("/events")
                #expect(second.status == 503 && second.object["error"] is String)
            }
        }
        let isFree = try await eventually {
            let request = HTTPClientRequest(url: "http://127.0.0.1:\(server.port)/events")
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
            return response.status == .ok
        }
        #expect(isFree)
    }

    @Test func `a listener who leaves gives its place back before any heartbeat`() async throws {
        let server = try await monitor(maxListeners: 8, heartbeat: .seconds(600))
        for _ in 0..<3 {
            var listeners: [PlainClient] = []
            let isFree = try await eventually {
                let listener = try await PlainClient(port: server.port)
                try await listener.send("GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                let isAnswered = try await eventually { listener.text.contains("\n\r\n") }
                guard isAnswered, listener.text.contains("200 OK") else {
                    try await listener.close()
                    return false
                }
                listeners.append(listener)
                return listeners.count == 8
            }
            #expect(isFree)
            for listener in listeners { try await listener.close() }
        }
    }

    @Test(arguments: [true, false])
    func `a listener who only says that it sends no more still hears`(
        isSaidAtOnce: Bool
    ) async throws {
        let server = try await monitor(maxListeners: 1, heartbeat: .seconds(600))
        let listener = try await PlainClient(port: server.port)
        try await listener.send("GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        if !isSaidAtOnce {
            #expect(try await eventually { listener.text.contains(": nanogridata") })
        }
        try await listener.endSending()
        #expect(try await eventually { listener.text.contains(": heartbeat") })
        bus.publish(
            BusEvent(
                id: "10-1-ab", type: "command", json: Array("{}".utf8), model: .esp32Pressure,
                device: "ESP32-001", level: "high"))
        #expect(try await eventually { listener.text.contains("data: {}") })
        try await listener.close()
    }

    @Test func `a listener does not keep the gateway from stopping`() async throws {
        var settings = Settings.Monitor()
        settings.port = 0
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let monitor = Monitor(
            settings: settings, gateway: gateway,
            events: { [bus] in bus.subscribe(bufferedEvents: 8) },
            group: MultiThreadedEventLoopGroup.singleton, logger: RunningServer.logger
        ) { listening.yield($0) }
        let group = ServiceGroup(
            configuration: .init(services: [monitor], logger: RunningServer.logger))
        let run = Task { try await group.run() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        let request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/events")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        await group.triggerGracefulShutdown()
        let started = ContinuousClock.now
        let body = try await response.body.collect(upTo: 1 << 20)
        try await run.value
        #expect(String(buffer: body).hasPrefix(": nanogridata"))
        #expect(ContinuousClock.now - started < .seconds(10))
    }

    @Test func `a port in use is named`() async throws {
        let server = try await monitor()
        var settings = Settings.Monitor()
        settings.port = server.port
        let second = Monitor(
            settings: settings, gateway: gateway,
            events: { [bus] in bus.subscribe(bufferedEvents: 1) },
            group: MultiThreadedEventLoopGroup.singleton, logger: RunningServer.logger)
        let error = await #expect(throws: HTTPListenError.self) { try await second.run() }
        #expect(error?.description.contains("\(server.port)") == true)
    }
}
