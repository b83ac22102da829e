import NIOCore

/// The other end of a connection, for answers that go on for as long as somebody listens.
struct HTTPPeer: Sendable {
    let channel: any Channel

    /// Tells what becomes of it, for the answer under way alone.
    ///
    /// - Parameters:
    ///   - whenSilent: It will send nothing more, so it has left, or only listens: a write tells.
    ///     Called at once where that is so already.
    ///   - whenGone: The connection is closed.
    func watch(
        whenSilent: @escaping @Sendable () -> Void, whenGone: @escaping @Sendable () -> Void
    ) {
        channel.closeFuture.whenComplete { _ in whenGone() }
        channel.eventLoop.execute { [channel] in
            let guardian = try? channel.pipeline.syncOperations.handler(type: ConnectionGuard.self)
            guardian?.whenPeerEnds(whenSilent)
        }
    }
}
