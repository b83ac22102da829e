/// What is in a file that has no summary, or whose summary counts too much: the whole file is read.
struct SegmentSurvey {
    private(set) var summary: SegmentSummary
    /// Bytes of blocks that were committed and are damaged.
    private(set) var damagedBytes = 0
    /// Damage behind which no whole block has been found yet.
    private var tail: [(range: Range<Int>, head: LogBlockHead?)] = []

    /// - Parameters:
    ///   - following: The first block of the files behind, which is not in this one; nil when there
    ///     is none.
    ///   - known: What of its end is known, if it is the last one.
    /// - Throws: ``StorageFault``.
    init(
        _ file: any LogFile, _ head: SegmentHead, before following: UInt64?, _ known: KnownEnd
    ) throws {
        let start = head.encoded.count
        summary = SegmentSummary(size: start)
        var walker = SegmentWalker(
            file, head, from: start, size: try file.size(), isTolerant: true)
        while let step = try walker.next() {
            switch step {
            case .block(let block):
                guard block.head.number < following ?? .max else { continue }
                for piece in tail { count(piece.range, piece.head) }
                tail = []
                summary.add(block.head, counts: block.counts(), end: block.end.offset)
            case .damage(let range, let head): tail.append((range, head))
            case .torn: break
            }
        }
        let end = following ?? known.lastBlock + 1
        let isDamage = following == nil && known.isSameRun
        for (range, head) in tail {
            let isCommitted =
                if let head { head.number < end } else { summary.lastBlock + 1 < end }
            guard isCommitted || isDamage else { break }
            count(range, head)
        }
    }

    private mutating func count(_ range: Range<Int>, _ head: LogBlockHead?) {
        damagedBytes += range.count
        if let head { summary.add(head, counts: head.mostCounts, end: range.upperBound) }
        summary.size = range.upperBound
    }
}
