import Foundation
import NanoCore
import Testing

@testable import NanoServe

/// What devices feel when the journal is full, and when it has room again.
@Suite struct BackPressureTests {
    /// The least room there can be.
    private static let journalBytes = 1 << 20

    /// A frame of nearly a kilobyte.
    static func frame(_ number: Int) -> [UInt8] {
        var payload = CBORWriter()
        payload.map(4)
        payload.text("n")
        payload.integer(Int64(number))
        for name in ["a", "b", "c"] {
            payload.text(name)
            payload.bytes([UInt8](repeating: 0x5A, count: 256))
        }
        return FrameBuilder(
            model: .esp32Pressure, type: .event, level: .standard, timestamp: DeviceFrames.now
        ).build(
            payload: payload.bytes,
            key: HMACKey(secret: DeviceFrames.secrets[.esp32Pressure] ?? []))
    }

    /// Sends frames until the journal is full, and never waits in a write that nobody would read.
    ///
    /// - Returns: The frames that were begun, and what is left of the last: some of it.
    private static func fill(
        _ journal: Journal, from socket: DeviceSocket
    ) throws -> (frames: Int, pending: ArraySlice<UInt8>) {
        var frames = 0
        var pending: ArraySlice<UInt8> = []
        while !journal.isFull {
            if pending.isEmpty {
                pending = frame(frames)[...]
                frames += 1
            }
            pending.removeFirst(try socket.sendAtOnce(pending))
        }
        if pending.isEmpty { (frames, pending) = (frames + 1, frame(frames)[...]) }
        return (frames, pending)
    }

