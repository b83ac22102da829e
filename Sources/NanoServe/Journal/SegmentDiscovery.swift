/// Finds the files of a journal, and what is in them.
struct SegmentDiscovery {
    private(set) var segments: [SegmentLog.Segment] = []
    /// Files that cannot be read at all, which are left where they are.
    private(set) var unreadable: [String] = []
    /// Files that have no summary.
    private(set) var unsummarized: [UInt64] = []
    /// Bytes in those of blocks that are damaged, but for what a broken end leaves behind.
    private(set) var damagedBytes = 0

    private let known: KnownEnd
    /// The first block of the files that have been found.
    private var firstBlock: UInt64?

    /// - Throws: ``JournalFault`` for files of a newer gateway, ``StorageFault``.
    init(_ storage: any LogStorage, _ known: KnownEnd) throws {
        self.known = known
        // From the last one on: where a block was written once more it counts there, and what is missing
        // at a file's end is known from the one behind.
        for number in try storage.names().compactMap(SegmentName.number).sorted(by: >) {
            if let head = try Self.head(number, storage) {
                try take(head, storage)
            } else {
                unreadable.append(SegmentName.log(number))
            }
        }
        segments.reverse()
        unreadable.reverse()
        unsummarized.reverse()
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
        var summary = SegmentLog.summary(head.number, storage)
        if let size = summary?.size, try file.size() < size { summary = nil }
        if summary == nil || summary.map({ $0.lastBlock >= firstBlock ?? .max }) == true {
            let survey = try SegmentSurvey(file, head, before: firstBlock, known)
            if summary == nil {
                damagedBytes += survey.damagedBytes
                unsummarized.append(head.number)
            }
            summary = survey.summary
        }
        guard let summary else { return }
        segments.append(
            SegmentLog.Segment(head: head, summary: summary, start: head.encoded.count))
        if summary.firstBlock > 0 { firstBlock = summary.firstBlock }
    }
}
