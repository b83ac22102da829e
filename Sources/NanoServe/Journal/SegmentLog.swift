import NanoCore
import Synchronization

/// The journal's files: one log, cut into segments that are removed from the front.
///
/// One ``SegmentWriter`` appends to it; any thread reads.
final class SegmentLog: Sendable {
    /// One file.
    struct Segment: Sendable {
        let head: SegmentHead
        /// What has been committed.
        var summary: SegmentSummary
        let start: Int

        var number: UInt64 { head.number }
        var end: LogPosition { LogPosition(segment: number, offset: summary.size) }
    }

    private struct State {
        var segments: [Segment] = []
    }

    let storage: any LogStorage
    /// Files that cannot be read at all, which are left where they are.
    let unreadable: [String]
    /// Files that have no summary.
    let unsummarized: [UInt64]
    /// Bytes in the files that belonged to no whole block at the start. What a broken end leaves
    /// behind is not among them: it was never committed.
    let damagedBytes: Int
    private let state: Mutex<State>

    /// Finds the files of a journal.
    ///
    /// - Parameter known: What its cursors, read before, tell of its end.
    /// - Throws: ``JournalFault`` for files of a newer gateway, ``StorageFault``.
    init(_ storage: any LogStorage, _ known: KnownEnd) throws {
        self.storage = storage
        let discovery = try SegmentDiscovery(storage, known)
        unreadable = discovery.unreadable
        damagedBytes = discovery.damagedBytes
        unsummarized = discovery.unsummarized
        state = Mutex(State(segments: discovery.segments))
    }

    /// The summary of a file; nil when it has none that is whole.
    static func summary(
        _ number: UInt64, _ storage: any LogStorage
    ) -> SegmentSummary? {
        guard let file = try? storage.open(SegmentName.summary(number)),
            let bytes = try? file.read(0..<file.size())
        else { return nil }
        return SegmentSummary(bytes, of: number)
    }

    var segments: [Segment] { state.withLock { $0.segments } }

    /// Bytes of all files.
    var bytes: Int { state.withLock { $0.segments.reduce(0) { $0 + $1.summary.size } } }

    /// Behind the last committed block.
    var end: LogPosition { state.withLock { $0.segments.last?.end ?? LogPosition() } }

    /// Where the oldest block is.
    var start: LogPosition {
        state.withLock {
            $0.segments.first.map { LogPosition(segment: $0.number, offset: $0.start) }
                ?? LogPosition()
        }
    }

    /// The number of the last committed block that is there; 0 when there is none.
    var lastBlock: UInt64 { state.withLock { $0.segments.map(\.summary.lastBlock).max() ?? 0 } }

    /// The number of the file behind all that there are.
    var nextSegment: UInt64 {
        ((segments.map(\.number) + unreadable.compactMap(SegmentName.number)).max() ?? 0) + 1
    }

    /// Blocks that had been committed last, as the cursors know, and are not there.
    func missing(atEnd saved: SavedCursors?) -> UInt64 {
        let known = saved?.lastBlock ?? 0
        // Only in front of a file without blocks may all others have been removed, once they were guarded.
        let isEmpty = segments.last?.summary.firstBlock == 0
        return known - min(known, max(lastBlock, isEmpty ? saved?.guardedBlock ?? 0 : 0))
    }

    func segment(_ number: UInt64) -> Segment? {
        state.withLock { $0.segments.first { $0.number == number } }
    }

    /// The segment at or behind a number.
    func segment(from number: UInt64) -> Segment? {
        state.withLock { $0.segments.first { $0.number >= number } }
    }

    /// Reads a part of a file, by default all of its blocks, whatever of it is damaged.
    ///
    /// - Throws: ``StorageFault``.
    /// - Returns: Nil when a gateway that is at work has removed the file meanwhile.
    func walker(_ segment: Segment, _ range: Range<Int>? = nil) throws -> SegmentWalker? {
        let range = range ?? segment.start..<max(segment.start, segment.summary.size)
        do {
            return SegmentWalker(
                try storage.open(SegmentName.log(segment.number)), segment.head,
                from: range.lowerBound, size: range.upperBound, isTolerant: true)
        } catch let fault as StorageFault where fault.isMissing {
            return nil
        }
    }

    /// Takes a new file in.
    func add(_ segment: Segment) {
        state.withLock { $0.segments.append(segment) }
    }

    /// Notes that a block of the last file has been committed.
    func commit(_ head: LogBlockHead, counts: [UInt64], end: Int) {
        state.withLock {
            $0.segments[$0.segments.count - 1].summary.add(head, counts: counts, end: end)
        }
    }

    /// Removes the oldest files, up to and without the one with this number.
    func remove(before number: UInt64) throws {
        while let first = segments.first, first.number < number, segments.count > 1 {
            // A segment is one that can be read, as long as it is listed.
            try storage.remove(SegmentName.summary(first.number))
            try storage.remove(SegmentName.log(first.number))
            state.withLock { $0.segments.removeAll { $0.number == first.number } }
        }
    }

    /// Blocks from a position on, about so many bytes of them.
    ///
    /// What is damaged is passed over.
    ///
    /// - Parameters:
    ///   - until: Where to stop; nil for the end.
    ///   - isTolerant: Whether what the disk does not read counts as damaged too.
    /// - Returns: The blocks, where to go on, and bytes of damage.
    func read(
        from position: LogPosition, bytes limit: Int, until: LogPosition? = nil,
        isTolerant: Bool = false
    ) throws -> (blocks: [LogBlock], next: LogPosition, damagedBytes: Int) {
        var (blocks, next, damaged, read) = ([LogBlock](), position, 0, 0)
        while read < limit, let segment = segment(from: next.segment) {
            if segment.number > next.segment {
                next = LogPosition(segment: segment.number, offset: segment.start)
            }
            if let until, segment.number > until.segment { break }
            let isLast = segment.number == until?.segment
            let size = min(segment.summary.size, isLast ? until?.offset ?? 0 : .max)
            guard next.offset < size else {
                guard !isLast, let following = self.segment(from: segment.number + 1) else { break }
                next = LogPosition(segment: following.number, offset: following.start)
                continue
            }
            let file = try storage.open(SegmentName.log(segment.number))
            var walker = SegmentWalker(
                file, segment.head, from: max(next.offset, segment.start), size: size,
                wanted: limit - read, isTolerant: isTolerant)
            while read < limit {
                let found: SegmentWalker.Step?
                do {
                    found = try walker.next()
                } catch {
                    guard !blocks.isEmpty else { throw error }
                    return (blocks, next, damaged)
                }
                guard let step = found else { break }
                switch step {
                case .block(let block):
                    blocks.append(block)
                    read += LogBlockHead.length + block.bytes.count
                case .damage(let range, _), .torn(let range, _): damaged += range.count
                }
                next.offset = walker.offset
            }
        }
        return (blocks, next, damaged)
    }
}

extension LogBlock {
    /// Records of each destination, by its bit.
    func counts() -> [UInt64] {
        var counts = [UInt64](repeating: 0, count: 32)
        var offset = 0
        while let record = record(at: offset) {
            var routes = record.routes
            while routes != 0 {
                counts[routes.trailingZeroBitCount] += 1
                routes &= routes - 1
            }
            offset = record.end
        }
        return counts
    }
}
