import NIOCore
import NIOEmbedded
import Testing

@testable import NanoServe

/// Connections that come as the listening ends.
@Suite struct ArrivalsTests {
    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private func connection() async throws -> Connection {
        let channel = NIOAsyncTestingChannel()
        try await channel.connect(to: SocketAddress(unixDomainSocketPath: "here"))
        return try await channel.testingEventLoop.executeInContext {
            try Connection(wrappingChannelSynchronously: channel)
        }
    }

    @Test func `what was not taken is closed, and nothing comes in behind that`() async throws {
        let arrivals = Arrivals<Connection>()
        let served = try await connection()
        let forgotten = try await connection()
        let late = try await connection()
        try arrivals.hold(served)
        try arrivals.hold(forgotten)
        arrivals.take(served)
        await arrivals.close()
        try await forgotten.channel.closeFuture.get()
        #expect(throws: ChannelError.self) { try arrivals.hold(late) }
        try await late.channel.closeFuture.get()
        // What was taken is its taker's.
        #expect(served.channel.isActive)
        try await served.executeThenClose { _, _ in }
    }
}
