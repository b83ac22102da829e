import AsyncHTTPClient
import Foundation
import NIOCore
import NanoCore
import Testing

/// What receivers get, to the byte (`docs/protocol.md`, "Delivery").
@Suite struct EventRequestTests {
    private func date(_ timestamp: UInt32) -> String {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        return Date(timeIntervalSince1970: TimeInterval(timestamp)).formatted(style)
    }

    private func event(_ type: String, _ pressure: Int, _ timestamp: UInt32, id: String = "")
        -> String
    {
        let begin = id.isEmpty ? "{" : "{\"id\":\"\(id)\","
        return begin + "\"source\":\"nanogridata_0x10\",\"type\":\"\(type)\","
            + "\"payload\":{\"device_id\":\"ESP32-001\",\"pressure_pa\":\(pressure)},"
            + "\"timestamp\":\"\(date(timestamp))\",\"modelId\":16}"
    }

    @Test(arguments: [
        (PayloadType.telemetry, SecurityLevel.standard, "telemetry"), (.event, .high, "event"),
        (.calibration, .military, "calibration"),
    ])
    func `ALBA gets a single event with exactly these bytes and headers`(
        type: PayloadType, level: SecurityLevel, name: String
    ) async throws {
        let alba = try await ScriptedReceiver.answering()
        let timestamp = DeviceFrames.now - 20
        let frame = DeviceFrames.pressure(
            101_325, type: type, level: level, timestamp: timestamp)
        try await withGateway(alba: alba.url) { gateway in
            try await gateway.send([frame])
            try await gateway.reaches("routes.alba.delivered", 1)
        }
        let request = try #require(alba.requests.first)
        #expect(alba.requests.count == 1)
        #expect(request.method == "POST" && request.path == "/telemetry/ingest")
        #expect(request.body == event(name, 101_325, timestamp))
        #expect(request[header: "Content-Type"] == "application/json")
        #expect(request[header: "Content-Length"] == "\(request.body.utf8.count)")
        #expect(request[header: "Idempotency-Key"] == DeviceFrames.identity(frame))
        #expect(request[header: "Host"] == "127.0.0.1:\(alba.port)")
        #expect(request[header: "Accept-Encoding"] == "identity")
        try await alba.stop()
    }

    @Test(arguments: [
        ("", "/telemetry/ingest"), ("/", "/telemetry/ingest"), ("/v2/in", "/v2/in"),
        ("/in?lab=7", "/in?lab=7"), ("/a%20b", "/a%20b"),
    ])
    func `the standard path is appended only where the address has none`(
        configured: String, requested: String
    ) async throws {
        let alba = try await ScriptedReceiver.answering()
        try await withGateway(alba: alba.url + configured) { gateway in
            try await gateway.send([DeviceFrames.pressure(1)])
            try await gateway.reaches("routes.alba.delivered", 1)
        }
        #expect(alba.requests.map(\.path) == [requested])
        try await alba.stop()
    }

    @Test func `every type goes where the protocol sends it, commands never over HTTP`()
        async throws
    {
        let alba = try await ScriptedReceiver.answering()
        let cycle = try await ScriptedReceiver.answering()
        let timestamp = DeviceFrames.now
        let frames = PayloadType.allCases.map {
            DeviceFrames.pressure(7, type: $0, timestamp: timestamp)
        }
        let command = try #require(frames.first { $0[4] == PayloadType.command.rawValue })
        try await withGateway(alba: alba.url, cycle: cycle.url) { gateway in
            let request = HTTPClientRequest(url: gateway.monitorURL + "/events")
            let listening = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
            try await gateway.send(frames)
            var text = ""
            for try await chunk in listening.body {
                text += String(buffer: chunk)
                if text.contains("data: ") && text.hasSuffix("\n\n") { break }
            }
            let expected =
                "id: \(DeviceFrames.identity(command))\nevent: command\n"
                + "data: \(event("command", 7, timestamp))\n\n"
            #expect(text.hasSuffix("\n\n" + expected))
            try await gateway.reaches("routes.alba.delivered", 3)
            try await gateway.reaches("routes.cycle.delivered", 1)
            try await gateway.reaches("routes.local.delivered", 1)
        }
        let types = ["telemetry", "event", "calibration"]
        #expect(Set(alba.requests.map(\.body)) == Set(types.map { event($0, 7, timestamp) }))
        #expect(alba.requests.count == 3)
        #expect(cycle.requests.map(\.body) == [event("config", 7, timestamp)])
        #expect(cycle.requests.map(\.path) == ["/telemetry/ingest"])
        try await alba.stop()
        try await cycle.stop()
    }

