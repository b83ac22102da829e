import NanoCore

/// An audit trail compared with its hashes, its numbers and its mark: what is wrong, and where.
public struct AuditVerification {
    /// In the order in which they were found.
    public private(set) var findings: [AuditFinding] = []
    /// What is no damage, but has to be known: each begins with a line's number.
    public private(set) var notes: [String] = []
    /// Entries with a hash of what is before them.
    public private(set) var chained = 0
    /// Entries of before there were chains.
    public private(set) var unchained = 0
    /// The last entry.
    public private(set) var head: AuditHead?

    /// An entry that the next is compared with.
    private struct Before {
        var line: AuditLine
        /// Its number as its place has it, whatever it says.
        var number: UInt64
        /// Lines behind it that are no entries.
        var foreign: UInt64 = 0
    }

    private let lines: [AuditLine]
    private let mark: AuditMark.State
    /// Numbers of all entries, each once, in their order.
    private let numbers: [UInt64]
    private var seen: Set<UInt64> = []
    /// Lines that are known to be changed.
    private var changed: Set<Int> = []
    private var before: Before?
    /// The line at which the newest chain begins; 0 for none.
    private var newestBeginning = 0

    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - mark: As it was when these were the file's bytes.
    init(_ bytes: [UInt8], mark: AuditMark.State) {
        lines = AuditLine.all(in: bytes)
        numbers = Set(lines.compactMap(\.entry?.number)).sorted()
        self.mark = mark
        var (hash, hashed) = (SHA256Stream(), 0)
        for (index, line) in lines.enumerated() {
            guard let entry = line.entry else {
                noteForeign(index)
                continue
            }
            if let chain = entry.chain {
                hash.update(bytes[hashed..<line.offset])
                hashed = line.offset
                check(chain, of: entry, at: line, sha256: Hexadecimal.text(hash.digest))
            }
            check(entry, at: index)
            seen.insert(entry.number)
        }
        head = before.map { AuditHead(number: $0.line.entry?.number ?? 0, hash: $0.line.hash) }
        checkEnd(at: bytes.count)
    }

    /// The first fault that no chain has been begun for.
    var newFault: AuditFinding? {
        findings.first { finding in
            finding.line > newestBeginning || finding.kind == .end || finding.kind == .uncovered
                || finding.line == newestBeginning && finding.kind == .changed
        }
    }

    /// Reads the trail of a gateway, which may be running, and changes nothing.
    ///
    /// - Parameter expected: An entry that was written down elsewhere; nil for none.
    /// - Throws: ``AuditReading/Fault``, one line for the operator.
    public init(
        stateFolder: String, expecting expected: (number: UInt64?, hash: String)? = nil
    ) throws(AuditReading.Fault) {
        let copy = try AuditCopy(stateFolder: stateFolder)
        self.init(copy.bytes, mark: copy.mark)
        if let expected { expect(number: expected.number, hash: expected.hash) }
    }

    /// Looks for an entry that was written down elsewhere.
    private mutating func expect(number: UInt64?, hash: String) {
        let found = lines.filter { line in
            line.entry.map { number == nil || $0.number == number } ?? false
        }
        guard !found.contains(where: { $0.hash == hash }) else { return }
        if number != nil, let line = found.first {
            add(.end, line, "is not the one that is expected: its hash is \(line.hash)")
        } else if let last = lines.last {
            let entry = number.map { "entry \($0), which is expected," } ?? "the expected entry"
            add(.end, last, "\(entry) is not in the trail")
        } else {
            findings.append(
                AuditFinding(
                    kind: .end, line: 1, number: nil, offset: 0,
                    sentence: "the expected entry is not in the trail"))
        }
    }

    private mutating func add(_ kind: AuditFinding.Kind, _ line: AuditLine, _ sentence: String) {
        if kind == .changed { changed.insert(line.number) }
        findings.append(
            AuditFinding(
                kind: kind, line: line.number, number: line.entry?.number, offset: line.offset,
                sentence: sentence))
    }

    /// A line that is no entry: the remains of a writer that died, or damage.
    private mutating func noteForeign(_ index: Int) {
        let line = lines[index]
        before?.foreign += 1
        guard line.hasEnd else {
            notes.append("\(line.number): is torn, since whoever wrote it died")
            return
        }
        if index + 1 < lines.count, let next = lines[index + 1].entry, next.tellsOfTorn {
            notes.append(
                "\(line.number): is torn, since whoever wrote it died; entry \(next.number) says so"
            )
            return
        }
        add(.foreign, line, "is no entry of an audit trail")
    }

    private mutating func check(
        _ chain: AuditChain.Beginning, of entry: AuditEntry, at line: AuditLine, sha256: String
    ) {
        newestBeginning = line.number
        if entry.previous != AuditChain.start(chain, at: entry.time) {
            add(.changed, line, "was changed")
        }
        if chain.covers != line.offset || chain.sha256 != sha256 {
            add(
                .uncovered, line,
                "what stands before it is not what stood there when it was written")
        }
        if let note = entry.note, let broken = note.range(of: AuditEntry.brokenNote) {
            add(.restarted, line, "began a new chain, since " + note[broken.upperBound...])
        }
    }

