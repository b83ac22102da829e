import CReserve
import Glibc
import NanoCore

/// The file of the audit trail, opened for one line; closed, and its lock let go of, with the
/// value's last owner.
final class AuditFile {
    /// Where the last entry is looked for first, in bytes from the end.
    private static let windowBytes = 65_536
    /// Room that has to be there for each line before anything is done, in bytes: more than the
    /// longest has.
    private static let lineBytes = 16_384
    /// Room that is kept behind the end, in bytes: hundreds of lines, for as long as a full disk
    /// may take to be mended.
    private static let reserveBytes = 262_144

    private let path: String
    private let descriptor: Int32

    /// Opens the file, and makes it if need be.
    ///
    /// - Throws: ``AuditFault``.
    init(_ path: String) throws(AuditFault) {
        self.path = path
        descriptor = open(
            path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { throw fault("open") }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw fault("examine") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw AuditFault(description: "\(path) is no plain file; move it away")
        }
    }

    deinit {
        close(descriptor)
    }

    /// Waits for the lock that everybody takes who appends.
    func lock(seconds: Int) throws(AuditFault) {
        for _ in 0..<seconds * 100 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
            guard errno == EWOULDBLOCK || errno == EINTR else { throw fault("lock") }
            usleep(10_000)
        }
        throw AuditFault(description: "another process has held \(path) for \(seconds) s")
    }

    /// Makes sure that lines can follow: that nobody keeps the lock, the file's name lasts, and
    /// there is room, which a file that has been written to has kept.
    func check(lines: Int, lockSeconds: Int) throws(AuditFault) {
        try lock(seconds: lockSeconds)
        if try size() == 0 {
            try shareWithGateway()
            do {
                try AtomicFile.syncFolder(of: path)
            } catch {
                throw AuditFault(description: "\(error)")
            }
        }
        guard try reserve(Self.lineBytes * lines) else { throw fault("write", code: ENOSPC) }
    }

    /// Keeps room for lines to come, so that a full disk does not keep an operator from what
    /// would empty it. Without room for all of that, what there was stays.
    func reserve() throws(AuditFault) {
        _ = try reserve(Self.reserveBytes)
    }

    /// Has the file system set so many bytes behind the end aside; the file does not seem larger.
    ///
    /// - Returns: Whether they are there, set aside now or before.
    private func reserve(_ bytes: Int) throws(AuditFault) -> Bool {
        let end = off_t(try size())
        while nanogridata_reserve(descriptor, end, off_t(bytes)) != 0 {
            switch errno {
            case EINTR: continue
            case ENOSPC, EDQUOT: return false
            // Not every file system can, and not every process may.
            default: return try isFree(bytes)
            }
        }
        return true
    }

    /// Whether the disk has room, where none can be set aside.
    private func isFree(_ bytes: Int) throws(AuditFault) -> Bool {
        guard let free = DiskRoom.freeBytes(of: descriptor) else { throw fault("measure") }
        return free >= bytes
    }

    /// Gives a new file to the owner of its folder, where root's command line has made it: the
    /// gateway could not write to it otherwise.
    private func shareWithGateway() throws(AuditFault) {
        guard let owner = try Self.otherOwner(ofFolderOf: path) else { return }
        guard fchown(descriptor, owner.user, owner.group) == 0 else {
            throw fault("change the owner of")
        }
    }

    /// Whom root gives what it makes beside a file; nil where it may stay root's, or others act.
    static func otherOwner(
        ofFolderOf path: String
    ) throws(AuditFault) -> (user: uid_t, group: gid_t)? {
        var folder = stat()
        let name = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        guard stat(name, &folder) == 0 else {
            throw AuditFault(
                description: "cannot examine the folder of \(path): "
                    + String(cString: strerror(errno)))
        }
        return geteuid() == 0 && folder.st_uid != 0 ? (folder.st_uid, folder.st_gid) : nil
    }

    /// Reads the end of the file.
    func tail() throws(AuditFault) -> AuditTail {
        let size = try size()
        var window = min(size, Self.windowBytes)
        while true {
            let bytes = try read(size - window..<size)
            let tail = AuditTail(bytes, of: size)
            if tail.last != nil || window == size { return tail }
            window = size
        }
    }

    /// SHA-256 of everything, with more behind it.
    func digest(with more: [UInt8]) throws(AuditFault) -> [UInt8] {
        var (hash, offset) = (SHA256Stream(), 0)
        while true {
            let bytes = try read(offset..<offset + Self.windowBytes)
            guard !bytes.isEmpty else { break }
            hash.update(bytes[...])
            offset += bytes.count
        }
        hash.update(more[...])
        return hash.digest
    }

    /// Everything that is there now.
    func all() throws(AuditFault) -> [UInt8] { try read(0..<size()) }

    /// Appends a line with one write and waits until the disk has it; takes a part of it back,
    /// and with it what was kept behind the end.
    func append(_ line: [UInt8]) throws(AuditFault) {
        let size = try size()
        var count = -1
        repeat {
            count = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        } while count < 0 && errno == EINTR
        guard count == line.count else {
            let fault = count < 0 ? fault("write") : fault("write", code: ENOSPC)
            if count > 0 { ftruncate(descriptor, off_t(size)) }
            throw fault
        }
        guard fsync(descriptor) == 0 else { throw fault("flush") }
    }

    private func size() throws(AuditFault) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw fault("examine") }
        return Int(status.st_size)
    }

    private func read(_ range: Range<Int>) throws(AuditFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        var filled = 0
        while filled < bytes.count {
            let count = bytes[filled...].withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress, $0.count, off_t(range.lowerBound + filled))
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw fault("read") }
            guard count > 0 else { break }
            filled += count
        }
        return Array(bytes[..<filled])
    }

    private func fault(_ verb: String, code: Int32 = errno) -> AuditFault {
        AuditFault(description: "cannot \(verb) \(path): \(String(cString: strerror(code)))")
    }
}
