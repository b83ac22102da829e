import NIOCore
import Synchronization

/// The listening sockets, which let nobody in while the journal is full.
///
/// A connection that is let in is read to its end once its device has closed it, whether there is
/// room or not, so devices that send and leave would fill the memory without bound. Those who wait
/// outside cost the system's buffers alone.
final class FrontDoor: Sendable {
    private let channels = Mutex<[any Channel]>([])
    private let isFull: @Sendable () -> Bool

    /// - Parameter isFull: Whether the journal is full, now.
    init(isFull: @escaping @Sendable () -> Bool) {
        self.isFull = isFull
    }

    /// Begins to guard a listening socket.
    func guardSocket(_ channel: any Channel) {
        channels.withLock { $0.append(channel) }
        update()
    }

    /// Opens or closes the door after the journal has become full, or has room again.
    ///
    /// What counts is the moment at which it is done, on the socket's event loop: so it does not
    /// matter in which order several threads bring the news.
    func update() {
        for channel in channels.withLock(\.self) {
            channel.eventLoop.execute { [isFull] in
                // It fails only for a socket that is closed, which lets nobody in.
                _ = channel.setOption(.autoRead, value: !isFull())
            }
        }
    }
}
