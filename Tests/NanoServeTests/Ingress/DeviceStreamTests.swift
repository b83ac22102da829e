import NanoCore
import Testing

@testable import NanoServe

/// Bytes on their way from a device's socket to a verdict.
@Suite struct DeviceStreamTests {
    @Test func `frames that come byte by byte are accepted in their order`() async throws {
        try await withDevicePort(takesAtOnce: false) { port in
            let frames = DeviceFrames.pressures(1...3)
            let socket = try DeviceSocket(port: port.port)
            for (count, byte) in frames.flatMap(\.self).enumerated() {
                try socket.send([byte])
                #expect(try await eventually(every: .microseconds(200)) { port.bytes == count + 1 })
            }
            try await port.commitAll()
            #expect(port.deliver(9) == frames && port.refused == 0)
        }
    }

    @Test func `frames cut at any offset are accepted in their order`() async throws {
        try await withDevicePort(takesAtOnce: false) { port in
            let socket = try DeviceSocket(port: port.port)
            var sent = 0
            var number = 0
            for cut in 1..<DeviceFrames.pressure(100).count {
                let pair = DeviceFrames.pressures([100 + number, 101 + number])
                number += 2
                let bytes = pair.flatMap(\.self)
                for part in [bytes[..<cut], bytes[cut...]] {
                    try socket.send(part)
                    sent += part.count
                    #expect(try await eventually(every: .microseconds(200)) { port.bytes == sent })
                }
                try await port.commitAll()
                #expect(port.deliver(9) == pair)
            }
            #expect(port.accepted == number && port.refused == 0)
        }
    }

    @Test func `a long read behind the beginning of a frame is accepted in its order`() async throws
    {
        try await withDevicePort(takesAtOnce: false) { port in
            let socket = try DeviceSocket(port: port.port)
            var sent = 0
            // Inside the first header, inside its payload, inside its MAC, and behind it.
            for (turn, cut) in [1, 13, 14, 60, 100, 130].enumerated() {
                let frames = DeviceFrames.pressures(100 * turn..<100 * turn + 60)
                let bytes = frames.flatMap(\.self)
                let end = bytes.count - 20
                for part in [bytes[..<cut], bytes[cut..<end], bytes[end...]] {
                    try socket.send(part)
                    sent += part.count
                    #expect(try await eventually(every: .microseconds(200)) { port.bytes == sent })
                }
                try await port.commitAll()
                #expect(port.deliver(99) == frames)
            }
            #expect(port.accepted == 360 && port.refused == 0)
        }
    }

    @Test func `a long read behind a frame that is refused keeps its order`() async throws {
        try await withDevicePort(takesAtOnce: false) { port in
            let socket = try DeviceSocket(port: port.port)
            var forged = DeviceFrames.pressure(1)
            forged[forged.count - 1] ^= 1
            let frames = DeviceFrames.pressures(2...60)
            let bytes = forged + frames.flatMap(\.self)
            for part in [bytes[..<50], bytes[50...]] {
                try socket.send(part)
                #expect(
                    try await eventually { port.bytes == (part.startIndex == 0 ? 50 : bytes.count) }
                )
            }
            try await port.commitAll()
            #expect(port.deliver(99) == frames)
            #expect(port.refused == 1 && port.refused(.macMismatch) == 1)
        }
    }

    @Test func `a device that closes inside a frame leaves one truncated frame`() async throws {
        try await withDevicePort { port in
            let socket = try DeviceSocket(port: port.port)
            try socket.send(DeviceFrames.pressure(1) + DeviceFrames.pressure(2).dropLast())
            socket.endSending()
            #expect(try await eventually { port.counts.open == 0 && port.counts.total == 1 })
            #expect(port.accepted == 1)
            #expect(port.refused == 1 && port.refused(.truncated) == 1)
            #expect(port.counts.closedByGateway == 0)
        }
    }

    @Test func `a device that resets its connection leaves the others alone`() async throws {
        try await withDevicePort { port in
            let honest = try DeviceSocket(port: port.port)
            for number in 1...20 {
                let hasty = try DeviceSocket(port: port.port)
                hasty.resetWhenClosed()
                try hasty.send(DeviceFrames.pressure(number).dropLast(number))
            }
            #expect(try await eventually { port.counts.total == 21 && port.counts.open == 1 })
            try honest.send(DeviceFrames.pressure(99))
            #expect(try await eventually { port.accepted == 1 })
            #expect(port.refused == port.refused(.truncated))
        }
    }

    @Test func `a connection ends with a gap of more than 4096 bytes, not before`() async throws {
        try await withDevicePort { port in
            let garbage = [UInt8](repeating: 0x55, count: 4_096)
            let patient = try DeviceSocket(port: port.port)
            try patient.send(garbage + DeviceFrames.pressure(1))
            #expect(try await eventually { port.accepted == 1 })
            #expect(!patient.isClosed && port.refused(.badMagic) == 1)

            let hopeless = try DeviceSocket(port: port.port)
            try hopeless.send(garbage + [0x55] + DeviceFrames.pressure(2))
            #expect(try await eventually { hopeless.isClosed })
            #expect(port.accepted == 1)
            #expect(port.refused == 2 && port.refused(.badMagic) == 2)
            // The other end may see the close before it is counted.
            #expect(try await eventually { port.counts.closedByGateway == 1 })
        }
    }

    @Test func `devices come by IPv4 and IPv6, and IPv4 addresses look like it`() async throws {
        try await withDevicePort {
            $0.host = nil
        } scenario: { port in
            try DeviceSocket(port: port.port).send(DeviceFrames.pressure(1))
            try DeviceSocket(port: port.port, isIPv6: true).send(DeviceFrames.pressure(2))
            #expect(try await eventually { port.accepted == 2 })
            #expect(port.packets.contains { $0.address.hasPrefix("127.0.0.1:") })
            #expect(port.packets.contains { $0.address.hasPrefix("::1:") })
        }
    }
}
