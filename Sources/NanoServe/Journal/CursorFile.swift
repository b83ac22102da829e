import Foundation
import NanoCore

/// The cursors of all destinations, as they outlive the process.
struct SavedCursors: Codable, Equatable, Sendable {
    var version = 1
    /// The number of the last block that the saved replay guard covers.
    var guardedBlock: UInt64
    /// By the name of the destination.
    var routes: [String: SavedCursor]
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
        return try? JSONDecoder().decode(SavedCursors.self, from: Data(bytes))
    }

    func write(_ cursors: SavedCursors) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try storage.replace(Self.name, with: Array(try encoder.encode(cursors)))
    }
}

/// What waits for each destination when a journal is opened.
struct CursorSurvey {
    private(set) var ledgers: [RouteLedger] = []

    /// - Throws: ``StorageFault``.
    init(_ log: SegmentLog, saved: SavedCursors?, routes: [String]) throws {
        for name in routes {
            guard var cursor = saved?.routes[name] else {
                // A destination that is new has nothing to do with what came before it, unless
                // all cursors are gone.
                let isNew = saved != nil
                let start = SavedCursor(position: isNew ? log.end : log.start)
                ledgers.append(
                    RouteLedger(
                        cursor: RouteCursor(start, lastNumber: 0, passed: 0),
                        waiting: isNew ? 0 : Self.count(log, name, from: log.start).waiting))
                continue
            }
            if cursor.position < log.start { cursor = SavedCursor(position: log.start) }
            let (waiting, passed) = Self.count(log, name, from: cursor.position)
            let (left, isSettledMore) = waiting.subtractingReportingOverflow(
                UInt64(cursor.settledCount))
            if isSettledMore { cursor = SavedCursor(position: cursor.position) }
            ledgers.append(
                RouteLedger(
                    cursor: RouteCursor(cursor, lastNumber: 0, passed: passed),
                    waiting: isSettledMore ? waiting : left))
        }
    }

    /// A destination's records from a position on, and those before it in its file.
    private static func count(
        _ log: SegmentLog, _ name: String, from position: LogPosition
    ) -> (waiting: UInt64, passed: UInt64) {
        var (waiting, passed): (UInt64, UInt64) = (0, 0)
        for segment in log.segments where segment.number >= position.segment {
            guard let bit = segment.head.bit(of: name) else { continue }
            let all = segment.summary.counts[bit]
            guard segment.number == position.segment, position.offset > segment.start else {
                waiting += all
                continue
            }
            let rest = records(log, segment, bit, from: position.offset)
            waiting += min(rest, all)
            passed = all - min(rest, all)
        }
        return (waiting, passed)
    }

    private static func records(
        _ log: SegmentLog, _ segment: SegmentLog.Segment, _ bit: Int, from offset: Int
    ) -> UInt64 {
        guard let file = try? log.storage.open(SegmentName.log(segment.number)) else { return 0 }
        var walker = SegmentWalker(file, segment.head, from: offset, size: segment.summary.size)
        var count: UInt64 = 0
        while let step = try? walker.next() {
            if case .block(let block) = step, block.head.routes & 1 << UInt32(bit) != 0 {
                count += block.counts()[bit]
            }
        }
        return count
    }
}
