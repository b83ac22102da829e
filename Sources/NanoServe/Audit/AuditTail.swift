import NanoCore

/// The end of an audit trail: what a line appended now would follow.
struct AuditTail {
    /// The last entry that can be read.
    struct Last {
        var entry: AuditEntry
        var hash: String
        var head: AuditHead { AuditHead(number: entry.number, hash: hash) }
    }

    var last: Last?
    /// Bytes of the whole file.
    let size: Int
    /// What is behind the last line's end, which is no entry: whoever wrote it died.
    private(set) var isTorn = false
    /// Whether the last entry lacks its line's end and nothing else.
    private(set) var isUnended = false
    /// Whether whole lines behind the last entry are none.
    private(set) var isForeign = false

    /// - Parameters:
    ///   - bytes: The last of the file; what may have begun before them is passed over.
    ///   - size: Bytes of the whole file.
    init(_ bytes: [UInt8], of size: Int) {
        self.size = size
        let end = UInt8(ascii: "\n")
        var lines = bytes.split(separator: end, omittingEmptySubsequences: false)
        if bytes.count < size { lines.removeFirst() }
        let rest = lines.popLast() ?? []
        if !rest.isEmpty {
            if let entry = AuditEntry.read(rest) {
                (last, isUnended) = (Last(entry: entry, hash: AuditChain.hash(rest + [end])), true)
                return
            }
            isTorn = true
        }
        while let line = lines.popLast() {
            if let entry = AuditEntry.read(line) {
                last = Last(entry: entry, hash: AuditChain.hash(line + [end]))
                return
            }
            isForeign = true
        }
    }

    /// What has to come before the next line.
    var closing: [UInt8] { isTorn || isUnended ? [UInt8(ascii: "\n")] : [] }
}

/// How the next entry is tied to the end of an audit trail.
enum AuditTie: Equatable {
    /// To the entry before.
    case follows(AuditHead)
    /// To everything before, as the first of a chain; with a reason where a chain is broken.
    case begins(number: UInt64, broken: String?)

    /// Most of a reason that is read from a mark.
    private static let reasonCharacters = 500

    /// Compares the end with the mark. The trail may be one entry ahead, when the process has died
    /// before it wrote the mark; what does not lie behind the mark has been tampered with.
    init(_ tail: AuditTail, _ mark: AuditMark.State) {
        let lastNumber = tail.last?.entry.number ?? 0
        guard let fault = Self.fault(tail, mark) else {
            guard let last = tail.last, last.entry.previous != nil, !tail.isTorn else {
                self = .begins(number: lastNumber + 1, broken: nil)
                return
            }
            self = .follows(last.head)
            return
        }
        var number = lastNumber
        if case .found(let mark) = mark { number = max(number, mark.number) }
        self = .begins(number: number + 1, broken: fault)
    }

    /// What cannot have come about by a crash; nil for nothing.
    private static func fault(_ tail: AuditTail, _ mark: AuditMark.State) -> String? {
        let isChained = tail.last?.entry.previous != nil
        switch mark {
        case .unreadable(let reason):
            return "\(AuditMark.fileName) cannot be read: \(reason)"
        case .none:
            // The first entry of all may have been the process's last.
            guard isChained, tail.last?.entry.chain == nil else { return nil }
            return "\(AuditMark.fileName) is gone"
        case .found(let mark):
            if let broken = mark.broken {
                return SafeText.shortened(broken, to: Self.reasonCharacters)
            }
            guard let last = tail.last else {
                return "entries up to \(mark.number) are gone"
            }
            if tail.isForeign { return "lines behind entry \(last.entry.number) are no entries" }
            return fault(last, isUnended: tail.isUnended, mark.head)
        }
    }

    private static func fault(_ last: AuditTail.Last, isUnended: Bool, _ mark: AuditHead) -> String?
    {
        let number = last.entry.number
        if number == mark.number {
            if last.hash != mark.hash { return "entry \(number) was changed" }
            return isUnended ? "the end of entry \(number) was cut off" : nil
        }
        if number < mark.number {
            return AuditFinding.missing([number + 1...mark.number]) + " at the end"
        }
        guard number == mark.number + 1,
            last.entry.previous == mark.hash || last.entry.chain != nil
        else { return "entries behind entry \(mark.number) are not the gateway's" }
        return nil
    }
}
