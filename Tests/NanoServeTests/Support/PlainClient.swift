import NIOCore
import NIOPosix
import Synchronization

/// A client that sends what a test writes, byte for byte, and collects what comes back.
final class PlainClient: Sendable {
    private let channel: any Channel
    private let collector: Collector

    /// - Parameter reads: Whether it ever reads an answer.
    init(port: Int, reads: Bool = true) async throws {
        let collector = Collector()
        self.collector = collector
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { $0.pipeline.addHandler(collector) }
            .connect(host: "127.0.0.1", port: port).get()
    }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    /// What has come so far.
    var text: String { collector.text.withLock { $0 } }

    /// Whether the other end has closed the connection.
    var isClosed: Bool { !channel.isActive }

    /// Says that nothing follows, and goes on reading.
    func endSending() async throws {
        try await channel.close(mode: .output)
    }

    func close() async throws {
        if channel.isActive { try await channel.close() }
    }

    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let text = Mutex("")

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let part = String(buffer: unwrapInboundIn(data))
            text.withLock { $0 += part }
        }
    }
}
