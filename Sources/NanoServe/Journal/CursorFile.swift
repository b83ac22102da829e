import Foundation
import NanoCore

/// The cursors of all destinations, as they outlive the process.
struct SavedCursors: Codable, Equatable, Sendable {
    var version = 1
    /// The number of the last block that the saved replay guard covers.
    var guardedBlock: UInt64
    /// By the name of the destination.
    var routes: [String: SavedCursor]
    /// Destinations that an operator has paused.
    var paused: [String]?

    /// The highest number of a block that it knows of.
    var lastBlock: UInt64 {
        let inCursors = routes.values.map(\.ownPart).flatMap {
            $0.settled.map(\.block) + $0.done.map(\.last)
        }
        return max(guardedBlock, inCursors.max() ?? 0)
    }
}

/// Where the cursors are saved. What is lost of them is delivered again.
struct CursorFile {
    static let name = "cursors.json"
    private let storage: any LogStorage

    init(_ storage: any LogStorage) {
        self.storage = storage
    }

    /// Nil when there are none, or they are damaged: then everything in the log is delivered.
    func read() throws -> SavedCursors? {
        guard try storage.names().contains(Self.name) else { return nil }
        let file = try storage.open(Self.name)
        let bytes = try file.read(0..<file.size())
        guard let saved = try? JSONDecoder().decode(SavedCursors.self, from: Data(bytes)),
            saved.lastBlock <= LogBlockHead.greatestNumber
        else { return nil }
        return saved
    }

    func write(_ cursors: SavedCursors) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try storage.renew(Self.name, with: Array(try encoder.encode(cursors)))
    }
}

/// What waits for each destination when a journal is opened.
struct CursorSurvey {
    private(set) var ledgers: [RouteLedger] = []

    /// - Throws: ``StorageFault``.
    init(_ log: SegmentLog, saved: SavedCursors?, routes: [String]) throws {
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
                continue
            }
            var cursor = saved.ownPart
            cursor.position = max(cursor.position, log.start)
            // Of blocks that a power cut has taken there is nothing to know any more.
            cursor.drop(behind: log.segments.map(\.summary.lastBlock).max() ?? 0)
            let (waiting, passed) = try Self.count(log, name, from: cursor.position)
            let settled = try Self.settled(log, name, cursor)
            if waiting <= settled { cursor = SavedCursor(position: log.end) }
            ledgers.append(
                RouteLedger(
                    cursor: RouteCursor(cursor, lastNumber: 0, passed: passed),
                    waiting: waiting - min(waiting, settled),
                    stragglers: saved.stragglers.map { Stragglers($0, log: log) } ?? Stragglers()))
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
            let rest = try records(log, segment, bit, from: position.offset)
            waiting += min(rest, all)
            passed = all - min(rest, all)
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
            try forEachBlock(
                of: segment, in: log, from: isFirst ? cursor.position.offset : segment.start
            ) { block in
                if cursor.isDone(from: block.head.number, to: block.head.number) {
                    count += block.counts()[bit]
                } else if let places = places[block.head.number] {
                    count += UInt64(places.count)
                }
            }
        }
        return count
    }

    private static func records(
        _ log: SegmentLog, _ segment: SegmentLog.Segment, _ bit: Int, from offset: Int
    ) throws -> UInt64 {
        var count: UInt64 = 0
        try forEachBlock(of: segment, in: log, from: offset) { block in
            if block.head.routes & 1 << UInt32(bit) != 0 { count += block.counts()[bit] }
        }
        return count
    }

    private static func forEachBlock(
        of segment: SegmentLog.Segment, in log: SegmentLog, from offset: Int,
        _ body: (LogBlock) -> Void
    ) throws {
        var walker = SegmentWalker(
            try log.storage.open(SegmentName.log(segment.number)), segment.head,
            from: max(offset, segment.start), size: segment.summary.size, isTolerant: true)
        while let step = try walker.next() {
            if case .block(let block) = step { body(block) }
        }
    }
}
