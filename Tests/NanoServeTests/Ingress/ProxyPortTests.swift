import NanoCore
import NanoSim
import Testing

@testable import NanoServe

/// Connections from a trusted proxy, over real sockets.
@Suite struct ProxyPortTests {
    /// A gateway that trusts 127.0.0.1, with more keys of `devices`.
    private func withProxy(
        _ keys: [String] = [], scenario: (LiveGateway) async throws -> Void
    ) async throws {
        let lines = ["proxy_protocol: {trusted: [127.0.0.1, \"::1\"]}"] + keys
        let yaml = "devices:\n" + lines.map { "  \($0)\n" }.joined()
        try await withGateway(yaml: yaml, environment: ["NANOGRIDATA_HOST": "*"], scenario)
    }

    private func connect(
        _ gateway: LiveGateway, isIPv6: Bool = false, source: UInt32 = 1
    ) throws -> DeviceSocket {
        let port = gateway.gateway.snapshot([]).gateway.devicePort
        return try DeviceSocket(port: port, isIPv6: isIPv6, source: source)
    }

    private static let by = "connections.turned_away_by."

    @Test func `the header's address is the device's, in records and among the talkers`()
        async throws
    {
        try await withProxy { gateway in
            let socket = try connect(gateway)
            let bad = DeviceFrames.pressure(2, secret: [UInt8](repeating: 7, count: 32))
            try socket.send(
                ProxyHeaders.ipv4([192, 0, 2, 7], port: 4_242, extra: [3, 0, 1, 0])
                    + DeviceFrames.pressure(1) + bad)
            try await gateway.reaches("packets.received", 2)
            let snapshot = gateway.gateway.snapshot([.devices, .packets, .rejections])
            #expect(snapshot.topTalkers.map(\.address) == ["192.0.2.7"])
            #expect(snapshot.packets.map(\.address) == ["192.0.2.7:4242"])
            #expect(snapshot.rejections.map(\.address) == ["192.0.2.7:4242"])
            #expect(snapshot.devices.first?.address.hasPrefix("192.0.2.7") == true)
            #expect(snapshot.connections.open == 1 && snapshot.connections.total == 1)
            let bytes = try await gateway.number("packets.bytes")
            #expect(bytes == DeviceFrames.pressure(1).count + bad.count)
        }
    }

    @Test func `a header and its frames may come byte by byte, over IPv6 too`() async throws {
        try await withProxy { gateway in
            let address = try #require(IPAddress("2001:db8::5"))
            let socket = try connect(gateway, isIPv6: true)
            for byte in ProxyHeaders.ipv6(address) + DeviceFrames.pressure(1) {
                try socket.send([byte])
            }
            try await gateway.reaches("packets.accepted", 1)
            #expect(gateway.gateway.snapshot([]).topTalkers.map(\.address) == ["2001:db8::5"])
            socket.endSending()
            try await gateway.reaches("connections.open", 0)
            try await gateway.reaches("connections.closed_by_gateway", 0)
            try await gateway.reaches("refused.bad_magic", 0)
        }
    }