    @Test func `a full journal lets the device wait, and loses and refuses nothing`() async throws {
        try await withDevicePort(journalBytes: Self.journalBytes, takesAtOnce: false) {
            $0.idleMilliseconds = 4_000
            $0.frameMilliseconds = 4_000
        } scenario: { port in
            let socket = try DeviceSocket(port: port.port, bufferBytes: 65_536)
            var sent = 0
            var pending: ArraySlice<UInt8> = []
            var blockedSince = ContinuousClock.now
            // Longer than the limits of silence, in which the device is not held to be silent; and not
            // much longer, since TCP asks for room ever more seldom (RFC 9293 §3.8.6.1).
            while !port.journal.isFull || ContinuousClock.now - blockedSince < .seconds(4.2) {
                if pending.isEmpty {
                    pending = Self.frame(sent)[...]
                    sent += 1
                }
                let count = try socket.sendAtOnce(pending)
                pending.removeFirst(count)
                if count > 0 {
                    blockedSince = .now
                } else {
                    try await Task.sleep(for: .milliseconds(5))
                }
                try #require(sent < 20_000, "the gateway goes on reading")
            }
            #expect(port.journal.isFull && !socket.isClosed)
            #expect(port.accepted < sent && port.refused == 0)
            let usage = port.journal.usage
            #expect(usage.bytes <= usage.budgetBytes)

            #expect(
                try await eventually(every: .milliseconds(1)) {
                    port.deliver(100)
                    pending.removeFirst(pending.isEmpty ? 0 : try socket.sendAtOnce(pending))
                    return port.journal.ledgers[0].delivered == UInt64(sent)
                })
            #expect(port.accepted == sent && port.refused == 0)
            #expect(port.journal.ledgers[0].unfinished == 0)
            #expect(try await eventually { port.deliver(1).isEmpty && !port.journal.isFull })
        }
    }

    @Test func `no device waits for ever, however often the journal fills and empties`()
        async throws
    {
        try await withDevicePort(journalBytes: Self.journalBytes, takesAtOnce: false) { port in
            let (devices, framesEach) = (6, 1_500)
            for device in 0..<devices {
                Thread.detachNewThread { [number = port.port] in
                    // A failure shows as frames that are missing.
                    guard let socket = try? DeviceSocket(port: number) else { return }
                    for frame in 0..<framesEach {
                        try? socket.send(Self.frame(device * framesEach + frame))
                    }
                }
            }
            var fillings = 0
            var wasFull = false
            let isDone = try await eventually(every: .microseconds(100)) {
                let isFull = port.journal.isFull
                if isFull, !wasFull { fillings += 1 }
                wasFull = isFull
                // Only a full journal is emptied, and never far: reading stops and goes on all the
                // time.
                if isFull || port.accepted == devices * framesEach { port.deliver(200) }
                return port.journal.ledgers[0].delivered == UInt64(devices * framesEach)
            }
            let ledger = port.journal.ledgers[0]
            #expect(
                isDone,
                """
                \(port.accepted) accepted, \(ledger.delivered) delivered, \(ledger.waiting) wait; \
                full: \(port.journal.isFull), \(port.journal.usage), \(port.counts)
                """)
            #expect(fillings >= 10)
            #expect(port.accepted == devices * framesEach && port.refused == 0)
        }
    }

    @Test
    func `who sends and leaves while the journal is full takes no memory, and is heard later`()
        async throws
    {
        try await withDevicePort(journalBytes: Self.journalBytes, takesAtOnce: false) { port in
            let (devices, framesEach) = (60, 50)
            let first = try DeviceSocket(port: port.port)
            var (number, pending) = try Self.fill(port.journal, from: first)
            // The door closes soon after the journal is full, not at the same moment.
            try await Task.sleep(for: .milliseconds(100))
            for _ in 0..<devices {
                let hasty = try DeviceSocket(port: port.port)
                try hasty.send((0..<framesEach).flatMap { Self.frame(number + $0) })
                number += framesEach
            }
            // A while in which all of them would have been read.
            try await Task.sleep(for: .milliseconds(200))
            let usage = port.journal.usage
            #expect(usage.bytes <= usage.budgetBytes)

            let isDone = try await eventually(every: .milliseconds(1)) {
                port.deliver(200)
                pending.removeFirst(pending.isEmpty ? 0 : try first.sendAtOnce(pending))
                return port.journal.ledgers[0].delivered == UInt64(number)
            }
            #expect(isDone && port.accepted == number && port.refused == 0)
        }
    }

    @Test func `a gateway whose route is paused blocks its devices until it is resumed`()
        async throws
    {
        try await withGateway(adjust: {
            $0.journal.maxBytes = Self.journalBytes
            $0.journal.whenFull = .block
            for place in $0.destinations.indices { $0.destinations[place].startsPaused = true }
        }) { gateway in
            let (devices, framesEach) = (4, 1_000)
            let port = gateway.gateway.snapshot([]).gateway.devicePort
            let finished = Counter()
            for device in 0..<devices {
                Thread.detachNewThread {
                    // A failure shows as frames that are missing.
                    guard let socket = try? DeviceSocket(port: port, bufferBytes: 65_536) else {
                        return
                    }
                    let numbers = device * framesEach..<(device + 1) * framesEach
                    for number in numbers { try? socket.send(Self.frame(number)) }
                    finished.add()
                }
            }
            #expect(try await eventually { gateway.gateway.snapshot([]).gateway.state == .blocked })
            try await gateway.expectBalance()
            #expect(gateway.gateway.snapshot([]).ledger.accepted < devices * framesEach)
            _ = await gateway.perform(.resumeRoute("alba"))
            try await gateway.reaches("routes.alba.delivered", devices * framesEach)
            #expect(gateway.gateway.snapshot([]).ledger.refused == 0)
            #expect(try await eventually { finished.value == devices })
        }
    }

    @Test func `a gateway can be stopped while its devices wait for room`() async throws {
        try await withDevicePort(journalBytes: Self.journalBytes, takesAtOnce: false) { port in
            let socket = try DeviceSocket(port: port.port, bufferBytes: 65_536)
            let (_, pending) = try Self.fill(port.journal, from: socket)
            _ = try socket.sendAtOnce(pending)
            try await port.listener.drain()
            #expect(try await eventually { port.counts.open == 0 })
            let isCommitted = try await eventually {
                port.journal.ledgers[0].waiting == UInt64(port.accepted)
            }
            #expect(isCommitted)
            #expect(port.refused == port.refused(.truncated))
        }
    }
}
