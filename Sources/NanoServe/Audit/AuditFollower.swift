import Glibc
import NanoCore

/// Reads an audit trail on from where it was read last, beside whoever appends.
///
/// Only whole lines that the disk has are read: whoever appends holds the file's lock until it does, and
/// nobody is waited for.
struct AuditFollower {
    /// An entry, with the line that it was read from.
    struct Line {
        let entry: AuditEntry
        /// SHA-256 of the line with its end.
        let hash: String
        /// The line as it stands, without its end.
        let text: String
        var head: AuditHead { AuditHead(number: entry.number, hash: hash) }
    }

    /// Bytes that are read at once, unless a line is longer.
    private static let portionBytes = 1_048_576
    private static let end = UInt8(ascii: "\n")

    private let path: String
    /// SHA-256 of the file's first line with its end, which tells this trail from every other; nil before
    /// there is one.
    private(set) var trail: String?
    /// Bytes of that line.
    private var firstBytes = 0
    /// Where the next line begins.
    private var offset = 0
    private var node: ino_t = 0

    init(stateFolder: String) {
        path = stateFolder + "/" + AuditLog.fileName
    }

    /// Reads from the first line on again.
    mutating func rewind() {
        (trail, offset) = (nil, 0)
    }

    /// The next entries in the order of the file; none when there are no more now, and nil while somebody
    /// appends. Lines that are no entries are passed over.
    ///
    /// - Throws: ``AuditFault`` when there is a trail that cannot be read.
    mutating func next() throws(AuditFault) -> [Line]? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else {
            if errno == ENOENT { return [] }
            throw fault()
        }
        defer { close(file) }
        guard let size = try settledSize(of: file) else { return nil }
        while offset < size {
            let bytes = try portion(of: file, size: size)
            guard let last = bytes.lastIndex(of: Self.end) else { return [] }
            if trail == nil, let first = bytes.firstIndex(of: Self.end) {
                trail = AuditChain.hash(Array(bytes[...first]))
                firstBytes = first + 1
            }
            offset += last + 1
            let lines = bytes[..<last].split(separator: Self.end).compactMap(Self.line)
            if !lines.isEmpty { return lines }
        }
        return []
    }

    /// The file's size while nobody appends; nil when somebody does. What is not the file that was read
    /// before is read from its beginning.
    private mutating func settledSize(of file: Int32) throws(AuditFault) -> Int? {
        guard flock(file, LOCK_SH | LOCK_NB) == 0 else {
            if errno == EWOULDBLOCK || errno == EINTR { return nil }
            throw fault()
        }
        var status = stat()
        let isExamined = fstat(file, &status) == 0
        flock(file, LOCK_UN)
        guard isExamined, status.st_mode & S_IFMT == S_IFREG else {
            throw AuditFault(description: "\(SafeText.escaped(path)) is no plain file")
        }
        let size = Int(status.st_size)
        let beginsAsBefore = try beginsAsBefore(file)
        if status.st_ino != node || size < offset || !beginsAsBefore { rewind() }
        node = status.st_ino
        return size
    }

    /// Whether the first line is the one that was read before: a new file can be where the old one was on
    /// the disk, and longer.
    private func beginsAsBefore(_ file: Int32) throws(AuditFault) -> Bool {
        guard let trail else { return true }
        return AuditChain.hash(try read(file, firstBytes, at: 0)) == trail
    }

    /// What is behind the last line that was read; where a line is longer than a portion, all of it.
    private func portion(of file: Int32, size: Int) throws(AuditFault) -> [UInt8] {
        let bytes = try read(file, min(size - offset, Self.portionBytes), at: offset)
        guard size - offset > bytes.count, !bytes.contains(Self.end) else { return bytes }
        return try read(file, size - offset, at: offset)
    }

    private func read(
        _ file: Int32, _ count: Int, at place: Int
    ) throws(AuditFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let count = bytes[filled...].withUnsafeMutableBytes {
                pread(file, $0.baseAddress, $0.count, off_t(place + filled))
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw fault() }
            guard count > 0 else { break }
            filled += count
        }
        return Array(bytes[..<filled])
    }

    private static func line(_ text: ArraySlice<UInt8>) -> Line? {
        AuditEntry.read(text).map { entry in
            Line(
                entry: entry, hash: AuditChain.hash(text + [end]),
                text: String(decoding: text, as: UTF8.self))
        }
    }

    private func fault() -> AuditFault {
        AuditFault(
            description: "cannot read \(SafeText.escaped(path)): "
                + String(cString: strerror(errno)))
    }
}