    @Test func `a batch is an array of events with their ids, and keeps its name on a retry`()
        async throws
    {
        let alba = try await ScriptedReceiver.answering(.status(503))
        let timestamp = DeviceFrames.now
        let frames = (1...3).map { DeviceFrames.pressure($0, timestamp: timestamp) }
        try await withGateway(
            alba: alba.url, routes: ["linger_ms: 200"], environment: ["ALBA_BATCH_EVENTS": "10"]
        ) { gateway in
            try await gateway.send(frames)
            try await gateway.reaches("routes.alba.delivered", 3)
            try await gateway.send([DeviceFrames.pressure(4)])
            try await gateway.reaches("routes.alba.delivered", 4)
            #expect(try await gateway.number("routes.alba.retries") == 3)
        }
        let requests = alba.requests
        try #require(requests.count == 3)
        let events = frames.enumerated().map { place, frame in
            event("telemetry", place + 1, timestamp, id: DeviceFrames.identity(frame))
        }
        #expect(requests[0].body == "[" + events.joined(separator: ",") + "]")
        #expect(requests[1].body == requests[0].body)
        let keys = requests.map { $0[header: "Idempotency-Key"] ?? "" }
        #expect(!keys[0].isEmpty && keys[0] == keys[1] && keys[2] != keys[0])
        #expect(requests[2].body.hasPrefix("[{\"id\":"), "an array even of one")
        try await alba.stop()
    }

    @Test func `batches are never larger than configured`() async throws {
        let alba = try await ScriptedReceiver.answering()
        try await withGateway(
            alba: alba.url, environment: ["ALBA_BATCH_EVENTS": "40"]
        ) { gateway in
            try await gateway.send(DeviceFrames.pressures(0..<250))
            try await gateway.reaches("routes.alba.delivered", 250)
        }
        let sizes = alba.requests.map { $0.body.components(separatedBy: "\"id\":").count - 1 }
        #expect(sizes.reduce(0, +) == 250)
        #expect(sizes.allSatisfy { (1...40).contains($0) } && sizes.contains(40), "\(sizes)")
        try await alba.stop()
    }

    @Test func `a token in an endpoint's query goes to the receiver and is shown to nobody`()
        async throws
    {
        let alba = try await ScriptedReceiver.answering()
        let url = alba.url + "/in?token=SEKRIT"
        #expect(try !load(nil, ["ALBA_ENDPOINT": url]).summary.joined().contains("SEKRIT"))
        try await withGateway(alba: url) { gateway in
            try await gateway.send([DeviceFrames.pressure(1)])
            try await gateway.reaches("routes.alba.delivered", 1)
            #expect(try await gateway.text("routes.alba.endpoint") == alba.url + "/in?…")
            #expect(!gateway.log.lines.joined().contains("SEKRIT"))
        }
        #expect(alba.requests.map(\.path) == ["/in?token=SEKRIT"])
        try await alba.stop()
    }

    @Test func `packets for a destination that takes everything have their times too`()
        async throws
    {
        try await withGateway { gateway in
            try await gateway.send(DeviceFrames.pressures(1...5))
            try await gateway.reaches("routes.alba.delivered", 5)
            #expect(try await gateway.number("latency.route.count") == 5)
            #expect(try await gateway.number("latency.end_to_end.count") == 5)
            let latency = gateway.gateway.snapshot([]).latency
            #expect(latency.endToEnd.maximumMicroseconds > 0)
            #expect(latency.endToEnd.sumMicroseconds >= latency.route.sumMicroseconds)
        }
    }
}
