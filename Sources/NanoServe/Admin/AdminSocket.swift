import Glibc

/// The Unix socket at which programs of this machine speak to a running gateway (unix(7)).
struct AdminSocket: Sendable {
    /// In the state folder, unless another place is configured.
    static let fileName = "admin.sock"
    private static let backlog: Int32 = 16
    private static let connectSeconds = 5
    private static let longestName = 107

    /// Whether the kernel could not take it, however short the way to its folder is.
    var isNameTooLong: Bool {
        path.utf8.count > Self.longestName && path.utf8.reversed().prefix { $0 != 0x2F }.count > 80
    }

    let path: String

    /// Makes the socket and listens: mode 0600, or 0660 with a group. What an ended gateway has left
    /// there is replaced.
    ///
    /// - Returns: The socket, which the caller closes.
    /// - Throws: ``AdminFault`` when something else is there, or the place cannot be written.
    func listen(group: gid_t?) throws(AdminFault) -> Int32 {
        try clear()
        let handle = try Self.open()
        do throws(AdminFault) {
            // The mode is there from the first instant: bind takes it from the socket.
            guard fchmod(handle, 0o600) == 0 else { throw fault("cannot be kept private") }
            guard try withAddress({ bind(handle, $0, $1) }) == 0 else {
                throw fault("cannot be made")
            }
            if let group {
                guard chown(path, uid_t.max, group) == 0, chmod(path, 0o660) == 0 else {
                    throw fault("cannot be given to admin.group")
                }
            }
            guard Glibc.listen(handle, Self.backlog) == 0 else { throw fault("cannot listen") }
            return handle
        } catch {
            close(handle)
            throw error
        }
    }

    /// Speaks to whoever listens.
    ///
    /// - Returns: The socket, which the caller closes.
    /// - Throws: ``AdminFault`` when nobody does, or this user may not.
    func connect() throws(AdminFault) -> Int32 {
        let handle = try Self.open()
        let status = try withAddress { Glibc.connect(handle, $0, $1) }
        guard status == 0 else {
            let code = errno
            close(handle)
            switch code {
            case ENOENT, ENOTDIR:
                throw AdminFault(
                    "no gateway answers at \(path): there is no such socket; start one, or name its "
                        + "state folder with --state-dir")
            case ECONNREFUSED where !isSocket:
                throw AdminFault(
                    "\(path): that is not a socket; name the gateway's admin.sock",
                    isMisconfiguration: true)
            case ECONNREFUSED:
                throw AdminFault("no gateway answers at \(path): the one that made it has ended")
            case EACCES, EPERM:
                throw AdminFault(
                    "\(path): not permitted; run this as the gateway's user, or have admin.group "
                        + "name a group that you are in")
            case EAGAIN:
                throw AdminFault("\(path): the gateway does not answer")
            default:
                throw AdminFault("\(path): \(String(cString: strerror(code)))")
            }
        }
        return handle
    }

    /// Whether there is a socket at the path.
    private var isSocket: Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    /// Which file stands at ``path``; nil for none.
    var identity: Identity? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return Identity(device: status.st_dev, number: status.st_ino)
    }

    /// One file of all there are.
    struct Identity: Equatable {
        var device: dev_t
        var number: ino_t
    }

    /// Limits how long one call waits for the other side.
    static func limit(_ handle: Int32, seconds: Int) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(
                handle, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    /// Takes the socket away, unless another gateway has put its own there meanwhile.
    func remove(_ made: Identity?) {
        if made != nil, identity == made { unlink(path) }
    }

    /// Takes away what an ended gateway has left, and nothing else.
    private func clear() throws(AdminFault) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw AdminFault(
                "\(path): there is something else than a socket; move it away, or set admin.socket",
                isMisconfiguration: true)
        }
        let probe = try Self.open()
        defer { close(probe) }
        // A program that listens and does not answer must not hold this one up.
        _ = fcntl(probe, F_SETFL, O_NONBLOCK)
        guard try withAddress({ Glibc.connect(probe, $0, $1) }) != 0, errno == ECONNREFUSED else {
            throw AdminFault(
                "\(path): another program listens there, or another user's did; stop it, move the "
                    + "socket away, or set admin.socket")
        }
        unlink(path)
    }

    private static func open() throws(AdminFault) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let handle = socket(AF_UNIX, kind, 0)
        guard handle >= 0 else {
            throw AdminFault("no socket can be made: \(String(cString: strerror(errno)))")
        }
        limit(handle, seconds: connectSeconds)
        return handle
    }

    /// The address of ``path``. One that is too long for an address goes by its folder's handle.
    private func withAddress(
        _ action: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(AdminFault) -> Int32 {
        guard path.utf8.count > Self.longestName, let slash = path.lastIndex(of: "/") else {
            return Self.withAddress(path, action)
        }
        let folder = Glibc.open(String(path[..<slash]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return -1 }
        defer {
            let code = errno
            close(folder)
            errno = code
        }
        let short = "/proc/self/fd/\(folder)\(path[slash...])"
        guard short.utf8.count <= Self.longestName else {
            throw AdminFault("\(path): the file's name is too long for a socket")
        }
        return Self.withAddress(short, action)
    }

    private static func withAddress(
        _ path: String, _ action: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { name in
            name.copyBytes(from: path.utf8.prefix(longestName))
        }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                action($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private func fault(_ what: String) -> AdminFault {
        AdminFault("\(path): the admin socket \(what): \(String(cString: strerror(errno)))")
    }
}
