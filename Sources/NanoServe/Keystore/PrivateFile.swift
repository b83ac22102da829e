import Glibc
import NanoCore

/// Files that hold secrets: readable by their owner alone, or not used at all.
package enum PrivateFile {
    /// The largest file that is read, in bytes.
    private static let maximumBytes = 4 << 20

    /// Whose a file may be.
    enum Holder {
        /// This user's, at this very path.
        case user
        /// This user's or root's, who may let a group read it; at the end of symbolic links, too.
        /// So it is with keys that other programs renew, or that are mounted.
        case userOrRoot
    }

    /// The bytes of a file that only this user can read; nil when there is none.
    ///
    /// - Throws: ``KeystoreError`` when it belongs to somebody else, others may read it, it is no
    ///   plain file or it can't be read.
    static func read(
        _ path: String, of holder: Holder = .user, atMost maximumBytes: Int = maximumBytes
    ) throws(KeystoreError) -> [UInt8]? {
        let following = holder == .user ? O_NOFOLLOW : 0
        let file = open(path, O_RDONLY | O_CLOEXEC | following | O_NONBLOCK)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw KeystoreError(unusable: "\(path): cannot be opened: \(reason)")
        }
        defer { close(file) }
        try check(file, path, holder, maximumBytes)
        return try readAll(file, path, maximumBytes)
    }

    /// Whether an open file may hold secrets: a plain one that others can read is refused, as those of the
    /// gateway are. What is no plain file, a pipe for instance, is whoever's has opened it.
    ///
    /// - Throws: ``KeystoreError``.
    package static func expectPrivate(_ file: Int32, _ path: String) throws(KeystoreError) {
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        try check(file, path, .userOrRoot, Int(status.st_size))
    }

    /// Writes a file whole or not at all, with mode 0600, in a folder that only this user can
    /// enter; the folder is made if need be.
    ///
    /// - Returns: Why a power cut could still undo it; nil when none can.
    @discardableResult
    static func write(
        _ bytes: [UInt8], to path: String,
        sync: (String) throws -> Void = AtomicFile.syncFolder
    ) throws(KeystoreError) -> String? {
        if let slash = path.lastIndex(of: "/") { try makeFolder(String(path[..<slash])) }
        do {
            try AtomicFile.write(bytes, to: path, mode: 0o600, sync: sync)
            return nil
        } catch let doubt as AtomicFile.Unsynced {
            return SafeText.escaped(doubt.description)
        } catch {
            throw KeystoreError("\(error)")
        }
    }

    /// Removes a file that is of no use any more.
    static func remove(_ path: String) {
        unlink(path)
    }

    /// Makes a folder with mode 0700, and those above it as usual.
    static func makeFolder(_ path: String) throws(KeystoreError) {
        guard !path.isEmpty, access(path, F_OK) != 0 else { return }
        if let slash = path.lastIndex(of: "/") { try makeFolder(String(path[..<slash])) }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw KeystoreError("\(path): the folder cannot be made: \(reason)")
        }
    }

    private static func check(
        _ file: Int32, _ path: String, _ holder: Holder, _ maximumBytes: Int
    ) throws(KeystoreError) {
        var status = stat()
        guard fstat(file, &status) == 0 else {
            throw KeystoreError(unusable: "\(path): cannot be examined: \(reason)")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw KeystoreError(unusable: "\(path): not a plain file; move it away")
        }
        let isRoots = holder == .userOrRoot && status.st_uid == 0
        // Root may look at what belongs to the user that the gateway runs as.
        let isReadByRoot = holder == .userOrRoot && geteuid() == 0
        guard isRoots || isReadByRoot || status.st_uid == geteuid() else {
            throw KeystoreError(
                unusable:
                    "\(path): belongs to user \(status.st_uid), and this is user \(geteuid()); "
                    + "chown \(geteuid()) \(path)")
        }
        // Containers are given files that nobody can change, readable by all who are in there.
        let isGiven = isRoots && (geteuid() != 0 || isReadOnly(file))
        guard status.st_mode & (isGiven ? 0o022 : isRoots ? 0o037 : 0o077) == 0 else {
            let remedy = isRoots && geteuid() != 0 ? "640" : "600"
            throw KeystoreError(
                unusable: "\(path): others may use it (mode "
                    + String(status.st_mode & 0o777, radix: 8)
                    + "), and it has to be private; chmod \(remedy) \(path)")
        }
        guard status.st_size <= maximumBytes else {
            throw KeystoreError(
                unusable:
                    "\(path): \(status.st_size) bytes are too many; at most \(maximumBytes) are read"
            )
        }
    }

    /// Whether the file is on a file system that is mounted for reading alone.
    private static func isReadOnly(_ file: Int32) -> Bool {
        var figures = statvfs()
        return fstatvfs(file, &figures) == 0 && figures.f_flag & UInt(ST_RDONLY) != 0
    }

    private static func readAll(
        _ file: Int32, _ path: String, _ maximumBytes: Int
    ) throws(KeystoreError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= maximumBytes {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw KeystoreError(unusable: "\(path): cannot be read: \(reason)")
            }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes
    }

    private static var reason: String { String(cString: strerror(errno)) }
}

/// What is wrong with the keystore, in one line with the remedy; it never holds a secret.
public struct KeystoreError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String
    /// Whether what is there cannot be used, and somebody has to put it right; false for a step that
    /// is not possible, or has failed.
    public let isMisconfiguration: Bool

    init(_ description: String) {
        self.description = SafeText.escaped(description)
        isMisconfiguration = false
    }

    /// - Parameter description: What of a keystore, its key or another file of the gateway's cannot be
    ///   used.
    init(unusable description: String) {
        self.description = SafeText.escaped(description)
        isMisconfiguration = true
    }
}
