/// What waits for each destination when a journal is opened.
struct CursorSurvey {
    private(set) var ledgers: [RouteLedger] = []
    /// Packets that waited when the cursors were saved and are nowhere in the log any more, by destination; nil
    /// where nobody knows.
    private(set) var lost: [UInt64?] = []

    /// Whether it is known of each destination that had a cursor.
    private(set) var isLossKnown = false

    /// No journal holds as many: whoever says so is not believed.
    private static let mostPackets: UInt64 = 1 << 56

    /// - Throws: ``StorageFault``.
    init(_ log: SegmentLog, saved: SavedCursors?, routes: [String]) throws {
        let end = saved?.committedEnd
        let cursors = routes.compactMap { saved?.routes[$0] }
        isLossKnown = end != nil && cursors.allSatisfy { $0.unsettled != nil }
        for name in routes {
            guard let saved = saved?.routes[name] else {
                // A destination that is new has nothing to do with what came before it, unless
                // all cursors are gone.
                let isNew = saved != nil
                let start = SavedCursor(position: isNew ? log.end : log.start)
                ledgers.append(
                    RouteLedger(
                        cursor: RouteCursor(start, lastNumber: 0, passed: 0),
                        waiting: isNew ? 0 : try Self.count(log, name, from: log.start).waiting))
                lost.append(nil)
                continue
            }
            var cursor = saved.ownPart
            cursor.position = max(cursor.position, log.start)
            // Of blocks that a power cut has taken there is nothing to know any more.
            cursor.drop(behind: log.segments.map(\.summary.lastBlock).max() ?? 0)
            let (waiting, passed) = try Self.count(log, name, from: cursor.position)
            let settled = try Self.settled(log, name, cursor)
            if waiting <= settled { cursor = SavedCursor(position: log.end) }
            let ledger = RouteLedger(
                cursor: RouteCursor(cursor, lastNumber: 0, passed: passed),
                waiting: waiting - min(waiting, settled),
                stragglers: saved.stragglers.map { Stragglers($0, log: log) } ?? Stragglers())
            ledgers.append(ledger)
            guard let unsettled = saved.unsettled, unsettled < Self.mostPackets, let end else {
                lost.append(nil)
                continue
            }
            let later = try Self.count(log, name, from: end).waiting
            let found = ledger.waiting - min(later, ledger.waiting)
            lost.append(unsettled - min(found, unsettled))
        }
    }

    /// A destination's records from a position on, and those before it in its file.
    private static func count(
        _ log: SegmentLog, _ name: String, from position: LogPosition
    ) throws -> (waiting: UInt64, passed: UInt64) {
        var (waiting, passed): (UInt64, UInt64) = (0, 0)
        for segment in log.segments where segment.number >= position.segment {
            guard let bit = segment.head.bit(of: name) else { continue }
            let all = segment.summary.counts[bit]
            guard segment.number == position.segment, position.offset > segment.start else {
                waiting += all
                continue
            }
            let size = segment.summary.size
            let here = min(position.offset, size)
            let rest = try records(log, segment, bit, here..<size)
            if rest.isAll {
                passed = all - min(rest.count, all)
            } else {
                // What nobody can count any more lies behind it.
                passed = min(
                    all, try records(log, segment, bit, segment.start..<here).count)
            }
            waiting += all - passed
        }
        return (waiting, passed)
    }

