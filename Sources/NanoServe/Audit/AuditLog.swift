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

    /// Does something and writes down what became of it. What could not be written down is not
    /// done: the file has to be there, writable and with room for a line first.
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
        try AuditFile(path).check(lockSeconds: lockSeconds)
        let result = act()
        do {
            let file = try AuditFile(path)
            try file.lock(seconds: lockSeconds)
            let tail = try file.tail()
            let entry = AuditEntry(
                number: tail.lastNumber + 1, unixMilliseconds: now.unixMilliseconds, actor: actor,
                action: action, target: target, result: result,
                note: tail.isTorn ? AuditEntry.tornNote : nil)
            try file.append((tail.isTorn ? [UInt8(ascii: "\n")] : []) + entry.line)
            // The line is there, whatever becomes of the room for the next.
            try? file.reserve()
        } catch {
            throw AuditFault(description: error.description, unwritten: result)
        }
        return result
    }
}

/// Why the audit trail could not be written, in one line.
public struct AuditFault: Error, CustomStringConvertible {
    public let description: String
    /// What was done all the same, without an entry; nil for nothing.
    public var unwritten: CommandResult?
}
