import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// The library's HTTP/1.1 connections, with what it leaves to others: clients that don't read.
struct GuardedHTTP1: ServerChildChannel {
    let http1: HTTP1Channel
    let patience: HTTPPatience

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        http1.setup(channel: channel, logger: logger).flatMapThrowing { value in
            try channel.pipeline.syncOperations.addHandler(
                ConnectionGuard(patience: patience), position: .first)
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await http1.handle(value: value, logger: logger)
    }
}