    /// Records behind a cursor that it knows to be settled, and that are there.
    private static func settled(
        _ log: SegmentLog, _ name: String, _ cursor: SavedCursor
    ) throws -> UInt64 {
        let last = max(
            cursor.settled.map(\.block).max() ?? 0, cursor.done.map(\.last).max() ?? 0)
        let places = cursor.settledByBlock
        var count: UInt64 = 0
        for segment in log.segments where segment.number >= cursor.position.segment {
            let summary = segment.summary
            guard let bit = segment.head.bit(of: name), summary.firstBlock <= last else { continue }
            let isFirst = segment.number == cursor.position.segment
            // Of the first one only what lies behind the position is counted as waiting.
            if !isFirst, cursor.isDone(from: summary.firstBlock, to: summary.lastBlock) {
                count += summary.counts[bit]
                continue
            }
            let start = isFirst ? max(cursor.position.offset, segment.start) : segment.start
            guard start < summary.size else { continue }
            var known = KnownBlocks()
            let isAll = try forEachBlock(of: segment, in: log, start..<summary.size) {
                head, counts in
                known.numbers.insert(head.number)
                known.records += counts()[bit]
                if cursor.isDone(from: head.number, to: head.number) {
                    count += counts()[bit]
                } else if let places = places[head.number] {
                    count += UInt64(places.count)
                }
            }
            guard !isAll else { continue }
            let passed = try records(log, segment, bit, segment.start..<start).count
            known.all = summary.counts[bit] - min(passed, summary.counts[bit])
            known.span = (isFirst ? nil : summary.firstBlock, summary.lastBlock)
            count += known.settledOfOthers(cursor, places)
        }
        return count
    }

    /// A destination's records in a part of a file, and whether there are no others in it.
    private static func records(
        _ log: SegmentLog, _ segment: SegmentLog.Segment, _ bit: Int, _ range: Range<Int>
    ) throws -> (count: UInt64, isAll: Bool) {
        var count: UInt64 = 0
        let isAll = try forEachBlock(of: segment, in: log, range) { head, counts in
            guard head.routes & 1 << UInt32(bit) != 0 else { return }
            count += counts()[bit]
        }
        return (count, isAll)
    }

    /// Goes through the blocks of a part of a file, those that are damaged included where their heads
    /// are whole, with their records of each destination.
    ///
    /// - Returns: Whether there is nothing else.
    @discardableResult
    private static func forEachBlock(
        of segment: SegmentLog.Segment, in log: SegmentLog, _ range: Range<Int>,
        _ body: (LogBlockHead, () -> [UInt64]) -> Void
    ) throws -> Bool {
        var isAll = true
        guard var walker = try log.walker(segment, range) else { return true }
        while let step = try walker.next() {
            switch step {
            case .block(let block): body(block.head, block.counts)
            case .damage(_, let lost?), .torn(_, let lost?): body(lost.head) { lost.counts }
            case .damage, .torn: isAll = false
            }
        }
        return isAll
    }
}

/// What could be read of a part of a file, some of which could not.
private struct KnownBlocks {
    var numbers: Set<UInt64> = []
    /// Records of a destination in them.
    var records: UInt64 = 0
    /// Those of the whole part, and its first block and last; nil where the first is not known.
    var all: UInt64 = 0
    var span: (first: UInt64?, last: UInt64) = (nil, 0)

    /// What a cursor knows to be settled of the others. Of blocks that are done no more is known than
    /// what all of the others have on average.
    func settledOfOthers(_ cursor: SavedCursor, _ places: [UInt64: Set<UInt32>]) -> UInt64 {
        let named: [UInt64] = cursor.done.map(\.first) + places.keys + numbers
        guard let first = span.first ?? named.min(), first <= span.last else { return 0 }
        let blocks = span.last - first
        let others = blocks + 1 - min(UInt64(numbers.count), blocks)
        let unread = all - min(records, all)
        var (settled, done): (UInt64, UInt64) = (0, 0)
        for (block, records) in places where first <= block && block <= span.last {
            if !numbers.contains(block) { settled += UInt64(records.count) }
        }
        for run in cursor.done {
            let (low, high) = (max(run.first, first), min(run.last, span.last))
            guard low <= high else { continue }
            done += high - low + 1 - UInt64(numbers.count { low <= $0 && $0 <= high })
        }
        let share = min(1, Double(done) / Double(others))
        return min(unread, settled + UInt64(Double(unread) * share))
    }
}
