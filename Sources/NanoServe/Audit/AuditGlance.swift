import Glibc
import NanoCore
import Synchronization

/// The newest entries of the audit trail, read again only when there are more.
final class AuditGlance: Sendable {
    /// What it was read from, and what was in it.
    private struct Reading {
        var size: off_t = -1
        var node: ino_t = 0
        var entries: [AuditSnapshot] = []
    }

    /// Entries that are told.
    private static let entries = 200
    /// Bytes at the end of the file that they are looked for in.
    private static let windowBytes = 131_072

    private let path: String
    private let last = Mutex(Reading())

    init(stateFolder: String) {
        path = stateFolder + "/" + AuditLog.fileName
    }

    /// Newest last; those that announced what another one tells the result of are left out. None when
    /// the trail cannot be read, of which other parts tell.
    var newest: [AuditSnapshot] {
        last.withLock { last in
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
            guard descriptor >= 0 else { return [] }
            defer { close(descriptor) }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                return []
            }
            if status.st_size != last.size || status.st_ino != last.node {
                last = Reading(
                    size: status.st_size, node: status.st_ino,
                    entries: Self.read(descriptor, size: status.st_size))
            }
            return last.entries
        }
    }

    private static func read(_ descriptor: CInt, size: off_t) -> [AuditSnapshot] {
        let start = max(0, size - off_t(windowBytes))
        let bytes = [UInt8](unsafeUninitializedCapacity: windowBytes) { buffer, count in
            count = max(0, pread(descriptor, buffer.baseAddress, windowBytes, start))
        }
        var lines = bytes.split(separator: UInt8(ascii: "\n"))
        if start > 0, !lines.isEmpty { lines.removeFirst() }
        let found = lines.compactMap { AuditEntry.read($0) }
        let finished = Set(found.compactMap(\.begun))
        return found.filter { $0.result != .begun || !finished.contains($0.number) }
            .suffix(entries).map(AuditSnapshot.init)
    }
}

extension AuditSnapshot {
    init(_ entry: AuditEntry) {
        self.init(
            number: entry.number, time: entry.time, user: entry.actor.shortName,
            way: entry.actor.way.rawValue, action: entry.action, target: entry.target,
            result: entry.result.rawValue, sentence: entry.sentence)
    }
}
