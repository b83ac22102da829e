import Glibc
import NanoCore

/// What an audit trail and its mark were at one moment, read beside whoever appends.
struct AuditCopy {
    let path: String
    let bytes: [UInt8]
    let mark: AuditMark.State

    /// Seconds to wait for whoever appends.
    private static let lockSeconds = 5

    /// - Throws: ``AuditReading/Fault``, one line for the operator.
    init(stateFolder: String) throws(AuditReading.Fault) {
        path = AuditLog(stateFolder: stateFolder).path
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 || errno != ENOENT else {
            throw Self.missing(path, AuditMark.read(inFolder: stateFolder), in: stateFolder)
        }
        var status = stat()
        guard file >= 0, fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            if file >= 0 { close(file) }
            throw Self.unreadable(path)
        }
        defer { close(file) }
        // Nobody is between an entry and its mark while the lock is held.
        try Self.lock(file, path)
        self.mark = AuditMark.read(inFolder: stateFolder)
        fstat(file, &status)
        flock(file, LOCK_UN)
        guard let bytes = Self.read(file, Int(status.st_size)) else { throw Self.unreadable(path) }
        self.bytes = bytes
    }

    private static func missing(
        _ path: String, _ mark: AuditMark.State, in stateFolder: String
    ) -> AuditReading.Fault {
        guard case .found(let mark) = mark else {
            return AuditReading.Fault(
                description: "there is no audit trail in \(SafeText.escaped(stateFolder)); name "
                    + "the state folder of a gateway")
        }
        return AuditReading.Fault(
            description: "\(SafeText.escaped(path)) is gone; it had entries up to "
                + "\(mark.number), as \(AuditMark.fileName) tells")
    }

    private static func unreadable(_ path: String) -> AuditReading.Fault {
        AuditReading.Fault(
            description: "\(SafeText.escaped(path)) cannot be read; look at its owner and mode")
    }

    private static func lock(_ file: Int32, _ path: String) throws(AuditReading.Fault) {
        for _ in 0..<lockSeconds * 100 {
            if flock(file, LOCK_SH | LOCK_NB) == 0 { return }
            usleep(10_000)
        }
        throw AuditReading.Fault(
            description: "another process has held \(SafeText.escaped(path)) for \(lockSeconds) s")
    }

    /// The first bytes of a file; nil when they cannot be had.
    private static func read(_ file: Int32, _ size: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: size)
        var filled = 0
        while filled < size {
            let count = bytes[filled...].withUnsafeMutableBytes {
                pread(file, $0.baseAddress, $0.count, off_t(filled))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            filled += count
        }
        return bytes
    }
}
