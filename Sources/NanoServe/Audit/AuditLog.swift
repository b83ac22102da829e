import Glibc
public import NanoCore

/// The audit trail, `audit.jsonl` in the state folder: one JSON object a line, only ever appended.
///
/// Several processes may append, a command line beside a gateway for instance: each holds the
/// file's lock for as long as it writes one line. Each entry holds the hash of the one before; an
/// end that is not as it was left is told of, and a new chain begins that covers what was found.
public struct AuditLog: Sendable {
    static let fileName = "audit.jsonl"

    let folder: String
    var path: String { folder + "/" + Self.fileName }
    /// Seconds to wait for whoever holds the lock.
    var lockSeconds = 5
    private let onDamage: @Sendable (String) -> Void

    /// - Parameters:
    ///   - stateFolder: The folder, which has to be there.
    ///   - onDamage: Is told, once, what is wrong with the trail when a new chain begins for that.
    public init(
        stateFolder: String, onDamage: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        folder = stateFolder
        self.onDamage = onDamage
    }

    /// The newest entry, as the mark beside the trail has it; nil when there is none.
    public var head: AuditHead? {
        guard case .found(let mark) = AuditMark.read(inFolder: folder) else { return nil }
        return mark.head
    }

    /// Reads the whole trail, which keeps nobody from appending. Where it is damaged, and no chain
    /// covers that yet, the next entry begins one, and tells of it.
    ///
    /// - Throws: ``AuditFault`` when the trail cannot be read, or that not be noted.
    public func examine() throws(AuditFault) {
        guard access(path, F_OK) == 0 else { return }
        let found: AuditVerification
        do {
            found = try AuditVerification(stateFolder: folder)
        } catch {
            throw AuditFault(description: "\(error)")
        }
        guard let fault = found.newFault else { return }
        let file = try AuditFile(path)
        try file.lock(seconds: lockSeconds)
        var known: AuditMark
        switch AuditMark.read(inFolder: folder) {
        // The next entry itself begins a chain.
        case .unreadable: return
        case .none:
            guard let head = try file.tail().last?.head else { return }
            known = AuditMark(head)
        case .found(let mark): known = mark
        }
        guard known.broken == nil else { return }
        known.broken = fault.reason
        try known.write(inFolder: folder)
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
            try catchUp(with: file)
            if action.isAnnounced {
                let head = try append(&entry, to: file)
                try AuditMark(head).write(inFolder: folder)
                begun = head.number
            }
        }
        let result = act()
        do {
            let file = try AuditFile(path)
            try file.lock(seconds: lockSeconds)
            entry.finish(with: result, begun: begun)
            try catchUp(with: file)
            let head = try append(&entry, to: file)
            // The line is there, whatever becomes of its mark and of the room for the next; the
            // next entry needs both.
            try? AuditMark(head).write(inFolder: folder)
            try? file.reserve()
        } catch {
            throw AuditFault(description: error.description, unwritten: result)
        }
        return result
    }

    /// Writes the mark of an entry whose writer could not, so that the trail is never more than one
    /// ahead.
    private func catchUp(with file: AuditFile) throws(AuditFault) {
        let (tail, mark) = (try file.tail(), AuditMark.read(inFolder: folder))
        guard case .follows(let head) = AuditTie(tail, mark), mark != .found(AuditMark(head))
        else { return }
        if tail.isUnended { try file.append(tail.closing) }
        try AuditMark(head).write(inFolder: folder)
    }

    /// Writes an entry behind the last one.
    ///
    /// - Returns: The entry, for the mark.
    private func append(
        _ entry: inout AuditEntry, to file: AuditFile
    ) throws(AuditFault) -> AuditHead {
        let tail = try file.tail()
        entry.note = tail.isTorn ? AuditEntry.tornNote : nil
        entry.chain = nil
        var damage: String?
        switch AuditTie(tail, AuditMark.read(inFolder: folder)) {
        case .follows(let head):
            entry.number = head.number + 1
            entry.previous = head.hash
        case .begins(let number, let broken):
            let chain = AuditChain.Beginning(
                covers: tail.size + tail.closing.count,
                sha256: Hexadecimal.text(try file.digest(with: tail.closing)))
            entry.number = number
            entry.chain = chain
            entry.previous = AuditChain.start(chain, at: entry.time)
            damage = broken
        }
        if let damage {
            let notes = [entry.note, AuditEntry.brokenNote + damage].compactMap(\.self)
            entry.note = notes.joined(separator: "; ")
        }
        let line = entry.line
        try file.append(tail.closing + line)
        if let damage { onDamage(damage) }
        return AuditHead(number: entry.number, hash: AuditChain.hash(line))
    }
}

/// Why the audit trail could not be written, in one line.
public struct AuditFault: Error, CustomStringConvertible {
    public let description: String
    /// What was done all the same, without an entry; nil for nothing.
    public var unwritten: CommandResult?
}