    private mutating func check(_ entry: AuditEntry, at index: Int) {
        let line = lines[index]
        defer {
            if before?.line.number != line.number {
                before = Before(line: line, number: entry.number)
            }
        }
        guard let previous = entry.previous else {
            unchained += 1
            if chained > 0 { add(.changed, line, "has lost its hash of the line before") }
            return
        }
        chained += 1
        guard entry.chain == nil else {
            compareNumber(entry.number, at: line, behind: before)
            return
        }
        guard let before, chained > 1 else {
            add(.missing, line, "is the first of no chain; what began its chain is missing")
            return
        }
        guard previous == before.line.hash else {
            if entry.number == before.number + 1 {
                blame(before.line, or: index)
            } else if before.foreign == 0 || entry.number != before.number + before.foreign + 1 {
                compareNumber(entry.number, at: line, behind: before)
            }
            return
        }
        if entry.number != before.number + 1 {
            add(.changed, line, "was changed: its number should be \(before.number + 1)")
            self.before = Before(line: line, number: before.number + 1)
        }
    }

    /// Two entries that stand in their order, of which the second does not hold the hash of the
    /// first: whichever the others vouch for has not been changed.
    private mutating func blame(_ first: AuditLine, or index: Int) {
        guard !changed.contains(first.number) else { return }
        let second = lines[index]
        let isVouchedFor: Bool
        if let next = lines[(index + 1)...].first(where: { $0.entry != nil }) {
            isVouchedFor = next.entry?.previous == second.hash
        } else if case .found(let mark) = mark {
            isVouchedFor = mark.hash == second.hash
        } else {
            isVouchedFor = false
        }
        let number = second.entry?.number ?? 0
        add(
            .changed, first,
            "was changed" + (isVouchedFor ? "" : ", or the hash of it in entry \(number) was"))
    }

    /// Tells from an entry's number what has become of the entries before it.
    private mutating func compareNumber(
        _ number: UInt64, at line: AuditLine, behind before: Before?
    ) {
        let expected = (before?.number ?? 0) + 1
        if number > expected {
            let gaps = gaps(in: expected...number - 1)
            if gaps.isEmpty {
                add(.reordered, line, "stands before entry \(expected), which comes behind it")
            } else {
                add(.missing, line, AuditFinding.missing(gaps) + " before it")
            }
        } else if seen.contains(number) {
            add(.duplicate, line, "is the second entry with the number \(number)")
        } else if number < expected {
            add(.reordered, line, "stands behind entry \(expected - 1)")
        }
    }

    /// Where the numbers begin that are not below one.
    private func firstPlace(from number: UInt64) -> Int {
        var (low, high) = (0, numbers.count)
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The numbers of a range that no entry has, as far as a sentence names them.
    private func gaps(in range: ClosedRange<UInt64>) -> [ClosedRange<UInt64>] {
        var gaps: [ClosedRange<UInt64>] = []
        var next = range.lowerBound
        for number in numbers[firstPlace(from: next)...] {
            guard number <= range.upperBound, gaps.count <= AuditFinding.rangeCount else { break }
            if number > next { gaps.append(next...number - 1) }
            next = number + 1
        }
        if next <= range.upperBound { gaps.append(next...range.upperBound) }
        return gaps
    }
}

extension AuditVerification {
    /// Compares the end of the trail with its mark.
    private mutating func checkEnd(at size: Int) {
        func end(_ sentence: String) -> AuditFinding {
            AuditFinding(
                kind: .end, line: lines.count + 1, number: nil, offset: size, sentence: sentence)
        }
        switch mark {
        case .none where chained > 1:
            findings.append(
                end(
                    "\(AuditMark.fileName) is gone, so that nobody can tell whether entries were cut "
                        + "off here"))
        case .none: break
        case .unreadable(let reason):
            findings.append(end("\(AuditMark.fileName) cannot be read: \(reason)"))
        case .found(let mark):
            let last = before?.line
            if let last, !last.hasEnd, let entry = last.entry, entry.number == mark.number {
                add(.end, last, "the end of its line was cut off")
            }
            if (numbers.last ?? 0) < mark.number {
                let range = (numbers.last ?? 0) + 1...mark.number
                findings.append(end(AuditFinding.missing([range]) + " at the end"))
            } else if let last, let entry = last.entry {
                compare(last, entry, with: mark.head)
            }
            if let broken = mark.broken, findings.isEmpty { findings.append(end(broken)) }
        }
    }

    private mutating func compare(_ last: AuditLine, _ entry: AuditEntry, with mark: AuditHead) {
        if let marked = lines.last(where: { $0.entry?.number == mark.number }) {
            if marked.hash != mark.hash, !changed.contains(marked.number) {
                add(.changed, marked, "was changed: \(AuditMark.fileName) has another hash of it")
            }
        }
        let isAhead =
            entry.number == mark.number + 1
            && (entry.previous == mark.hash || entry.chain != nil)
        if entry.number > mark.number, !isAhead {
            add(
                .end, last,
                "is not the gateway's, or \(AuditMark.fileName) is old: that ends with entry "
                    + "\(mark.number)")
        } else if isAhead {
            notes.append(
                "\(last.number): entry \(entry.number) is not in \(AuditMark.fileName), since "
                    + "whoever wrote it died before it could write that")
        }
    }
}
