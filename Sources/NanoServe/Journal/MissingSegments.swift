/// Files of a journal that are gone and were not removed by a gateway, which takes the summary away first; or
/// of which nothing can be read.
struct MissingSegments {
    private struct Segment {
        let number: UInt64
        let summary: SegmentSummary
        /// Destinations by their bits, as the nearest file has them.
        let routes: [String]
    }

    private let segments: [Segment]
    /// Names of those of which nothing is left but other files' numbers: how much they held is not known.
    let unknown: [String]

    /// - Parameter routes: Those that are configured, should there be no file at all.
    /// - Throws: ``StorageFault``.
    init(_ log: SegmentLog, routes: [String]) throws {
        let names = Set(try log.storage.names())
        let present = log.segments
        let unreadable = Set(log.unreadable)
        unknown = zip(present, present.dropFirst()).flatMap { before, after in
            // Numbers of files may have been skipped where none could be made; those of blocks were not.
            let isWhole = after.summary.firstBlock <= before.summary.lastBlock + 1
            guard !isWhole, after.number > before.number + 1 else { return [String]() }
            return (before.number + 1..<after.number).prefix(Self.namedFiles).compactMap {
                let isKnown =
                    unreadable.contains(SegmentName.log($0))
                    || names.contains(SegmentName.summary($0))
                return isKnown ? nil : SegmentName.log($0)
            }
        }
        segments = names.compactMap(SegmentName.summarized).sorted().compactMap { number in
            let name = SegmentName.log(number)
            guard !names.contains(name) || unreadable.contains(name),
                let summary = SegmentLog.summary(number, log.storage)
            else { return nil }
            let nearest = present.last { $0.number < number } ?? present.first
            return Segment(
                number: number, summary: summary, routes: nearest?.head.routes ?? routes)
        }
    }

    /// As many are named of a gap.
    private static let namedFiles = 100

    /// Their names.
    var names: [String] { segments.map { SegmentName.log($0.number) } }

    /// What a destination has not been given of them.
    ///
    /// - Parameter known: Packets that waited when the cursors were saved and are gone; nil where nobody knows.
    func lost(of name: String, _ saved: SavedCursors?, known: UInt64?) -> UInt64 {
        // A destination that is new has nothing to do with what came before it.
        guard let cursor = saved.map({ $0.routes[name] }) ?? SavedCursor() else { return 0 }
        let committed = saved?.committedBlock ?? 0
        func sum(where isMeant: (SegmentSummary) -> Bool) -> UInt64 {
            segments.filter { isMeant($0.summary) }
                .reduce(0) { $0 + Self.lost(of: name, $1, cursor) }
        }
        guard let known else { return sum { _ in true } }
        // What came behind the saving is known from summaries alone.
        let later = sum { $0.firstBlock > committed }
        let isCut = segments.contains {
            $0.summary.firstBlock <= committed && $0.summary.lastBlock > committed
        }
        return later + (isCut ? max(known, sum { $0.firstBlock <= committed }) : known)
    }

    /// What a destination has not been given of a file. Where a part of it was settled, no more is known than
    /// how large that part is of its blocks and bytes.
    private static func lost(
        of name: String, _ segment: Segment, _ cursor: SavedCursor
    ) -> UInt64 {
        let left = cursor.stragglers?.left.first { $0.segment == segment.number }?.packets ?? 0
        let (own, summary) = (cursor.ownPart, segment.summary)
        guard let bit = segment.routes.firstIndex(of: name), bit < summary.counts.count,
            own.position.segment <= segment.number, summary.lastBlock >= summary.firstBlock
        else { return left }
        let blocks = summary.firstBlock...summary.lastBlock
        let done = own.done.reduce(0.0) { done, run in
            guard run.first <= run.last, blocks.overlaps(run.first...run.last) else { return done }
            let both = (run.first...run.last).clamped(to: blocks)
            return done + Double(both.upperBound - both.lowerBound + 1)
        }
        let settled = own.settled.filter { blocks.contains($0.block) }
            .reduce(0) { $0 + $1.records.count }
        let count = Double(summary.counts[bit])
        var rest = count * (1 - min(1, done / Double(blocks.count))) - Double(settled)
        if own.position.segment == segment.number, summary.size > 0 {
            rest *= 1 - min(1, Double(own.position.offset) / Double(summary.size))
        }
        return left + UInt64(min(max(0, rest), count))
    }

    /// Forgets them, so that they are told once. Where the disk does not do that, they are told again.
    func forget(in storage: any LogStorage) {
        for segment in segments { try? storage.remove(SegmentName.summary(segment.number)) }
    }
}
