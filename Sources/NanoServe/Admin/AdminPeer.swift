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
    private let limit: Int
    private var pending: [UInt8] = []
    private var start = 0
    /// Bytes that hold no line feed.
    private var searched = 0
    /// Where the line begins that has no end yet.
    private var lastStart = 0

    /// - Parameter limit: Bytes of a line.
    init(limit: Int = AdminLine.longestRequest) {
        self.limit = limit
    }

    /// Takes bytes; all lines that are whole have to be read before the next ones.
    ///
    /// - Throws: ``AdminFault`` when the line that has no end yet is too long.
    mutating func add(_ bytes: ByteBuffer) throws(AdminFault) {
        let before = pending.count
        pending += bytes.readableBytesView
        if let end = pending[before...].lastIndex(of: AdminLine.end) { lastStart = end + 1 }
        guard pending.count - lastStart <= limit else { throw tooLong }
    }

    /// Bytes that are held.
    var count: Int { pending.count }
    /// Bytes of memory that are taken.
    var capacity: Int { pending.capacity }

    /// The next whole line without its end; nil until there is one.
    ///
    /// - Throws: ``AdminFault`` when it is too long.
    mutating func next() throws(AdminFault) -> [UInt8]? {
        guard let end = pending[max(start, searched)...].firstIndex(of: AdminLine.end) else {
            // The memory of a long line goes with it.
            if start > 0 { pending = Array(pending[start...]) }
            (start, lastStart) = (0, 0)
            searched = pending.count
            return nil
        }
        guard end - start <= limit else { throw tooLong }
        defer {
            start = end + 1
            searched = start
        }
        return Array(pending[start..<end])
    }

    private var tooLong: AdminFault {
        AdminFault("a request has \(limit) bytes at most, and ends with a line feed")
    }
}
