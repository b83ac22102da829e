import NIOCore
import NIOEmbedded
import Testing

@testable import NanoServe

/// Connections that come as the admin socket closes.
@Suite struct AdminArrivalsTests {
    @Test func `what was not taken is closed, and nothing comes in behind that`() async throws {
        let arrivals = AdminArrivals()
        let channels = (0..<3).map { _ in NIOAsyncTestingChannel() }
        var connections: [AdminArrivals.Connection] = []
        for channel in channels {
            connections.append(
                try await channel.testingEventLoop.executeInContext { try arrivals.wrap(channel) })
        }
        arrivals.take(connections[1])
        let left = arrivals.close()
        #expect(
            Set(left.map { ObjectIdentifier($0.channel) })
                == [ObjectIdentifier(channels[0]), ObjectIdentifier(channels[2])])
        #expect(arrivals.close().isEmpty)
        let late = NIOAsyncTestingChannel()
        await #expect(throws: ChannelError.self) {
            _ = try await late.testingEventLoop.executeInContext { try arrivals.wrap(late) }
        }
        for connection in connections { try? await connection.executeThenClose { _, _ in } }
    }
}
