import Glibc
import NIOCore

/// Who has connected, as the system tells (unix(7), SO_PEERCRED).
struct AdminPeer: Sendable {
    var user: uid_t
    var process: pid_t

    /// `struct ucred`, which the C library shows only to those who ask for GNU's own.
    private struct Credentials {
        var process: pid_t = 0
        var user: uid_t = 0
        var group: gid_t = 0
    }

    static func identity(of channel: any Channel) -> EventLoopFuture<AdminPeer> {
        guard let options = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(
                AdminFault("the system does not tell who has connected"))
        }
        let credentials: EventLoopFuture<Credentials> = options.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
        return credentials.map { AdminPeer(user: $0.user, process: $0.process) }
    }
}

/// Lines out of bytes as they come.
struct AdminLines {
    private var pending: [UInt8] = []
    private var start = 0
    /// Bytes that hold no line feed.
    private var searched = 0

    /// - Parameter limit: Bytes of a line.
    /// - Returns: False when a line has become too long.
    mutating func add(_ bytes: ByteBuffer, limit: Int = AdminLine.longestRequest) -> Bool {
        pending += bytes.readableBytesView
        return pending.count - start <= limit
    }

    /// Bytes that are held.
    var count: Int { pending.count }

    /// The next whole line without its end; nil until there is one.
    mutating func next() -> [UInt8]? {
        guard let end = pending[max(start, searched)...].firstIndex(of: AdminLine.end) else {
            pending.removeFirst(start)
            start = 0
            searched = pending.count
            return nil
        }
        defer {
            start = end + 1
            searched = start
        }
        return Array(pending[start..<end])
    }
}
