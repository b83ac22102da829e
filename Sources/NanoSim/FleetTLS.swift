import NIOCore
import NIOSSL
import NIOTLS

/// How a fleet speaks TLS. A gateway has to show a certificate for the host that is named.
public struct FleetTLS: Sendable {
    /// A PEM file with the only authorities that are believed; nil for those of the system.
    public var authorities: String?
    /// The certificate that every device shows, a PEM file; nil for none.
    public var certificate: String?
    /// Its private key, a PEM file.
    public var key: String?

    public init() {}

    /// Which file cannot be used.
    public struct Fault: Error, CustomStringConvertible {
        public let description: String
    }

    /// Looks whether the files can be used.
    ///
    /// - Throws: ``Fault``.
    public func check() throws(Fault) { _ = try context() }

    /// - Throws: ``Fault``.
    func context() throws(Fault) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let authorities {
            configuration.trustRoots = .certificates(try Self.certificates(authorities))
        }
        if let certificate, let key {
            configuration.certificateChain = try Self.certificates(certificate).map {
                .certificate($0)
            }
            guard let privateKey = try? NIOSSLPrivateKey(file: key, format: .pem) else {
                throw Fault(description: "\(key): no private key in PEM form can be read there")
            }
            configuration.privateKey = .privateKey(privateKey)
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw Fault(description: "the key does not belong to the certificate")
        }
    }

    private static func certificates(_ path: String) throws(Fault) -> [NIOSSLCertificate] {
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty
        else {
            throw Fault(description: "\(path): no certificate in PEM form can be read there")
        }
        return certificates
    }
}

/// Waits for the handshake of a device's connection. What comes back from a gateway is of no
/// interest.
final class HandshakeWaiter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let done: EventLoopPromise<Void>

    init(_ done: EventLoopPromise<Void>) {
        self.done = done
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { done.succeed() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        done.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        done.fail(ChannelError.eof)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        done.fail(ChannelError.ioOnClosedChannel)
    }
}
