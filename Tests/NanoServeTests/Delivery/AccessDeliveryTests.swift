import Foundation
import NanoCore
import Testing

/// Receivers that want more than an address.
@Suite struct AccessDeliveryTests {
    private func archive(_ port: Int, _ lines: String...) -> String {
        (["routes:", "  archive:", "    endpoint: https://127.0.0.1:\(port)/in"]
            + lines.map { "    " + $0 }
            + ["rules:", "  - {types: [telemetry], destinations: [archive]}"])
            .joined(separator: "\n")
    }

    @Test func `a receiver with an authority of its own gets headers and token over TLS`()
        async throws
    {
        let authority = try TestAuthority(names: "DNS:localhost,IP:127.0.0.1")
        let receiver = try await ScriptedReceiver.start(tls: authority.serverContext()) { _, _ in
            .status(200)
        }
        let yaml = archive(
            receiver.port, "ca_file: \(authority.caFile)", "bearer_token_env: ARCHIVE_TOKEN",
            "headers: {X-Plant: seven}")
        try await withGateway(yaml: yaml, environment: ["ARCHIVE_TOKEN": "hunter2-hunter2"]) {
            gateway in
            try await gateway.send(DeviceFrames.pressures(1...3))
            try await gateway.reaches("routes.archive.delivered", 3)
            #expect(try await !gateway.get("/stats").text.contains("hunter2"))
            #expect(gateway.log.lines(with: "hunter2").isEmpty)
        }
        #expect(receiver.requests.count == 3)
        for request in receiver.requests {
            #expect(request.path == "/in")
            #expect(request[header: "Authorization"] == "Bearer hunter2-hunter2")
            #expect(request[header: "X-Plant"] == "seven")
            #expect(request[header: "Content-Type"] == "application/json")
        }
        try await receiver.stop()
    }

    @Test(arguments: [true, false])
    func `a receiver whose certificate proves nothing gets nothing`(isKnown: Bool) async throws {
        let authority = try TestAuthority(
            names: isKnown ? "DNS:elsewhere,IP:127.0.0.9" : "DNS:localhost,IP:127.0.0.1")
        let receiver = try await ScriptedReceiver.start(tls: authority.serverContext()) { _, _ in
            .status(200)
        }
        let yaml =
            isKnown
            ? archive(receiver.port, "ca_file: \(authority.caFile)") : archive(receiver.port)
        try await withGateway(yaml: yaml, adjust: { $0.drainSeconds = 0 }) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...1))
            let isShown = try await eventually {
                try await !gateway.text("routes.archive.last_error").isEmpty
            }
            #expect(isShown)
            let error = try await gateway.text("routes.archive.last_error")
            #expect(error.contains("certificate") || error.contains("TLS"), "\(error)")
            #expect(try await gateway.number("routes.archive.dead_letters") == 0)
        }
        #expect(receiver.requests.isEmpty)
        try await receiver.stop()
    }

    @Test func `a receiver that repeats the address it was asked at does not make its token known`()
        async throws
    {
        let receiver = try await ScriptedReceiver.start { request, _ in
            .status(422, body: "nothing at /in?token=hunter2-hunter2")
        }
        let url = "http://127.0.0.1:\(receiver.port)/in?token=hunter2%2Dhunter2"
        try await withGateway(alba: url) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...1))
            try await gateway.reaches("routes.alba.dead_letters", 1)
            let stats = try await gateway.get("/stats").text
            #expect(stats.contains("/in?token=(secret)"))
            #expect(!stats.contains("hunter2"))
            #expect(gateway.log.lines(with: "hunter2").isEmpty)
        }
        try await receiver.stop()
    }

    @Test func `a receiver that repeats a token does not make it known`() async throws {
        let echo = "you said hunter2-hunter2"
        let receiver = try await ScriptedReceiver.start { request, _ in
            .status(422, body: "\(echo) and \(request[header: "X-Key"] ?? "")")
        }
        let routes = ["bearer_token: hunter2-hunter2", "headers: {X-Key: k3yk3yk3y}"]
        try await withGateway(alba: receiver.url, routes: routes) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...1))
            try await gateway.reaches("routes.alba.dead_letters", 1)
            let stats = try await gateway.get("/stats").text
            #expect(stats.contains("you said (secret) and (secret)"))
            #expect(gateway.log.lines(with: "hunter2").isEmpty)
            #expect(gateway.log.lines(with: "k3yk3y").isEmpty)
        }
        try await receiver.stop()
    }
}
