/// Cursors of destinations that are not configured at the moment: what waits for them is kept until
/// they are, or the room is needed.
struct ParkedCursors {
    private(set) var cursors: [String: SavedCursor] = [:]
    /// Packets that wait behind each, as they were counted at the start.
    private(set) var waiting: [String: UInt64] = [:]
    /// Those of them, and others that are not configured, that an operator has paused.
    private(set) var paused: [String] = []
    /// When their room was first looked at, in monotonic nanoseconds.
    private var firstLook: UInt64?

    /// Nothing is given up in the first minute: somebody may just be mending the configuration.
    private static let patienceNanoseconds: UInt64 = 60_000_000_000

    /// - Throws: ``StorageFault``.
    init(_ log: SegmentLog, saved: SavedCursors?, but configured: [String]) throws {
        guard let saved else { return }
        paused = saved.paused?.filter { !configured.contains($0) } ?? []
        let names = saved.routes.keys.filter { !configured.contains($0) }.sorted()
        let ledgers = try CursorSurvey(log, saved: saved, routes: names).ledgers
        for (name, ledger) in zip(names, ledgers) where ledger.waiting > 0 {
            cursors[name] = saved.routes[name]
            waiting[name] = ledger.waiting
        }
    }

    /// Packets that were given up and not told of yet.
    private var givenUp: [String: UInt64] = [:]

    /// Gives up those that alone keep files from being removed.
    ///
    /// - Parameters:
    ///   - segment: The oldest file that anybody else needs.
    ///   - now: By the monotonic clock, in nanoseconds.
    mutating func giveUp(before segment: UInt64, now: UInt64) {
        let since = firstLook ?? now
        firstLook = since
        guard now - min(since, now) >= Self.patienceNanoseconds else { return }
        for (name, cursor) in cursors where cursor.position.segment < segment {
            givenUp[name, default: 0] += waiting[name] ?? 0
            (cursors[name], waiting[name]) = (nil, nil)
        }
    }

    /// Packets that were given up since the last call, by destination.
    mutating func takeGivenUp() -> [String: UInt64] {
        defer { givenUp = [:] }
        return givenUp
    }
}
