import Foundation
import NanoCore

/// Writes packets that the operator wants to keep.
struct DumpFolder {
    let path: String

    /// - Returns: The file's path.
    /// - Throws: ``StateFolder/Fault`` when it cannot be written.
    func write(_ records: [PacketRecord], as format: DumpFormat, now: Moment) throws -> String {
        try write(PacketDump.encode(records, as: format), ending: format.rawValue, now: now)
    }

    /// The same of text that was copied.
    func write(_ copy: CopiedText, now: Moment) throws -> String {
        try write(Array(copy.text.utf8), ending: copy.form.fileEnding, now: now)
    }

    private func write(_ bytes: [UInt8], ending: String, now: Moment) throws -> String {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let time = Timestamp.iso8601(now.unixMilliseconds)
            .filter { $0 != ":" && $0 != "-" }
        let file = "\(path)/nanogridata-\(time).\(ending)"
        try AtomicFile.write(bytes, to: file, mode: 0o600)
        return file
    }
}
