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
            do {
                if let head = try Self.head(number, storage) {
                    try take(head, storage)
                } else {
                    unreadable.append(SegmentName.log(number))
                }
            } catch let fault as StorageFault where fault.isMissing {
                // A gateway that is at work has removed it meanwhile.
                continue
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
        let bytes: [UInt8]
        do {
            bytes = try storage.open(name).read(0..<SegmentHead.maximumLength)
        } catch let fault as StorageFault where !fault.isMissing {
            return nil
        }
        let head = try SegmentHead.read(bytes, file: name)
        return head?.number == number ? head : nil
    }

    private mutating func take(_ head: SegmentHead, _ storage: any LogStorage) throws {
        let file = try storage.open(SegmentName.log(head.number))
        let start = head.encoded.count
        var summary = SegmentLog.summary(head.number, storage)
        if let size = summary?.size, size < start { summary = nil }
        if let size = summary?.size {
            // What was cut off is missed where it is read.
            damagedBytes += size - min(size, try file.size())
        }
        if summary.map({ $0.lastBlock >= firstBlock ?? .max }) ?? true {
            let survey = try SegmentSurvey(file, head, before: firstBlock, known)
            if summary == nil {
                damagedBytes += survey.damagedBytes
                unsummarized.append(head.number)
            }
            summary = survey.summary
        }
        guard let summary else { return }
        segments.append(
            SegmentLog.Segment(head: head, summary: summary, start: start))
        if summary.firstBlock > 0 { firstBlock = summary.firstBlock }
    }
}
