import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL

/// The library's HTTP/1.1 connections, with what it leaves to others: crowds, clients that don't
/// ask or don't read, and clients of HTTP/1.0; over TLS where there is a certificate.
struct GuardedHTTP1: ServerChildChannel {
    /// Connections that the library has wrapped, and serves only if it goes on listening.
    typealias Waiting = Arrivals<HTTP1Channel.Value>

    let http1: HTTP1Channel
    let arrivals: Waiting
    let places: ConnectionPlaces
    let quiet: QuietConnections
    let patience: HTTPPatience
    /// Nil where TLS is not spoken.
    let tls: ServerTLS?

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        guard places.take(orInPlaceOf: quiet.closeOldest) else {
            channel.close(promise: nil)
            return channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
        }
        channel.closeFuture.whenComplete { [places] _ in places.give() }
        let connection = channel.eventLoop.makeCompletedFuture {
            guard let tls else { return }
            let encryption = NIOSSLServerHandler(context: tls.context)
            try channel.pipeline.syncOperations.addHandler(encryption)
        }.flatMap {
            http1.setup(channel: channel, logger: logger)
        }.flatMapThrowing { value in
            try arrivals.hold(value)
            do {
                try addGuards(to: channel)
            } catch {
                arrivals.refuse(value)
                throw error
            }
            return value
        }
        // Nobody else would: the library forgets those that it could not hand over.
        connection.whenFailure { _ in channel.close(promise: nil) }
        return connection
    }

    private func addGuards(to channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let decoder = try pipeline.context(
            handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)
        try pipeline.addHandlers(
            FirstRequestLimit(limit: patience.request), QuietWatch(quiet), OldClientHandler(),
            position: .after(decoder.handler))
        try pipeline.addHandler(ConnectionGuard(patience: patience), position: .first)
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        arrivals.take(value)
        await http1.handle(value: value, logger: logger)
    }
}
