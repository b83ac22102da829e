import Glibc

/// A file that is written whole or not at all: beside its target, whose place it takes when it is on
/// the disk. Until then the target is as it was, and what has been written goes with this value.
struct AtomicFile: ~Copyable {
    private let path: String
    private let temporary: String
    private let file: Int32
    private var isInPlace = false

    /// The target has changed, but its folder could not be flushed.
    struct Unsynced: Error, CustomStringConvertible {
        let description: String
    }

    /// - Parameters:
    ///   - path: The target.
    ///   - temporary: The file beside it; by default one that no other process writes to.
    /// - Throws: ``StateFolder/Fault`` naming file and cause, as do the other functions.
    init(replacing path: String, by temporary: String? = nil, mode: mode_t) throws {
        let temporary = temporary ?? "\(path).\(getpid()).tmp"
        let file = open(
            temporary, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, mode)
        guard file >= 0 else { throw Self.fault("create", temporary) }
        self.path = path
        self.temporary = temporary
        self.file = file
    }

    deinit {
        close(file)
        if !isInPlace { unlink(temporary) }
    }

    /// The process that writes a file beside its target, by the name of that; nil for any other file.
    static func writer(ofTemporary name: String) -> pid_t? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 2, parts.last == "tmp", let writer = pid_t(parts[parts.count - 2]),
            writer > 0
        else { return nil }
        return writer
    }

    /// Writes on behind what has been written.
    func append(_ bytes: Span<UInt8>) throws {
        var written = 0
        while written < bytes.count {
            let count = bytes.extracting(written...).withUnsafeBytes {
                Glibc.write(file, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.fault("write", temporary) }
            written += count
        }
    }

    /// Flushes everything to disk, and takes the target's place.
    ///
    /// - Parameters:
    ///   - mayReplace: Whether there may be a target; otherwise one that is there stays, and that is a fault.
    ///   - sync: Makes the new name last.
    /// - Throws: ``Unsynced`` when only that has failed.
    consuming func putInPlace(
        replacing mayReplace: Bool = true, sync: (String) throws -> Void = syncFolder
    ) throws {
        guard fsync(file) == 0 else { throw Self.fault("flush", temporary) }
        if mayReplace {
            guard rename(temporary, path) == 0 else { throw Self.fault("replace", path) }
        } else {
            guard Self.moveToFreeName(temporary, path) else { throw Self.fault("create", path) }
        }
        isInPlace = true
        do {
            try sync(path)
        } catch {
            throw Unsynced(
                description: "\(path) has changed, but may be as before after a power cut: \(error)"
            )
        }
    }

    /// Writes all of a file.
    static func write(
        _ bytes: [UInt8], to path: String, mode: mode_t,
        sync: (String) throws -> Void = syncFolder
    ) throws {
        let file = try AtomicFile(replacing: path, mode: mode)
        try file.append(bytes.span)
        try file.putInPlace(sync: sync)
    }

    /// Writes all of a file of a new name.
    ///
    /// - Throws: Also when there is one of that name, which stays as it is.
    static func create(_ bytes: [UInt8], at path: String, mode: mode_t) throws {
        let file = try AtomicFile(replacing: path, mode: mode)
        try file.append(bytes.span)
        try file.putInPlace(replacing: false)
    }

    /// Moves a file to a name that nobody has; `errno` tells why it could not.
    private static func moveToFreeName(_ temporary: String, _ path: String) -> Bool {
        if link(temporary, path) == 0 {
            unlink(temporary)
            return true
        }
        guard [EPERM, EOPNOTSUPP, ENOSYS].contains(errno) else { return false }
        // Some file systems have no second names: there the name is taken first.
        let taken = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard taken >= 0 else { return false }
        close(taken)
        return rename(temporary, path) == 0
    }

    /// Makes the new name last through a power cut.
    static func syncFolder(of path: String) throws {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw fault("open", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw fault("flush", folder) }
    }

    private static func fault(_ verb: String, _ path: String) -> StateFolder.Fault {
        let code = errno
        return StateFolder.Fault(
            description: "cannot \(verb) \(path): \(String(cString: strerror(code)))",
            isOutOfRoom: code == ENOSPC || code == EDQUOT)
    }
}
