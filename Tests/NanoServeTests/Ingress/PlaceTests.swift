import NanoCore
import Synchronization
import Testing

@testable import NanoServe

/// Who makes room when there is no place left.
@Suite struct PlaceTests {
    private static let second: UInt64 = 1_000_000_000

    private static func network(_ text: String) throws -> IPNetwork { try IPNetwork(text) }

    @Test func `the oldest that has shown nothing makes room once it has had its time`() throws {
        var unproven = UnprovenConnections(patience: 10 * Self.second)
        let (here, there) = (try Self.network("10.0.0.1"), try Self.network("10.0.0.2"))
        let first = unproven.add(from: here, now: 0) {}
        let second = unproven.add(from: there, now: Self.second) {}
        #expect(unproven.candidate(for: there, now: 10 * Self.second - 1) == nil)
        #expect(unproven.candidate(for: there, now: 10 * Self.second) == first)
        unproven.remove(first)
        #expect(unproven.candidate(for: here, now: 10 * Self.second) == nil)
        #expect(unproven.candidate(for: here, now: 11 * Self.second) == second)
        #expect(unproven.take(second) != nil && unproven.count == 0)
        #expect(unproven.candidate(for: nil, now: 100 * Self.second) == nil)
        #expect(unproven.take(second) == nil)
    }

    @Test func `of a crowd from one address one makes room for another address at once`() throws {
        var unproven = UnprovenConnections(patience: 10 * Self.second)
        let (crowd, other) = (try Self.network("10.0.0.1"), try Self.network("10.0.0.2"))
        // One that is alone stands in front of them, and is not asked.
        _ = unproven.add(from: other, now: 0) {}
        let numbers = (0..<4).map { _ in unproven.add(from: crowd, now: 1) {} }
        #expect(unproven.candidate(for: other, now: 1) == numbers[0])
        #expect(unproven.candidate(for: nil, now: 1) == numbers[0])
        #expect(unproven.candidate(for: crowd, now: 1) == nil, "not for one more of them")
        _ = unproven.take(numbers[0])
        _ = unproven.take(numbers[1])
        #expect(unproven.candidate(for: other, now: 1) == nil, "they would be as many")
    }

    @Test func `a crowd pushes out its own before those of an address with fewer`() throws {
        var unproven = UnprovenConnections(patience: 10 * Self.second)
        let (crowd, other) = (try Self.network("10.0.0.1"), try Self.network("10.0.0.2"))
        _ = unproven.add(from: other, now: 0) {}
        let numbers = (0..<3).map { _ in unproven.add(from: crowd, now: Self.second) {} }
        #expect(unproven.candidate(for: crowd, now: 10 * Self.second) == nil)
        #expect(unproven.candidate(for: crowd, now: 11 * Self.second) == numbers[0])
    }

    @Test func `when a crowd has gone, the next one makes room`() throws {
        var unproven = UnprovenConnections(patience: 10 * Self.second)
        let sources = try ["10.0.0.1", "10.0.0.2", "10.0.0.3"].map(Self.network)
        let first = (0..<101).map { _ in unproven.add(from: sources[0], now: 0) {} }
        let second = (0..<100).map { _ in unproven.add(from: sources[1], now: 0) {} }
        #expect(unproven.candidate(for: sources[2], now: 0) == first[0])
        for number in first { unproven.remove(number) }
        #expect(unproven.candidate(for: sources[2], now: 0) == second[0])
    }

    @Test func `no more than 64 are on their way out at once`() throws {
        var unproven = UnprovenConnections(patience: 0)
        let numbers = (0..<70).map { _ in unproven.add(from: nil, now: 0) {} }
        for number in numbers.prefix(64) {
            #expect(unproven.candidate(for: nil, now: 1) == number)
            _ = unproven.take(number)
        }
        #expect(unproven.candidate(for: nil, now: 1) == nil)
        unproven.remove(numbers[10])
        #expect(unproven.candidate(for: nil, now: 1) == numbers[64])
    }

    @Test func `those that come and go behind an old one leave nothing`() throws {
        var unproven = UnprovenConnections(patience: Self.second)
        let closed = Mutex<[UInt64]>([])
        let first = unproven.add(from: nil, now: 0) { closed.withLock { $0.append(0) } }
        for number: UInt64 in 1...10_000 {
            unproven.remove(
                unproven.add(from: nil, now: number) { closed.withLock { $0.append(number) } })
        }
        let last = unproven.add(from: nil, now: 20_000) { closed.withLock { $0.append(20_000) } }
        #expect(unproven.count == 2 && last == 10_002)
        unproven.take(first)?()
        unproven.take(last)?()
        #expect(closed.withLock(\.self) == [0, 20_000] && unproven.count == 0)
    }

    @Test func `connections that send nothing that counts keep no device out, and none its place`()
        async throws
    {
        try await withDevicePort {
            $0.maximumConnections = 4
            $0.frameMilliseconds = 600_000
        } scenario: { port in
            let device = try DeviceSocket(port: port.port, source: 2)
            try device.send(DeviceFrames.pressure(1))
            #expect(try await eventually { port.accepted == 1 })
            // Garbage, byte by byte, as slowly as it likes.
            let hostile = try (0..<3).map { _ in try DeviceSocket(port: port.port) }
            for socket in hostile { try socket.send([0x00]) }
            #expect(try await eventually { port.counts.open == 4 })

            let next = try DeviceSocket(port: port.port, source: 3)
            try next.send(DeviceFrames.pressure(2))
            #expect(try await eventually { port.accepted == 2 })
            #expect(try await eventually { hostile.count(where: \.isClosed) == 1 })
            #expect(port.counts.turnedAway.total == 0 && port.counts.closedByGateway == 1)
            #expect(try await eventually { port.counts.open == 4 })

            // All places are held by devices, or by as few from an address as theirs would be.
            let third = try DeviceSocket(port: port.port, source: 4)
            try third.send(DeviceFrames.pressure(3))
            #expect(try await eventually { port.accepted == 3 })
            let fourth = try DeviceSocket(port: port.port, source: 5)
            #expect(try await eventually { fourth.isClosed })
            #expect(port.counts.turnedAway[.full] == 1)
            try device.send(DeviceFrames.pressure(4))
            #expect(try await eventually { port.accepted == 4 })
            #expect(!device.isClosed && !next.isClosed && !third.isClosed)
            #expect(hostile.count(where: \.isClosed) == 2)
        }
    }

    @Test func `a connection that has shown nothing for long makes room for its own neighbour`()
        async throws
    {
        try await withDevicePort {
            $0.maximumConnections = 1
            $0.frameMilliseconds = 10
        } scenario: { port in
            let idle = try DeviceSocket(port: port.port)
            #expect(try await eventually { port.counts.open == 1 })
            #expect(
                try await eventually(every: .milliseconds(20)) {
                    let next = try DeviceSocket(port: port.port)
                    try? next.send(DeviceFrames.pressure(1))
                    return try await eventually { next.isClosed || port.accepted == 1 }
                        && port.accepted == 1
                })
            #expect(idle.isClosed)
        }
    }
}
