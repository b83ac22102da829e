import NanoCore
import Testing

@testable import NanoServe

/// How many connections there may be, and for how long.
@Suite struct ConnectionLimitTests {
    @Test func `an address has its own limit, and one that leaves makes room`() async throws {
        try await withDevicePort {
            $0.maximumConnectionsPerAddress = 2
        } scenario: { port in
            var sockets = [
                try DeviceSocket(port: port.port), try DeviceSocket(port: port.port),
            ]
            #expect(try await eventually { port.counts.open == 2 })
            let third = try DeviceSocket(port: port.port)
            #expect(try await eventually { third.isClosed })
            #expect(port.counts.turnedAway[.sourceFull] == 1 && port.counts.open == 2)

            let neighbour = try DeviceSocket(port: port.port, source: 2)
            try neighbour.send(DeviceFrames.pressure(1))
            #expect(try await eventually { port.accepted == 1 })

            sockets.removeLast()
            #expect(try await eventually { port.counts.open == 2 })
            let next = try DeviceSocket(port: port.port)
            try next.send(DeviceFrames.pressure(2))
            #expect(try await eventually { port.accepted == 2 })
            #expect(!sockets[0].isClosed && port.counts.turnedAway.total == 1)
            #expect(port.counts.total == 4)
        }
    }

    @Test func `all addresses share a limit, and those who are turned away count`() async throws {
        try await withDevicePort {
            $0.maximumConnections = 3
            $0.frameMilliseconds = 600_000
        } scenario: { port in
            var sockets = try (1...3).map { try DeviceSocket(port: port.port, source: $0) }
            #expect(try await eventually { port.counts.open == 3 })
            for count in 1...5 {
                let another = try DeviceSocket(port: port.port, source: 9)
                #expect(try await eventually { another.isClosed })
                #expect(port.counts.turnedAway[.full] == UInt64(count))
            }
            sockets.removeFirst()
            #expect(try await eventually { port.counts.open == 2 })
            let next = try DeviceSocket(port: port.port)
            try next.send(DeviceFrames.pressure(1))
            #expect(try await eventually { port.accepted == 1 })
            #expect(port.counts.open == 3 && port.counts.closedByGateway == 0)
        }
    }

    @Test func `a frame that never ends costs its connection, however slowly it grows`()
        async throws
    {
        try await withDevicePort {
            $0.frameMilliseconds = 200
        } scenario: { port in
            let idle = try DeviceSocket(port: port.port)
            let slow = try DeviceSocket(port: port.port)
            // It takes longer to grow than any machine stands still.
            let frame = BackPressureTests.frame(1)
            var sent = 0
            let started = ContinuousClock.now
            #expect(
                try await eventually(every: .milliseconds(20)) {
                    // The last byte is never sent.
                    if sent < frame.count - 1, (try? slow.send([frame[sent]])) != nil { sent += 1 }
                    return slow.isClosed
                })
            #expect(ContinuousClock.now - started > .milliseconds(200))
            // It was still growing, so it is not silence that was punished.
            #expect(sent < frame.count - 1)
            #expect(try await eventually { port.counts.open == 1 })
            #expect(port.refused == 1 && port.refused(.truncated) == 1 && port.accepted == 0)
            #expect(port.counts.closedByGateway == 1 && !idle.isClosed)
        }
    }

    @Test func `whole frames may take longer together than one may alone`() async throws {
        try await withDevicePort {
            $0.frameMilliseconds = 4_000
        } scenario: { port in
            let socket = try DeviceSocket(port: port.port)
            // Every write ends one frame and begins the next.
            let stream = DeviceFrames.pressures(1...13).flatMap(\.self)
            let length = stream.count / 13
            try socket.send(stream[..<5])
            for number in 1...12 {
                try await Task.sleep(for: .milliseconds(350))
                try socket.send(stream[(number - 1) * length + 5..<number * length + 5])
            }
            #expect(try await eventually { port.accepted == 12 })
            #expect(!socket.isClosed && port.refused == 0)
        }
    }

    @Test func `a silent connection is closed and nothing is refused for it`() async throws {
        try await withDevicePort {
            $0.idleMilliseconds = 3_000
        } scenario: { port in
            let silent = try DeviceSocket(port: port.port)
            let talking = try DeviceSocket(port: port.port)
            try silent.send(DeviceFrames.pressure(0))
            var number = 0
            #expect(
                try await eventually(every: .milliseconds(20)) {
                    number += 1
                    try talking.send(DeviceFrames.pressure(number))
                    return silent.isClosed
                })
            #expect(!talking.isClosed && port.refused == 0)
            #expect(try await eventually { port.counts.closedByGateway == 1 })
        }
    }
}
