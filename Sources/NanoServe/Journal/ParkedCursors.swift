/// Cursors of destinations that are not configured at the moment: what waits for them is kept until
/// they are, or the room is needed.
struct ParkedCursors {
    private(set) var cursors: [String: SavedCursor] = [:]
    /// Packets that wait behind each, as they were counted at the start.
    private(set) var waiting: [String: UInt64] = [:]

    /// - Throws: ``StorageFault``.
    init(_ log: SegmentLog, saved: SavedCursors?, but configured: [String]) throws {
        guard let saved else { return }
        let names = saved.routes.keys.filter { !configured.contains($0) }.sorted()
        let ledgers = try CursorSurvey(log, saved: saved, routes: names).ledgers
        for (name, ledger) in zip(names, ledgers) where ledger.waiting > 0 {
            cursors[name] = saved.routes[name]
            waiting[name] = ledger.waiting
        }
    }

    /// Packets that were given up and not told of yet.
    private var givenUp: [String: UInt64] = [:]

    /// Gives all of them up.
    mutating func giveUp() {
        givenUp.merge(waiting, uniquingKeysWith: +)
        (cursors, waiting) = ([:], [:])
    }

    /// Packets that were given up since the last call, by destination.
    mutating func takeGivenUp() -> [String: UInt64] {
        defer { givenUp = [:] }
        return givenUp
    }
}
