import NIOCore
import NIOSSL
import NanoCore
import Testing

@testable import NanoServe

/// TLS on the device port, over real sockets and with real certificates.
@Suite struct TLSPortTests {
    private let authority: TestAuthority

    init() throws {
        authority = try TestAuthority()
    }

    /// A gateway with TLS, and with more keys of `devices.tls` and of `devices`.
    private func withTLS(
        _ keys: [String] = [], devices: [String] = [],
        scenario: (LiveGateway) async throws -> Void
    ) async throws {
        let files = authority.server
        let tls = ["certificate: \(files.certificate)", "key: \(files.key)"] + keys
        let yaml =
            "devices:\n" + devices.map { "  \($0)\n" }.joined() + "  tls:\n"
            + tls.map { "    \($0)\n" }.joined()
        try await withGateway(yaml: yaml, scenario)
    }

    private func tls() throws -> ServerTLS {
        let files = authority.server
        return try ServerTLS(
            TLSFiles(section: "devices.tls", certificate: files.certificate, key: files.key),
            unixSeconds: Int64(DeviceFrames.now))
    }

    private func port(_ gateway: LiveGateway) -> Int {
        gateway.gateway.snapshot([]).gateway.devicePort
    }

    private func failure(_ gateway: LiveGateway) -> HandshakeFailure? {
        gateway.gateway.snapshot([]).connections.tls?.failures.last
    }

    @Test func `one port takes frames with and without TLS, told apart by the first byte`()
        async throws
    {
        try await withTLS { gateway in
            let plain = try DeviceSocket(port: port(gateway))
            try plain.send(DeviceFrames.pressure(1))
            try await gateway.reaches("packets.accepted", 1)
            try await gateway.reaches("connections.tls.open", 0)

            let device = try await TLSDevice(port: port(gateway), authority.client())
            try await device.send(DeviceFrames.pressure(2) + DeviceFrames.pressure(3))
            try await gateway.reaches("packets.accepted", 3)
            try await gateway.reaches("connections.tls.open", 1)
            try await gateway.reaches("connections.total", 2)
            try await device.close()
            try await gateway.reaches("connections.tls.open", 0)
            try await gateway.reaches("connections.tls.total", 1)
            try await gateway.reaches("connections.turned_away", 0)
            try await gateway.reaches("refused.truncated", 0)
        }
    }

    @Test func `bytes that are neither are refused as bytes, where plain ones may come`()
        async throws
    {
        try await withTLS { gateway in
            let socket = try DeviceSocket(port: port(gateway))
            try socket.send([0x15] + DeviceFrames.pressure(1))
            try await gateway.reaches("packets.accepted", 1)
            try await gateway.reaches("refused.bad_magic", 1)
        }
    }

    @Test func `where plain connections are refused they are counted as such`() async throws {
        try await withTLS(["plain: refuse"]) { gateway in
            let plain = try DeviceSocket(port: port(gateway), source: 9)
            try plain.send(DeviceFrames.pressure(1))
            #expect(try await eventually { plain.isClosed })
            try await gateway.reaches("connections.turned_away_by.plain", 1)
            #expect(failure(gateway)?.address == "127.0.0.9")
            let device = try await TLSDevice(port: port(gateway), authority.client())
            try await device.send(DeviceFrames.pressure(2))
            try await gateway.reaches("packets.accepted", 1)
            try await gateway.reaches("packets.received", 1)
            try await gateway.reaches("connections.total", 1)
        }
    }

