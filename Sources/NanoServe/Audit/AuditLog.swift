import Glibc
public import NanoCore

/// The audit trail, `audit.jsonl` in the state folder: one JSON object a line, only ever appended.
///
/// Several processes may append, a command line beside a gateway for instance: each holds the
/// file's lock for as long as it writes one line.
public struct AuditLog: Sendable {
    static let fileName = "audit.jsonl"

    let path: String
    /// Seconds to wait for whoever holds the lock.
    var lockSeconds = 5

    /// - Parameter stateFolder: The folder, which has to be there.
    public init(stateFolder: String) {
        path = stateFolder + "/" + Self.fileName
    }

    /// Does something and writes down what became of it; of what loses or moves something also,
    /// before, that it is begun. What could not be written down is not done: the file has to be
    /// there, writable and with room for the lines first.
    ///
    /// - Parameters:
    ///   - now: The moment at which it was asked for.
    ///   - act: Does it, unless the trail cannot be written.
    /// - Returns: What became of it; the entry is on the disk.
    /// - Throws: ``AuditFault``; its `unwritten` is nil if nothing was done.
    public func record(
        _ action: AuditAction, of target: String, by actor: AuditActor, now: Moment,
        _ act: () -> CommandResult
    ) throws(AuditFault) -> CommandResult {
        var entry = AuditEntry(
            unixMilliseconds: now.unixMilliseconds, actor: actor, action: action, target: target)
        var begun: UInt64?
        do {
            let file = try AuditFile(path)
            try file.check(lines: action.isAnnounced ? 2 : 1, lockSeconds: lockSeconds)
            if action.isAnnounced { begun = try append(&entry, to: file) }
        }
        let result = act()
        do {
            let file = try AuditFile(path)
            try file.lock(seconds: lockSeconds)
            entry.finish(with: result, begun: begun)
            _ = try append(&entry, to: file)
            // The line is there, whatever becomes of the room for the next.
            try? file.reserve()
        } catch {
            throw AuditFault(description: error.description, unwritten: result)
        }
        return result
    }

    /// Writes an entry behind the last one.
    ///
    /// - Returns: The number that it has got.
    private func append(_ entry: inout AuditEntry, to file: AuditFile) throws(AuditFault) -> UInt64
    {
        let tail = try file.tail()
        entry.number = tail.lastNumber + 1
        entry.note = tail.isTorn ? AuditEntry.tornNote : nil
        try file.append((tail.isTorn ? [UInt8(ascii: "\n")] : []) + entry.line)
        return entry.number
    }
}

/// Why the audit trail could not be written, in one line.
public struct AuditFault: Error, CustomStringConvertible {
    public let description: String
    /// What was done all the same, without an entry; nil for nothing.
    public var unwritten: CommandResult?
}
