/// Finds the files of a journal, and what is in them.
struct SegmentDiscovery {
    private(set) var segments: [SegmentLog.Segment] = []
    /// Files that cannot be read at all, which are left where they are.
    private(set) var unreadable: [String] = []
    /// Files that are read by the heads of the files around them.
    private(set) var headless: [String] = []
    /// Files that have no summary.
    private(set) var unsummarized: [UInt64] = []
    /// Bytes in the files that belong to no whole block, but for what a broken end leaves behind.
    private(set) var damagedBytes = 0

    /// - Throws: ``JournalFault`` for files of a newer gateway, ``StorageFault``.
    init(_ storage: any LogStorage) throws {
        let numbers = try storage.names().compactMap(SegmentName.number).sorted()
        let heads = try numbers.map { try Self.head($0, storage) }
        for (place, number) in numbers.enumerated() {
            switch heads[place] {
            case .whole(let head): try take(head, storage)
            case .damaged:
                guard let head = Self.lent(to: number, at: place, heads),
                    try recover(head, storage)
                else { fallthrough }
            case .foreign: unreadable.append(SegmentName.log(number))
            }
            try dropTwin(storage)
        }
    }

    // MARK: - Heads

    private enum Head {
        case whole(SegmentHead)
        case damaged
        /// Whole, and of another file.
        case foreign
    }

    private static func head(_ number: UInt64, _ storage: any LogStorage) throws -> Head {
        let name = SegmentName.log(number)
        let bytes = try? storage.open(name).read(0..<SegmentHead.maximumLength)
        guard let head = try bytes.flatMap({ try SegmentHead.read($0, file: name) }) else {
            return .damaged
        }
        return head.number == number ? .whole(head) : .foreign
    }

    /// What the head of a file was where it is damaged; nil when the files around it do not tell. Both have
    /// to say the same, so that nothing goes to a destination that it was not for.
    private static func lent(to number: UInt64, at place: Int, _ heads: [Head]) -> SegmentHead? {
        guard place > 0, place + 1 < heads.count, case .whole(var before) = heads[place - 1],
            case .whole(let after) = heads[place + 1], before.routes == after.routes,
            before.hashKey == after.hashKey
        else { return nil }
        before.number = number
        return before
    }

    // MARK: - Files

    private mutating func take(_ head: SegmentHead, _ storage: any LogStorage) throws {
        let file = try storage.open(SegmentName.log(head.number))
        let start = head.encoded.count
        if let summary = SegmentLog.summary(head.number, storage), try file.size() >= summary.size {
            segments.append(SegmentLog.Segment(head: head, summary: summary, start: start))
            return
        }
        let (summary, damaged) = try Self.survey(file, head, start: start)
        damagedBytes += damaged
        unsummarized.append(head.number)
        segments.append(SegmentLog.Segment(head: head, summary: summary, start: start))
    }

    /// Takes a file in by a head that was lent to it.
    ///
    /// - Returns: Whether its blocks prove that head true.
    private mutating func recover(_ head: SegmentHead, _ storage: any LogStorage) throws -> Bool {
        let start = head.encoded.count
        let (summary, damaged) = try Self.survey(
            storage.open(SegmentName.log(head.number)), head, start: start)
        guard summary.records > 0 else { return false }
        damagedBytes += start + damaged
        headless.append(SegmentName.log(head.number))
        if SegmentLog.summary(head.number, storage) == nil { unsummarized.append(head.number) }
        segments.append(SegmentLog.Segment(head: head, summary: summary, start: start))
        return true
    }

    /// Leaves out the last block of the file before the last one when it was written once more: it
    /// counts once.
    private mutating func dropTwin(_ storage: any LogStorage) throws {
        guard segments.count > 1, let first = segments.last?.summary.firstBlock, first > 0
        else { return }
        let before = segments[segments.count - 2]
        guard before.summary.lastBlock >= first else { return }
        segments[segments.count - 2].summary = try Self.survey(
            storage.open(SegmentName.log(before.number)), before.head, start: before.start,
            before: first
        ).summary
    }

    /// Reads a file that has no summary: the one that was written to last.
    ///
    /// - Parameter number: The first block that is not in it.
    private static func survey(
        _ file: any LogFile, _ head: SegmentHead, start: Int, before number: UInt64 = .max
    ) throws -> (summary: SegmentSummary, damagedBytes: Int) {
        var summary = SegmentSummary(size: start)
        var damaged = 0
        var pending = 0
        var walker = SegmentWalker(
            file, head, from: start, size: try file.size(), isTolerant: true)
        while let step = try walker.next() {
            switch step {
            case .damage(let range): pending += range.count
            case .block(let block):
                guard block.head.number < number else { continue }
                damaged += pending
                pending = 0
                summary.add(block.head, counts: block.counts(), end: block.end.offset)
            }
        }
        return (summary, damaged)
    }
}
