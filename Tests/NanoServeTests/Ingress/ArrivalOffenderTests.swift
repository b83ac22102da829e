import NanoCore
import Testing

@testable import NanoServe

/// Offenders where TLS is spoken: connections that nobody has come in with yet.
@Suite struct ArrivalOffenderTests {
    private let authority: TestAuthority

    init() throws {
        authority = try TestAuthority()
    }

    private func withTLS(
        plain: String = "allow", _ scenario: (LiveGateway) async throws -> Void
    ) async throws {
        let files = authority.server
        let yaml = """
            devices:
              frame_timeout_s: 300
              offenders: {action: block, slow_after: 20, block_after: 50, flap_after: 10}
              tls:
                certificate: \(files.certificate)
                key: \(files.key)
                plain: \(plain)
            """
        try await withGateway(yaml: yaml, scenario)
    }

    private func port(_ gateway: LiveGateway) -> Int {
        gateway.gateway.snapshot([]).gateway.devicePort
    }

    private func connect(_ gateway: LiveGateway, from source: UInt32) throws -> DeviceSocket {
        try DeviceSocket(port: port(gateway), source: source)
    }

    private func blocked(_ gateway: LiveGateway) -> [String] {
        gateway.gateway.snapshot([]).offenders.rows.filter { $0.state == .blocked }.map(\.source)
    }

    /// Connects for nothing: without a word, and with a handshake that comes to nothing.
    private func flap(_ gateway: LiveGateway, from source: UInt32) throws {
        for number in 0..<10 {
            let socket = try connect(gateway, from: source)
            if number.isMultiple(of: 2) { try socket.send([0x16, 3, 1, 2, 0]) }
            socket.endSending()
        }
    }

    @Test(arguments: ["allow", "refuse"])
    func `who connects again and again without coming in is blocked`(plain: String) async throws {
        try await withTLS(plain: plain) { gateway in
            let silent = try connect(gateway, from: 4)
            let other = try connect(gateway, from: 5)
            try flap(gateway, from: 4)
            #expect(try await eventually { blocked(gateway) == ["127.0.0.4"] })
            #expect(try await eventually { silent.isClosed })
            #expect(!other.isClosed)
        }
    }

    @Test func `a device on trial has the time of its handshake, and ends the block`() async throws
    {
        try await withTLS(plain: "refuse") { gateway in
            try flap(gateway, from: 1)
            #expect(try await eventually { blocked(gateway) == ["127.0.0.1"] })
            let isHeard = try await eventually(every: .milliseconds(200)) {
                guard let device = try? await TLSDevice(port: port(gateway), authority.client())
                else { return false }
                try await device.send(DeviceFrames.pressure(1))
                return true
            }
            #expect(isHeard)
            try await gateway.reaches("packets.accepted", 1)
            #expect(blocked(gateway).isEmpty)
        }
    }

    @Test func `devices that shake hands for each frame do not flap`() async throws {
        try await withTLS { gateway in
            for number in 1...15 {
                let device = try await TLSDevice(port: port(gateway), authority.client())
                try await device.send(DeviceFrames.pressure(number))
                try await device.close()
            }
            try await gateway.reaches("packets.accepted", 15)
            #expect(gateway.gateway.snapshot([]).offenders.rows.isEmpty)
        }
    }

    @Test func `an operator's block closes what has not come in yet`() async throws {
        try await withTLS { gateway in
            let silent = try connect(gateway, from: 2)
            let half = try connect(gateway, from: 2)
            try half.send([0x16, 3, 1, 2, 0])
            let other = try connect(gateway, from: 3)
            try await gateway.reaches("connections.open", 3)
            _ = await gateway.perform(.blockAddress("127.0.0.2", seconds: 600))
            #expect(try await eventually { silent.isClosed && half.isClosed })
            try await gateway.reaches("connections.closed_by_gateway", 2)
            try await gateway.reaches("connections.open", 1)
            #expect(!other.isClosed)
        }
    }

    @Test func `a block closes too what comes in just after it`() async throws {
        try await withTLS { gateway in
            let silent = try connect(gateway, from: 2)
            let hostile = try connect(gateway, from: 2)
            try await gateway.reaches("connections.open", 2)
            let forged = (0..<60).flatMap {
                DeviceFrames.pressure($0, secret: Array(repeating: 7, count: 32))
            }
            try hostile.send(forged)
            #expect(try await eventually(every: .milliseconds(1)) { hostile.isClosed })
            // The beginning of a frame, before the event loops have looked for the block's.
            try? silent.send(forged.prefix(4))
            #expect(try await eventually { silent.isClosed })
        }
    }
}
