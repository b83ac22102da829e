/// What is in a file that has no summary, or whose summary counts too much: the whole file is read.
struct SegmentSurvey {
    private(set) var summary: SegmentSummary
    /// Bytes of blocks that were committed and are damaged.
    private(set) var damagedBytes = 0
    /// Damage behind which no whole block has been found yet.
    private var tail: [(range: Range<Int>, block: LostBlock?)] = []

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
                let number = block.head.number
                guard number > summary.lastBlock, number < following ?? .max else { continue }
                for piece in tail { count(piece.range, piece.block) }
                tail = []
                summary.add(block.head, counts: block.counts(), end: block.end.offset)
            case .damage(let range, let block): tail.append((range, block))
            case .torn(let range, let block):
                // One that was being written is not known to anybody.
                if let block, block.head.number <= known.lastBlock { tail.append((range, block)) }
            }
        }
        let end = following ?? known.lastBlock + 1
        let isDamage = following == nil && known.isSameRun
        for (range, block) in tail {
            let isCommitted = (block?.head.number ?? summary.lastBlock + 1) < end
            guard isCommitted || isDamage else { break }
            count(range, block)
        }
    }

    private mutating func count(_ range: Range<Int>, _ block: LostBlock?) {
        damagedBytes += range.count
        if let block, block.head.number > summary.lastBlock {
            summary.add(block.head, counts: block.counts, end: range.upperBound)
        }
        summary.size = range.upperBound
    }
}
