import Foundation
import Glibc
import NanoCore

/// The files of one capture, written one behind the other.
///
/// A file has its name from the beginning, so that it can be read while it grows; a crash leaves its
/// last packet incomplete at worst.
struct CaptureFiles: ~Copyable {
    /// Bytes that are left to others on the disk, the journal first of all.
    static let reservedBytes = 64 << 20

    /// One of the files.
    struct Part {
        let path: String
        var packets: UInt64 = 0
        var bytes: UInt64 = 0
    }

    private let folder: String
    private let name: String
    private let order: CaptureOrder
    private var descriptor: Int32 = -1
    private var fileBytes = 0
    private var number = 0
    /// Those that are there, oldest first.
    private(set) var kept: [Part] = []
    /// Written to all files so far.
    private(set) var bytes: UInt64 = 0

    /// - Parameter folder: Is made if it is not there, for its owner alone.
    /// - Throws: ``StateFolder/Fault``.
    init(folder: String, order: CaptureOrder, now: Moment) throws {
        self.folder = folder
        self.order = order
        let time = Timestamp.iso8601(now.unixMilliseconds).filter { $0 != ":" && $0 != "-" }
        name = "capture-\(time)"
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw StateFolder.Fault(description: "cannot create \(folder): \(error)")
        }
        try beginFile()
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// The newest file.
    var path: String { kept.last?.path ?? folder }

    /// Writes encoded packets, each of them whole in one file.
    ///
    /// - Throws: ``StateFolder/Fault`` when they cannot be written, also for want of room.
    mutating func append(_ packet: [UInt8]) throws {
        if let ring = order.ring, fileBytes + packet.count > ring.fileBytes {
            try finish()
            try beginFile()
            while kept.count > ring.files { unlink(kept.removeFirst().path) }
        }
        try write(packet)
        kept[kept.count - 1].packets += 1
    }

    /// Whether so many bytes can be written without taking what others need.
    func hasRoom(for count: Int) -> Bool {
        DiskRoom.freeBytes(of: descriptor).map { $0 >= count + Self.reservedBytes } ?? true
    }

    /// Makes what was written last.
    mutating func finish() throws {
        guard descriptor >= 0 else { return }
        let isFlushed = fsync(descriptor) == 0
        let fault = Self.fault("flush", path)
        close(descriptor)
        descriptor = -1
        guard isFlushed else { throw fault }
    }

    private mutating func beginFile() throws {
        number += 1
        let digits = String(number)
        let place =
            order.ring == nil
            ? "" : "-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        let path = "\(folder)/\(name)\(place).\(order.format.rawValue)"
        descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.fault("create", path) }
        kept.append(Part(path: path))
        fileBytes = 0
        try AtomicFile.syncFolder(of: path)
        try write(PacketDump.beginning(order.format))
    }

    private mutating func write(_ content: [UInt8]) throws {
        var written = 0
        while written < content.count {
            let count = content.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.fault("write", path) }
            written += count
        }
        bytes += UInt64(content.count)
        kept[kept.count - 1].bytes += UInt64(content.count)
        fileBytes += content.count
    }

    private static func fault(_ verb: String, _ path: String) -> StateFolder.Fault {
        StateFolder.Fault(
            description: "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }
}
