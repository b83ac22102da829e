/// Finds the files of a journal, and what is in them.
struct SegmentDiscovery {
    private(set) var segments: [SegmentLog.Segment] = []
    /// Files that cannot be read at all, which are left where they are.
    private(set) var unreadable: [String] = []
    /// Files that have no summary.
    private(set) var unsummarized: [UInt64] = []
    /// Bytes in the files that belong to no whole block, but for what a broken end leaves behind.
    private(set) var damagedBytes = 0

    /// - Throws: ``JournalFault`` for files of a newer gateway, ``StorageFault``.
    init(_ storage: any LogStorage) throws {
        for number in try storage.names().compactMap(SegmentName.number).sorted() {
            if let head = try Self.head(number, storage) {
                try take(head, storage)
            } else {
                unreadable.append(SegmentName.log(number))
            }
            try dropTwin(storage)
        }
    }

    /// Nil when it is damaged, or that of another file. What the heads of the files around it say proves
    /// nothing: its destinations may have been others.
    private static func head(
        _ number: UInt64, _ storage: any LogStorage
    ) throws -> SegmentHead? {
        let name = SegmentName.log(number)
        let bytes = try? storage.open(name).read(0..<SegmentHead.maximumLength)
        let head = try bytes.flatMap { try SegmentHead.read($0, file: name) }
        return head?.number == number ? head : nil
    }

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
