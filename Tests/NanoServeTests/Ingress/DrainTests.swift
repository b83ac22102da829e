import NanoCore
import Testing

@testable import NanoServe

/// What becomes of connections when the gateway stops.
@Suite struct DrainTests {
    @Test func `all that was written before the stop is judged`() async throws {
        try await withDevicePort { port in
            let sockets = try (0..<4).map { _ in try DeviceSocket(port: port.port) }
            #expect(try await eventually { port.counts.open == 4 })
            for (place, socket) in sockets.enumerated() {
                // About 32 KiB, which arrive at once; half a frame goes with the last whole one.
                let frames = DeviceFrames.pressures(place * 500..<(place + 1) * 500)
                try socket.send(frames.flatMap(\.self) + DeviceFrames.pressure(0).prefix(20))
            }
            try await port.listener.drain()
            #expect(port.accepted == 2_000)
            #expect(port.refused == 4 && port.refused(.truncated) == 4)
            for socket in sockets { #expect(try await eventually { socket.isClosed }) }
            #expect(try await eventually { port.counts.open == 0 })
        }
    }

    @Test func `who goes on sending cannot hold up the stop`() async throws {
        try await withDevicePort { port in
            let socket = try DeviceSocket(port: port.port)
            try socket.send(DeviceFrames.pressure(1))
            #expect(try await eventually { port.accepted == 1 })
            async let drained: Void = port.listener.drain()
            var number = 2
            #expect(
                try await eventually(every: .microseconds(100)) {
                    number += 1
                    return (try? socket.send(DeviceFrames.pressure(number))) == nil
                })
            try await drained
            #expect(try await eventually { port.counts.open == 0 })
        }
    }

    @Test func `who comes while the gateway stops is turned away`() async throws {
        try await withDevicePort { port in
            try await port.listener.drain()
            let late = try DeviceSocket(port: port.port)
            try late.send(DeviceFrames.pressure(1))
            #expect(try await eventually { late.isClosed })
            #expect(port.accepted == 0 && port.counts.total == 0)
        }
    }

    @Test func `a stopped gateway has delivered what it accepted`() async throws {
        try await withGateway { gateway in
            let port = gateway.gateway.snapshot([]).gateway.devicePort
            let socket = try DeviceSocket(port: port)
            try await gateway.reaches("connections.open", 1)
            try socket.send(
                DeviceFrames.pressures(0..<500).flatMap(\.self)
                    + DeviceFrames.pressure(500).dropLast())
            try await gateway.stop()
            let snapshot = gateway.gateway.snapshot([])
            #expect(snapshot.ledger.accepted == 500)
            #expect(snapshot.routes.first { $0.name == "alba" }?.delivered == 500)
            let truncated = try await gateway.number("refused.truncated")
            #expect(truncated == 1)
        }
    }
}
