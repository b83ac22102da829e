import Glibc

/// The folder of what outlives the process. One gateway at a time holds it, and nothing is written
/// to it by whoever does not.
public final class StateFolder: Sendable {
    /// Why a state folder cannot be used.
    public struct Fault: StartFault {
        public let description: String
        public var isMisconfiguration = false
        /// Whether there is no room on the disk.
        var isOutOfRoom = false
    }

    let path: String
    private let lock: Int32
    /// Whether the gateway before this one was stopped in the middle of its work.
    let wasLeftUnclean: Bool
    /// Whether a gateway has worked with this folder before, so that frames may have been accepted.
    let wasUsed: Bool
    /// What an operator should know about the folder's mode; nil when nothing had to be changed.
    let notice: String?

    private static let lockName = "gateway.lock"
    private static let runningName = "gateway.running"
    /// What only a gateway that has worked leaves behind. Secrets are not among it: they are there
    /// before a gateway listens.
    private static let tracesOfUse = ["replay.guard", "keystore.json", "dumps"]

    /// Makes the folder if need be, and takes hold of it.
    ///
    /// - Throws: ``Fault`` when it cannot be made, written or kept private, or another gateway
    ///   holds it.
    public init(path: String) throws {
        self.path = path
        do {
            try PrivateFile.makeFolder(path)
        } catch {
            throw Fault(
                description: "state folder \(error); set NANOGRIDATA_STATE_DIR to another one",
                isMisconfiguration: true)
        }
        notice = try FolderPrivacy.enforce(on: path)
        lock = open(
            path + "/" + Self.lockName, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else {
            throw Fault(
                description: "cannot write to the state folder \(path): "
                    + String(cString: strerror(errno))
                    + "; set NANOGRIDATA_STATE_DIR to another one",
                isMisconfiguration: true)
        }
        guard Self.takesHold(lock) else {
            close(lock)
            throw Fault(
                description: "another gateway holds the state folder \(path); watch that one with "
                    + "nanogridata attach, stop it, or set NANOGRIDATA_STATE_DIR to another folder")
        }
        Leftovers.sweep(path, unixSeconds: time(nil))
        wasLeftUnclean = access(path + "/" + Self.runningName, F_OK) == 0
        wasUsed =
            wasLeftUnclean || lseek(lock, 0, SEEK_END) > 0
            || Self.tracesOfUse.contains { access(path + "/" + $0, F_OK) == 0 }
    }

    deinit {
        close(lock)
    }

    /// Tries to take hold of the folder, for some seconds: the command line has it for moments.
    private static func takesHold(_ lock: Int32) -> Bool {
        for _ in 0..<60 {
            if flock(lock, LOCK_EX | LOCK_NB) == 0 { return true }
            guard errno == EWOULDBLOCK || errno == EINTR else { return false }
            usleep(50_000)
        }
        return flock(lock, LOCK_EX | LOCK_NB) == 0
    }

    /// Does something with a folder that no gateway holds, and that none can take hold of meanwhile.
    ///
    /// - Returns: Whether it was done; if not, a gateway holds the folder.
    static func whileFree(_ path: String, _ action: () throws -> Void) rethrows -> Bool {
        let lock = open(path + "/" + Self.lockName, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        // Without the file no gateway has worked with the folder.
        guard lock >= 0 else {
            guard errno == ENOENT else { return false }
            try action()
            return true
        }
        defer { close(lock) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { return false }
        try action()
        return true
    }

    /// Whether a gateway holds a folder.
    package static func isHeld(_ path: String) -> Bool { !whileFree(path) {} }

    /// Notes that work has begun, so that an unclean end can be told from a clean one, and a folder
    /// that has lost something from one that was never used. The lock keeps the latter.
    func markRunning() throws {
        guard pwrite(lock, "used\n", 5, 0) == 5, fsync(lock) == 0 else {
            throw Fault(
                description: "cannot write \(path)/\(Self.lockName): "
                    + String(cString: strerror(errno)))
        }
        try write([], to: Self.runningName)
    }

    /// Takes ``markRunning()`` back, since nothing could be accepted: the folder is as it was found.
    func markFailed() {
        if !wasUsed { ftruncate(lock, 0) }
        if !wasLeftUnclean { markStopped() }
    }

    /// Notes a clean end.
    func markStopped() {
        unlink(path + "/" + Self.runningName)
    }

    /// Lets another gateway have the folder.
    func letGo() {
        flock(lock, LOCK_UN)
    }

    /// A file in the folder, to read from; nil when there is none.
    ///
    /// - Throws: ``StorageFault``.
    func file(_ name: String) throws -> (any LogFile)? {
        do {
            return try FolderFile(path + "/" + name, flags: O_RDONLY, verb: "read")
        } catch let fault as StorageFault where fault.code == ENOENT {
            return nil
        }
    }

    /// Writes a file whole or not at all, readable by the owner alone.
    func write(_ bytes: [UInt8], to name: String) throws {
        try AtomicFile.write(bytes, to: path + "/" + name, mode: 0o600)
    }

    /// A file that is to take the place of one in the folder, readable by the owner alone.
    func replacement(of name: String) throws -> AtomicFile {
        // Nobody else writes in here, so one name will do. What a kill has left of it is overwritten.
        let file = path + "/" + name
        return try AtomicFile(replacing: file, by: file + ".tmp", mode: 0o600)
    }
}