    @Test func `a port of TLS's own takes nothing else, and the other one no TLS`() async throws {
        try await withTLS(["port: 0"]) { gateway in
            let tlsPort = gateway.gateway.snapshot([]).gateway.tlsPort
            #expect(tlsPort > 0 && tlsPort != port(gateway))
            let device = try await TLSDevice(port: tlsPort, authority.client())
            try await device.send(DeviceFrames.pressure(1))
            let plain = try DeviceSocket(port: port(gateway))
            try plain.send(DeviceFrames.pressure(2))
            try await gateway.reaches("packets.accepted", 2)
            let lost = try DeviceSocket(port: tlsPort)
            try lost.send(DeviceFrames.pressure(3))
            #expect(try await eventually { lost.isClosed })
            try await gateway.reaches("connections.turned_away_by.plain", 1)
            // Where there are frames alone, a handshake is bytes that are none.
            try plain.send([0x16, 3, 1, 2, 0] + DeviceFrames.pressure(4))
            try await gateway.reaches("refused.bad_magic", 1)
            try await gateway.reaches("packets.accepted", 3)
        }
    }

    @Test(arguments: [("1.2", TLSVersion.tlsv11), ("1.3", TLSVersion.tlsv12)])
    func `an older version of TLS than is allowed comes to nothing`(
        minimum: String, version: TLSVersion
    ) async throws {
        try await withTLS(["minimum_version: \(minimum)"]) { gateway in
            var old = try authority.client()
            old.minimumTLSVersion = .tlsv1
            old.maximumTLSVersion = version
            await #expect(throws: (any Error).self) {
                _ = try await TLSDevice(port: port(gateway), old)
            }
            try await gateway.reaches("connections.turned_away_by.tls_handshake", 1)
            #expect(failure(gateway)?.words == "its version of TLS is too old")
            #expect(gateway.log.lines(with: "TLS").isEmpty)
            old.maximumTLSVersion = nil
            let device = try await TLSDevice(port: port(gateway), old)
            try await device.send(DeviceFrames.pressure(1))
            try await gateway.reaches("packets.accepted", 1)
        }
    }

    @Test func `a handshake and its frames may be cut anywhere`() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        try await withTLS { gateway in
            for round in 0..<20 {
                let device = try await TLSDevice(
                    port: port(gateway), authority.client(), seed: seed &+ UInt64(round))
                try await device.send(
                    DeviceFrames.pressures(round * 3..<round * 3 + 3).flatMap(\.self))
                try await device.close()
            }
            try await gateway.reaches("packets.accepted", 60)
            try await gateway.reaches("packets.received", 60)
            try await gateway.reaches("connections.turned_away", 0)
        }
    }

    @Test func `a proxy's header comes before the handshake`() async throws {
        let proxies = ["proxy_protocol: {trusted: [127.0.0.1]}", "deny: [10.9.0.0/16]"]
        try await withTLS(["plain: refuse"], devices: proxies) { gateway in
            let device = try await TLSDevice(
                port: port(gateway), authority.client(),
                preface: ProxyHeaders.ipv4([192, 0, 2, 7], port: 4_242))
            try await device.send(DeviceFrames.pressure(1))
            try await gateway.reaches("packets.accepted", 1)
            let packets = gateway.gateway.snapshot([.packets]).packets
            #expect(packets.map(\.address) == ["192.0.2.7:4242"])
            await #expect(throws: (any Error).self) {
                _ = try await TLSDevice(
                    port: port(gateway), authority.client(),
                    preface: ProxyHeaders.ipv4([10, 9, 0, 1]))
            }
            try await gateway.reaches("connections.turned_away_by.denied", 1)
            // The header and the first bytes behind it in one segment.
            let socket = try DeviceSocket(port: port(gateway))
            try socket.send(ProxyHeaders.ipv4([192, 0, 2, 8]) + DeviceFrames.pressure(2))
            #expect(try await eventually { socket.isClosed })
            #expect(failure(gateway)?.address == "192.0.2.8")
            #expect(failure(gateway)?.reason == .plain)
        }
    }

    @Test func `the doors are in front of the handshake`() async throws {
        try await withTLS(devices: ["deny: [127.0.0.1]"]) { gateway in
            await #expect(throws: (any Error).self) {
                _ = try await TLSDevice(port: port(gateway), authority.client())
            }
            try await gateway.reaches("connections.turned_away_by.denied", 1)
            try await gateway.reaches("connections.turned_away_by.tls_handshake", 0)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a stop waits for no device, and judges what has arrived`() async throws {
        var devices: [TLSDevice] = []
        try await withTLS { gateway in
            for _ in 0..<3 {
                devices.append(try await TLSDevice(port: port(gateway), authority.client()))
            }
            // Their end of the handshake is done before the gateway's.
            try await gateway.reaches("connections.tls.open", 3)
            for (number, device) in devices.enumerated() {
                try await device.send(DeviceFrames.pressure(number))
            }
            let begun = ContinuousClock.now
            try await gateway.stop()
            #expect(ContinuousClock.now - begun < .seconds(30))
            #expect(gateway.gateway.snapshot([]).ledger.accepted == 3)
        }
        for device in devices { try await device.close() }
    }

    @Test func `a handshake has the time of a frame, and silence too where nothing else comes`()
        async throws
    {
        let tls = try tls()
        for takesPlain in [true, false] {
            try await withDevicePort {
                $0.frameMilliseconds = 200
                $0.tls = TLSDoor(tls: tls, takesPlain: takesPlain)
            } scenario: { port in
                let slow = try DeviceSocket(port: port.port)
                try slow.send([0x16, 3, 1])
                let silent = try DeviceSocket(port: port.port)
                #expect(try await eventually { slow.isClosed })
                #expect(port.counts.turnedAway[.handshake] == 1)
                #expect(port.counts.tls?.failures.map(\.words) == ["not done in time"])
                #expect(port.counts.total == 0)
                if takesPlain {
                    try silent.send(DeviceFrames.pressure(1))
                    #expect(try await eventually { port.accepted == 1 })
                } else {
                    #expect(try await eventually { silent.isClosed })
                    #expect(try await eventually { port.counts.closedByGateway == 1 })
                }
                #expect(port.counts.turnedAway.total == 1)
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a full journal lets devices wait over TLS too, and loses nothing`() async throws {
        let tls = try tls()
        try await withDevicePort(journalBytes: 1 << 20, takesAtOnce: false) {
            $0.tls = TLSDoor(tls: tls)
        } scenario: { port in
            let device = try await TLSDevice(port: port.port, authority.client())
            let frames = (0..<4_000).map(BackPressureTests.frame)
            let sending = Task { try await device.send(frames.flatMap(\.self)) }
            #expect(try await eventually { port.journal.isFull })
            #expect(port.accepted < frames.count)
            var delivered: [[UInt8]] = []
            let areThere = try await eventually {
                delivered += port.deliver(500)
                return delivered.count >= frames.count
            }
            try await sending.value
            #expect(areThere && delivered == frames && port.refused == 0)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a stop ends in the middle of a flood`() async throws {
        let tls = try tls()
        let clock = ContinuousClock()
        var begun = clock.now
        try await withDevicePort {
            $0.tls = TLSDoor(tls: tls, takesPlain: false)
        } scenario: { port in
            let device = try await TLSDevice(port: port.port, authority.client())
            let flood = (0..<4_000).map(BackPressureTests.frame).flatMap(\.self)
            for _ in 0..<10 { device.channel.writeAndFlush(ByteBuffer(bytes: flood), promise: nil) }
            #expect(try await eventually { port.accepted > 100 })
            begun = clock.now
        }
        #expect(clock.now - begun < .seconds(30))
    }

    @Test func `a connection that is left without a word is nobody's fault`() async throws {
        try await withTLS(["plain: refuse"]) { gateway in
            try DeviceSocket(port: port(gateway)).endSending()
            let half = try DeviceSocket(port: port(gateway))
            try half.send([0x16, 3, 1, 2, 0])
            half.endSending()
            try await gateway.reaches("connections.turned_away_by.tls_handshake", 1)
            #expect(failure(gateway)?.words == "closed in the middle of the handshake")
            try await gateway.reaches("connections.open", 0)
            try await gateway.reaches("connections.turned_away", 1)
        }
    }
}
