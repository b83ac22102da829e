import Foundation
import Glibc

/// The newest entry of the audit trail, kept apart from the trail, so that one whose end has been
/// cut off is noticed. It is written behind each entry: a crash leaves the trail one ahead.
struct AuditMark: Codable, Equatable {
    static let fileName = "audit.head"
    /// The largest file that can be one, in bytes.
    private static let maximumBytes = 4_096

    var version = 1
    var number: UInt64
    var hash: String
    /// Why the next entry has to begin a new chain; nil when it need not.
    var broken: String?

    /// What there is of a mark.
    enum State: Equatable {
        case none
        /// There is something, with the reason why it is no mark.
        case unreadable(String)
        case found(AuditMark)
    }

    init(_ head: AuditHead, broken: String? = nil) {
        number = head.number
        hash = head.hash
        self.broken = broken
    }

    var head: AuditHead { AuditHead(number: number, hash: hash) }

    /// Reads the mark of a trail.
    static func read(inFolder folder: String) -> State {
        let file = open(
            "\(folder)/\(fileName)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else {
            return errno == ENOENT ? .none : .unreadable(String(cString: strerror(errno)))
        }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: maximumBytes)
        let count = Glibc.read(file, &bytes, bytes.count)
        guard count >= 0 else { return .unreadable(String(cString: strerror(errno))) }
        guard
            let mark = try? JSONDecoder().decode(AuditMark.self, from: Data(bytes[..<count])),
            mark.number < AuditEntry.endOfNumbers
        else { return .unreadable("it has not the form of one") }
        return .found(mark)
    }

    /// Puts the mark in the place of the one before, whole or not at all. Room for the next is set
    /// aside, so that a full disk does not stand in the way of an operator.
    func write(inFolder folder: String) throws(AuditFault) {
        let path = "\(folder)/\(Self.fileName)"
        let next = path + ".tmp"
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            let bytes = Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
            let storage = try FolderStorage(path: folder)
            do {
                try storage.renew(Self.fileName, with: bytes)
            } catch let error as StorageFault where error.code == EACCES || error.code == ELOOP {
                // Another user's, or no plain file; whoever owns the folder may do without it.
                unlink(next)
                try storage.renew(Self.fileName, with: bytes)
            }
        } catch {
            throw AuditFault(description: "\(error)")
        }
        guard let owner = try AuditFile.otherOwner(ofFolderOf: path) else { return }
        for made in [path, next] { lchown(made, owner.user, owner.group) }
    }
}
