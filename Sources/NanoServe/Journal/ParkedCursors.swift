import NanoCore

/// Cursors of destinations that are not configured at the moment: what waits for them is kept until
/// they are, the room is needed, or it is too old.
struct ParkedCursors {
    private var ledgers: [String: RouteLedger] = [:]
    /// Those of them, and others that are not configured, that an operator has paused.
    private(set) var paused: [String] = []
    /// Packets that expired since the start; an entry for each destination that had some waiting.
    private(set) var expired: [String: ExpiredPackets] = [:]
    /// Those of them that have been told of.
    private var told: [String: ExpiredPackets] = [:]
    /// When their room was first looked at, in monotonic nanoseconds.
    private var firstLook: UInt64?

    /// Nothing is given up for its room in the first minute: somebody may just be mending the
    /// configuration.
    private static let patienceNanoseconds: UInt64 = 60_000_000_000

    /// - Throws: ``StorageFault``.
    init(_ log: SegmentLog, saved: SavedCursors?, but configured: [String]) throws {
        guard let saved else { return }
        paused = saved.paused?.filter { !configured.contains($0) } ?? []
        let names = saved.routes.keys.filter { !configured.contains($0) }.sorted()
        let survey = try CursorSurvey(log, saved: saved, routes: names)
        for (name, (ledger, lost)) in zip(names, zip(survey.ledgers, survey.lost)) {
            guard ledger.waiting > 0 || lost ?? 0 > 0 else { continue }
            expired[name] = ExpiredPackets()
            expired[name]?[.damage] = lost ?? 0
            if ledger.waiting > 0 { ledgers[name] = ledger }
        }
    }

    /// Packets that wait behind each, as far as is known without reading them.
    var waiting: [String: UInt64] { ledgers.mapValues(\.waiting) }

    /// The cursors as they are to outlive the process.
    var cursors: [String: SavedCursor] { ledgers.mapValues { $0.saved(isIdle: false) } }

    /// The oldest file that one of them needs; nil when they need none.
    var oldestSegment: UInt64? { ledgers.values.map(\.oldestSegment).min() }

    /// Gives up those that alone keep files from being removed.
    ///
    /// - Parameters:
    ///   - segment: The oldest file that anybody else needs.
    ///   - now: By the monotonic clock, in nanoseconds.
    mutating func giveUp(before segment: UInt64, now: UInt64) {
        let since = firstLook ?? now
        firstLook = since
        guard now - min(since, now) >= Self.patienceNanoseconds else { return }
        for (name, ledger) in ledgers where ledger.oldestSegment < segment {
            expired[name]?[.room] += ledger.waiting
            ledgers[name] = nil
        }
    }

    /// Gives up what waits for one of them.
    ///
    /// - Returns: How many packets that were.
    mutating func skip(_ name: String) -> UInt64 {
        ledgers.removeValue(forKey: name)?.waiting ?? 0
    }

    /// Gives up what lies in the oldest segments, which are to be removed.
    mutating func expire(before segment: UInt64, in log: SegmentLog, because cause: ExpiryCause) {
        for (name, var ledger) in ledgers {
            expired[name]?[cause] += ledger.expire(
                before: segment, of: name, in: log, because: cause)
            // Where some were settled before the start, more may be left than is known.
            let isOver = ledger.waiting == 0 && ledger.isExact
            let isAtEnd = ledger.cursor.next >= log.end && ledger.stragglers.count == 0
            ledgers[name] = isOver || isAtEnd ? nil : ledger
        }
    }

    /// Packets that expired since the last call, by destination.
    mutating func takeGivenUp() -> [String: ExpiredPackets] {
        defer { told = expired }
        var news: [String: ExpiredPackets] = [:]
        for (name, all) in expired where all != told[name] ?? ExpiredPackets() {
            news[name] = all.since(told[name] ?? ExpiredPackets())
        }
        return news
    }
}
