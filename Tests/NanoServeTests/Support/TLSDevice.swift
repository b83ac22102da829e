import NIOCore
import NIOPosix
import NIOSSL

@testable import NanoSim

/// A device that speaks TLS.
struct TLSDevice {
    let channel: any Channel

    /// Connects and waits for its own end of the handshake.
    ///
    /// - Parameters:
    ///   - preface: What is sent in front of the handshake: a proxy's header.
    ///   - seed: Where its bytes are cut on their way; nil for nowhere.
    init(
        port: Int, _ configuration: TLSConfiguration, preface: [UInt8] = [], seed: UInt64? = nil
    ) async throws {
        let context = try NIOSSLContext(configuration: configuration)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: "127.0.0.1", port: port).get()
        self.channel = channel
        if !preface.isEmpty { try await channel.writeAndFlush(ByteBuffer(bytes: preface)) }
        let ready = channel.eventLoop.makePromise(of: Void.self)
        try await channel.eventLoop.submit {
            let pipeline = channel.pipeline.syncOperations
            if let seed { try pipeline.addHandler(Scissors(SplitMix64(seed: seed))) }
            try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
            try pipeline.addHandler(HandshakeWaiter(ready))
        }.flatMapErrorThrowing { error in
            // The gateway may have closed the connection already.
            ready.fail(error)
            throw error
        }.get()
        try await ready.futureResult.get()
    }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    var isClosed: Bool { !channel.isActive }

    func close() async throws {
        if channel.isActive { try await channel.close() }
    }

    /// Cuts what is written into small pieces, each a segment of its own if the system likes.
    private final class Scissors: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private var random: SplitMix64

        init(_ random: SplitMix64) {
            self.random = random
        }

        func write(
            context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
        ) {
            var buffer = unwrapOutboundIn(data)
            while buffer.readableBytes > 0 {
                let count = Int.random(in: 1...min(9, buffer.readableBytes), using: &random)
                guard let piece = buffer.readSlice(length: count) else { return }
                let isLast = buffer.readableBytes == 0
                context.writeAndFlush(wrapOutboundOut(piece), promise: isLast ? promise : nil)
            }
        }
    }
}
