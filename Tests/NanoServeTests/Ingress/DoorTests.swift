import NanoCore
import Testing

@testable import NanoServe

/// Lists and rates at the device port of a gateway that runs, as `/stats` and `/metrics` tell.
@Suite struct DoorTests {
    /// Connects and waits until the gateway has closed the connection.
    private func expectClosed(
        _ gateway: LiveGateway, isIPv6: Bool = false, source: UInt32 = 1
    ) async throws {
        let port = gateway.gateway.snapshot([]).gateway.devicePort
        let socket = try DeviceSocket(port: port, isIPv6: isIPv6, source: source)
        _ = try? socket.send(DeviceFrames.pressure(99))
        #expect(try await eventually { socket.isClosed })
    }

    private func connect(
        _ gateway: LiveGateway, isIPv6: Bool = false, source: UInt32 = 1
    ) throws -> DeviceSocket {
        let port = gateway.gateway.snapshot([]).gateway.devicePort
        return try DeviceSocket(port: port, isIPv6: isIPv6, source: source)
    }

    @Test func `who is not allowed is closed before a byte is read, on every socket`()
        async throws
    {
        let yaml = """
            devices:
              allow: [127.0.0.0/30, 127.0.0.9]
              deny: 127.0.0.2/32
            """
        try await withGateway(yaml: yaml, environment: ["NANOGRIDATA_HOST": "*"]) { gateway in
            try await expectClosed(gateway, source: 2)
            try await expectClosed(gateway, source: 4)
            try await expectClosed(gateway, isIPv6: true)
            for source: UInt32 in [1, 3, 9] {
                let socket = try connect(gateway, source: source)
                try socket.send(DeviceFrames.pressure(Int(source)))
                try await gateway.reaches("connections.open", 1)
                socket.endSending()
                try await gateway.reaches("connections.open", 0)
            }
            try await gateway.reaches("packets.accepted", 3)
            try await gateway.reaches("packets.received", 3)
            try await gateway.reaches("connections.turned_away", 3)
            try await gateway.reaches("connections.turned_away_by.denied", 1)
            try await gateway.reaches("connections.turned_away_by.not_allowed", 2)
            try await gateway.reaches("connections.closed_by_gateway", 0)
            let bytes = try await gateway.number("packets.bytes")
            #expect(bytes == (DeviceFrames.pressure(1).count) * 3)
            let metrics = try await gateway.get("/metrics").text
            let name = "nanogridata_connections_turned_away_total"
            #expect(metrics.contains("\(name){reason=\"not_allowed\"} 2\n"))
            #expect(metrics.contains("\(name){reason=\"proxy_header\"} 0\n"))
            #expect(!metrics.contains("127.0.0.2"))
            #expect(gateway.log.lines.allSatisfy { !$0.contains("127.0.0.2") })
        }
    }

    @Test func `IPv6 is allowed and denied by its own networks`() async throws {
        let yaml = "devices: {allow: [\"::/0\"]}"
        try await withGateway(yaml: yaml, environment: ["NANOGRIDATA_HOST": "*"]) { gateway in
            try await expectClosed(gateway)
            let socket = try connect(gateway, isIPv6: true)
            try socket.send(DeviceFrames.pressure(1))
            try await gateway.reaches("packets.accepted", 1)
            #expect(gateway.gateway.snapshot([]).topTalkers.map(\.address) == ["::1"])
        }
    }

    @Test func `connections beyond the burst are closed, of one address before those of all`()
        async throws
    {
        let yaml = """
            devices:
              connections_per_second: 0.001
              connections_burst: 4
              connections_per_second_per_source: 0.001
              connections_burst_per_source: 2
            """
        try await withGateway(yaml: yaml) { gateway in
            var kept = [try connect(gateway), try connect(gateway)]
            try await gateway.reaches("connections.open", 2)
            for _ in 0..<3 { try await expectClosed(gateway) }
            kept += [try connect(gateway, source: 2), try connect(gateway, source: 3)]
            try await gateway.reaches("connections.open", 4)
            try await expectClosed(gateway, source: 4)
            let by = "connections.turned_away_by.connections_per_second"
            try await gateway.reaches(by + "_per_source", 3)
            try await gateway.reaches(by, 1)
            #expect(kept.allSatisfy { !$0.isClosed })
        }
    }
}
