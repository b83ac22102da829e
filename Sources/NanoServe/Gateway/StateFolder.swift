import Foundation
import Glibc

/// The folder of what outlives the process. One gateway at a time holds it.
final class StateFolder: Sendable {
    /// Why a state folder cannot be used.
    public struct Fault: Error, CustomStringConvertible {
        public let description: String
    }

    let path: String
    private let lock: Int32
    /// Whether the gateway before this one was stopped in the middle of its work.
    let wasLeftUnclean: Bool

    private static let lockName = "gateway.lock"
    private static let runningName = "gateway.running"

    /// Makes the folder if need be, and takes hold of it.
    ///
    /// - Throws: ``Fault`` when it cannot be made or written, or another gateway holds it.
    init(path: String) throws {
        self.path = path
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw Fault(
                description: "cannot make the state folder \(path): "
                    + "\(String(cString: strerror(errno))); set NANOGRIDATA_STATE_DIR")
        }
        lock = open(path + "/" + Self.lockName, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard lock >= 0 else {
            throw Fault(
                description: "cannot write to the state folder \(path): "
                    + String(cString: strerror(errno)))
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw Fault(
                description: "another gateway holds the state folder \(path); stop it, or set "
                    + "NANOGRIDATA_STATE_DIR to another folder")
        }
        wasLeftUnclean = access(path + "/" + Self.runningName, F_OK) == 0
    }

    deinit {
        close(lock)
    }

    /// Notes that work has begun, so that an unclean end can be told from a clean one.
    func markRunning() throws {
        try write([], to: Self.runningName)
    }

    /// Notes a clean end.
    func markStopped() {
        unlink(path + "/" + Self.runningName)
    }

    /// The bytes of a file in the folder; nil when there is none.
    func read(_ name: String) throws -> [UInt8]? {
        let file = path + "/" + name
        guard access(file, F_OK) == 0 else { return nil }
        return Array(try Data(contentsOf: URL(filePath: file)))
    }

    /// Writes a file whole or not at all, readable by the owner alone.
    func write(_ bytes: [UInt8], to name: String) throws {
        try AtomicFile.write(bytes, to: path + "/" + name, mode: 0o600)
    }
}

/// Files that are written whole or not at all.
enum AtomicFile {
    /// Writes to a file beside the target, flushes it to disk, and puts it in the target's place.
    ///
    /// - Throws: ``StateFolder/Fault`` naming file and cause; the target is then as it was.
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws {
        let temporary = "\(path).\(getpid()).tmp"
        let file = open(temporary, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
        guard file >= 0 else { throw fault("create", temporary) }
        do {
            try fill(file, with: bytes, path: temporary)
        } catch {
            close(file)
            unlink(temporary)
            throw error
        }
        close(file)
        guard rename(temporary, path) == 0 else {
            let fault = fault("replace", path)
            unlink(temporary)
            throw fault
        }
        syncFolder(of: path)
    }

    private static func fill(_ file: Int32, with bytes: [UInt8], path: String) throws {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                Glibc.write(file, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw fault("write", path) }
            written += count
        }
        guard fsync(file) == 0 else { throw fault("flush", path) }
    }

    /// Makes the new name last through a power cut.
    private static func syncFolder(of path: String) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func fault(_ verb: String, _ path: String) -> StateFolder.Fault {
        StateFolder.Fault(
            description: "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }
}