    @Test func `however the bytes are cut, the frames behind the header are judged`() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = SplitMix64(seed: seed)
        try await withProxy { gateway in
            for round in 1...30 {
                let socket = try connect(gateway)
                let extra = [UInt8](repeating: 0xAA, count: Int.random(in: 0...90, using: &random))
                let frames = DeviceFrames.pressures(round * 10..<round * 10 + 3).flatMap(\.self)
                var rest = ProxyHeaders.ipv4([10, 0, 0, UInt8(round)], extra: extra) + frames
                while !rest.isEmpty {
                    let count = Int.random(in: 1...min(60, rest.count), using: &random)
                    try socket.send(rest[..<count])
                    rest.removeFirst(count)
                }
                socket.endSending()
            }
            try await gateway.reaches("packets.accepted", 90)
            try await gateway.reaches("packets.received", 90)
            try await gateway.reaches("connections.open", 0)
            let talkers = gateway.gateway.snapshot([]).topTalkers
            #expect(talkers.allSatisfy { $0.packets == 3 && $0.address.hasPrefix("10.0.0.") })
        }
    }

    @Test func `from anybody else a header is bytes that are no frame`() async throws {
        try await withProxy(["max_connections_per_source: 1"]) { gateway in
            let socket = try connect(gateway, source: 2)
            try socket.send(ProxyHeaders.ipv4([192, 0, 2, 7]) + DeviceFrames.pressure(1))
            try await gateway.reaches("packets.accepted", 1)
            let refused = try await gateway.number("refused.bad_magic")
            #expect(refused == 1)
            #expect(gateway.gateway.snapshot([]).topTalkers.map(\.address) == ["127.0.0.2"])
        }
    }

    @Test func `a proxy that sends no header is closed, and its frames are not judged`()
        async throws
    {
        try await withProxy { gateway in
            let frames = try connect(gateway)
            try frames.send(DeviceFrames.pressure(1))
            #expect(try await eventually { frames.isClosed })
            let text = try connect(gateway)
            try text.send(Array("PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n".utf8))
            #expect(try await eventually { text.isClosed })
            let short = try connect(gateway)
            try short.send(ProxyHeaders.ipv4([192, 0, 2, 7]).dropLast())
            short.endSending()
            #expect(try await eventually { short.isClosed })
            let silent = try connect(gateway)
            silent.endSending()
            #expect(try await eventually { silent.isClosed })
            try await gateway.reaches("connections.open", 0)
            try await gateway.reaches(Self.by + "proxy_header", 3)
            try await gateway.reaches("connections.turned_away", 3)
            try await gateway.reaches("connections.total", 0)
            try await gateway.reaches("packets.received", 0)
        }
    }

    @Test func `a header that is not there in time costs its connection`() async throws {
        try await withProxy(["frame_timeout_s: 1"]) { gateway in
            let started = ContinuousClock.now
            let slow = try connect(gateway)
            try slow.send(ProxyHeaders.ipv4([192, 0, 2, 7]).prefix(20))
            #expect(try await eventually { slow.isClosed })
            #expect(ContinuousClock.now - started > .milliseconds(800))
            try await gateway.reaches(Self.by + "proxy_header", 1)
            try await gateway.reaches("connections.open", 0)
        }
    }

    @Test func `lists and limits hold for the device, not for its proxy`() async throws {
        let keys = ["allow: [192.0.2.0/24]", "deny: [192.0.2.9]", "max_connections_per_source: 1"]
        try await withProxy(keys) { gateway in
            func visit(_ header: [UInt8]) throws -> DeviceSocket {
                let socket = try connect(gateway)
                try socket.send(header)
                return socket
            }
            let first = try visit(ProxyHeaders.ipv4([192, 0, 2, 1]))
            try await gateway.reaches("connections.total", 1)
            let again = try visit(ProxyHeaders.ipv4([192, 0, 2, 1]))
            #expect(try await eventually { again.isClosed })
            let denied = try visit(ProxyHeaders.ipv4([192, 0, 2, 9]))
            #expect(try await eventually { denied.isClosed })
            let stranger = try visit(ProxyHeaders.ipv4([198, 51, 100, 1]))
            #expect(try await eventually { stranger.isClosed })
            let unnamed = try visit(ProxyHeaders.unnamed)
            #expect(try await eventually { unnamed.isClosed })
            let checks = try (0..<2).map { _ in try visit(ProxyHeaders.local) }
            let second = try visit(ProxyHeaders.ipv4([192, 0, 2, 2]))
            try await gateway.reaches("connections.total", 4)
            try await gateway.reaches("connections.open", 4)
            #expect((checks + [first, second]).allSatisfy { !$0.isClosed })
            try await gateway.reaches(Self.by + "max_connections_per_source", 1)
            try await gateway.reaches(Self.by + "denied", 1)
            try await gateway.reaches(Self.by + "not_allowed", 2)

            first.endSending()
            try await gateway.reaches("connections.open", 3)
            let back = try visit(ProxyHeaders.ipv4([192, 0, 2, 1]) + DeviceFrames.pressure(1))
            try await gateway.reaches("packets.accepted", 1)
            #expect(!back.isClosed)
        }
    }

    @Test func `a proxy's own connection keeps the proxy's address`() async throws {
        try await withProxy { gateway in
            let socket = try connect(gateway)
            try socket.send(ProxyHeaders.local + DeviceFrames.pressure(1))
            try await gateway.reaches("packets.accepted", 1)
            #expect(gateway.gateway.snapshot([]).topTalkers.map(\.address) == ["127.0.0.1"])
        }
    }

    @Test func `a stop does not wait for headers, and counts nobody for it`() async throws {
        try await withProxy { gateway in
            let waiting = try connect(gateway)
            try waiting.send(ProxyHeaders.signature)
            try await gateway.reaches("connections.open", 1)
            try await gateway.stop()
            #expect(waiting.isClosed)
            let connections = gateway.gateway.snapshot([]).connections
            #expect(connections.open == 0 && connections.turnedAway.total == 0)
        }
    }

    @Test func `proxies have no more places than there are`() async throws {
        try await withProxy(["max_connections: 1"]) { gateway in
            let first = try connect(gateway)
            try await gateway.reaches("connections.open", 1)
            let second = try connect(gateway)
            #expect(try await eventually { second.isClosed })
            try await gateway.reaches(Self.by + "max_connections", 1)
            #expect(!first.isClosed)
        }
    }
}
