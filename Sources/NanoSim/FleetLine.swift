import NIOCore
import NIOPosix
import NIOSSL
import NanoCore

/// How a fleet reaches its gateway.
struct FleetLine: Sendable {
    let address: SocketAddress
    /// The gateway's name or address, which its certificate has to be for.
    let host: String
    /// Nil for without TLS.
    let tls: NIOSSLContext?

    private static let patience = TimeAmount.seconds(5)

    var isTLS: Bool { tls != nil }

    /// Where attackers come from on this machine, so that what they send again comes from elsewhere than
    /// the devices; nil where they have to come from where all do.
    var attackers: SocketAddress? {
        guard address.ipAddress == "127.0.0.1" else { return nil }
        return try? SocketAddress(ipAddress: "127.0.0.66", port: 0)
    }

    /// A connection that is ready for frames.
    ///
    /// - Parameter source: The address of this end; nil for the system's choice.
    func connect(
        on loop: any EventLoop, from source: SocketAddress? = nil
    ) -> EventLoopFuture<any Channel> {
        var bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(Self.patience)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        if let source { bootstrap = bootstrap.bind(to: source) }
        guard let tls else { return bootstrap.connect(to: address).hop(to: loop) }
        let ready = loop.makePromise(of: Void.self)
        let late = loop.scheduleTask(in: Self.patience * 2) { ready.fail(ChannelError.eof) }
        return bootstrap.channelInitializer { [name = serverName] channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
                try pipeline.addHandler(HandshakeWaiter(ready))
            }
        }.connect(to: address).hop(to: loop).flatMapError { error in
            ready.fail(error)
            return loop.makeFailedFuture(error)
        }.flatMap { channel in
            ready.futureResult.map { channel }.flatMapError { error in
                channel.close(promise: nil)
                return loop.makeFailedFuture(error)
            }
        }.always { _ in late.cancel() }
    }

    /// Addresses are not named in a handshake (RFC 6066 §3); the certificate is checked for the
    /// one that was reached.
    private var serverName: String? {
        (try? SocketAddress(ipAddress: host, port: 0)) == nil ? host : nil
    }

    /// Why a connection could not be made, for people.
    func words(of error: any Error) -> String {
        let code = HandshakeCode.codes(in: "\(error)").first
        let what = code?.lowercased().replacing("_", with: " ") ?? "\(error)"
        return "the TLS handshake failed: \(what)"
    }
}
