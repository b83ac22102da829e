import CReserve
import Foundation
import Glibc

/// Where the journal keeps its files: a folder, or in tests a disk that fails as disks do.
///
/// Every call blocks, and throws ``StorageFault``. One caller at a time, but for
/// ``LogFile/read(_:)``, which may be called from several threads.
protocol LogStorage: AnyObject, Sendable {
    /// Names of the files, in no order.
    func names() throws -> [String]
    /// A file to write on behind its beginning, which is in place whole or not at all.
    func create(_ name: String, beginningWith bytes: [UInt8]) throws -> any LogFile
    /// A file to read from.
    func open(_ name: String) throws -> any LogFile
    func remove(_ name: String) throws
    /// Puts a small file in place whole or not at all.
    func replace(_ name: String, with bytes: [UInt8]) throws
    /// The same for a file that is replaced again and again: room for the next time is set aside
    /// where the file system can do that, so that a full disk does not stand in its way.
    func renew(_ name: String, with bytes: [UInt8]) throws
    /// Gives up the room that was set aside for such a file, until it is replaced again.
    func giveBackRoom(of name: String)
    /// Bytes that can still be written.
    func freeBytes() throws -> Int
    /// Tells the present run of the system from those before and after it, over which what was not flushed
    /// is lost; nil when nobody knows.
    var systemRun: String? { get }
}

/// One file of a ``LogStorage``.
protocol LogFile: AnyObject, Sendable {
    func size() throws -> Int
    /// Writes all of the bytes.
    func write(_ bytes: [UInt8], at offset: Int) throws
    /// The bytes of a range, fewer at the end of the file.
    func read(_ range: Range<Int>) throws -> [UInt8]
    /// Comes back when everything written is on the disk.
    func sync() throws
    func truncate(to size: Int) throws
}

/// Why a file of the journal could not be used: a sentence with the system's reason.
struct StorageFault: Error, Equatable, CustomStringConvertible {
    let description: String
    /// The system's number of the error (`errno`).
    let code: Int32

    /// Whether there is no such file.
    var isMissing: Bool { code == ENOENT }

    /// Whether the disk is full, or a quota used up.
    var isOutOfRoom: Bool { code == ENOSPC || code == EDQUOT }

    init(_ verb: String, _ path: String, code: Int32 = errno) {
        self.code = code
        description = "cannot \(verb) \(path): \(String(cString: strerror(code)))"
    }

    /// There is no room, for a reason of our own.
    init(description: String) {
        code = ENOSPC
        self.description = description
    }
}

/// A folder on disk, readable by its owner alone.
final class FolderStorage: LogStorage {
    let path: String

    /// Room that is set aside for a file's successor, in bytes, or twice what the file has.
    private static let reserveBytes = 65_536

    /// Makes the folder if need be.
    init(path: String) throws {
        self.path = path
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw StorageFault("make", path) }
    }

    func names() throws -> [String] {
        guard let folder = opendir(path) else { throw StorageFault("list", path) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    func create(_ name: String, beginningWith bytes: [UInt8]) throws -> any LogFile {
        let temporary = "\(path)/\(name).tmp"
        let file: FolderFile
        do {
            file = try FolderFile(
                temporary, flags: O_CREAT | O_TRUNC | O_RDWR, verb: "create")
            try file.write(bytes, at: 0)
            try file.sync()
            guard rename(temporary, "\(path)/\(name)") == 0 else {
                throw StorageFault("replace", "\(path)/\(name)")
            }
        } catch {
            unlink(temporary)
            throw error
        }
        try syncFolder()
        return file
    }

    func open(_ name: String) throws -> any LogFile {
        try FolderFile("\(path)/\(name)", flags: O_RDONLY, verb: "open")
    }

    func remove(_ name: String) throws {
        guard unlink("\(path)/\(name)") == 0 || errno == ENOENT else {
            throw StorageFault("remove", "\(path)/\(name)")
        }
    }

    func replace(_ name: String, with bytes: [UInt8]) throws {
        _ = try create(name, beginningWith: bytes)
    }

    func renew(_ name: String, with bytes: [UInt8]) throws {
        let next = "\(path)/\(name).tmp"
        let file = try FolderFile(next, flags: O_CREAT | O_RDWR, verb: "create")
        // Its room was set aside the last time, and is not given back should this fail.
        try file.write(bytes, at: 0)
        if try file.size() > bytes.count { try file.truncate(to: bytes.count) }
        try file.sync()
        guard rename(next, "\(path)/\(name)") == 0 else {
            throw StorageFault("replace", "\(path)/\(name)")
        }
        // What the old file had is room for the next.
        try? FolderFile(next, flags: O_CREAT | O_RDWR, verb: "create").reserve(
            max(Self.reserveBytes, 2 * bytes.count))
        try syncFolder()
    }

    func giveBackRoom(of name: String) { unlink("\(path)/\(name).tmp") }

    func freeBytes() throws -> Int {
        guard let free = DiskRoom.freeBytes(at: path) else { throw StorageFault("measure", path) }
        return free
    }

    /// Linux makes up a name at each start; other systems have none.
    let systemRun =
        try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        .trimmingCharacters(in: .newlines)

    /// Makes new names last through a power cut.
    private func syncFolder() throws {
        let folder = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw StorageFault("open", path) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw StorageFault("flush", path) }
    }
}

/// A file in a folder on disk, open as long as somebody holds it.
final class FolderFile: LogFile {
    /// Where it was made or found, for errors.
    private let path: String
    private let descriptor: Int32

    init(_ path: String, flags: Int32, verb: String) throws {
        self.path = path
        descriptor = Glibc.open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { throw StorageFault(verb, path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw StorageFault(verb, path) }
        // A pipe or a device in a file's place has no places to read and write at.
        guard status.st_mode & S_IFMT == S_IFREG else {
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            throw StorageFault(verb, path, code: isFolder ? EISDIR : ESPIPE)
        }
    }

    deinit {
        close(descriptor)
    }

    func size() throws -> Int {
        var figures = stat()
        guard fstat(descriptor, &figures) == 0 else { throw StorageFault("measure", path) }
        return Int(figures.st_size)
    }

    func write(_ bytes: [UInt8], at offset: Int) throws {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset + written))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw StorageFault("write", path) }
            written += count
        }
    }

    func read(_ range: Range<Int>) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            while count < range.count {
                let more = pread(
                    descriptor, buffer.baseAddress.map { $0 + count }, range.count - count,
                    off_t(range.lowerBound + count))
                if more < 0, errno == EINTR { continue }
                guard more >= 0 else { throw StorageFault("read", path) }
                guard more > 0 else { return }
                count += more
            }
        }
    }

    func sync() throws {
        while fdatasync(descriptor) != 0 {
            guard errno == EINTR else { throw StorageFault("flush", path) }
        }
    }

    /// Has the file system set so many bytes aside, if it can; the file does not seem larger.
    func reserve(_ bytes: Int) {
        _ = nanogridata_reserve(descriptor, 0, off_t(bytes))
    }

    func truncate(to size: Int) throws {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw StorageFault("cut", path) }
    }
}
