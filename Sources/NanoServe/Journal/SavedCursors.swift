/// The cursors of all destinations, as they outlive the process.
struct SavedCursors: Codable, Equatable, Sendable {
    static let currentVersion = 2

    var version = currentVersion
    /// Of the file, see ``CursorFile``; nil up to version 1.
    var check: String?
    /// The number of the last block that the saved replay guard covers.
    var guardedBlock: UInt64
    /// Which guard that was (``SharedReplayGuard/identity``); nil up to version 1.
    var guardIdentity: UInt64?
    /// By the name of the destination.
    var routes: [String: SavedCursor]
    /// Destinations that an operator has paused.
    var paused: [String]?
    /// When they were saved, in Unix milliseconds, the last block that had been committed then, and in
    /// which run of the system that was; nil in files of releases that did not note it.
    var savedUnixMilliseconds: Int64?
    var committedBlock: UInt64?
    /// Behind that block.
    var committedEnd: LogPosition?
    var systemRun: String?
    /// The first file that may hold packets which the saved replay guard does not cover.
    var unguardedSegment: UInt64?

    init(guardedBlock: UInt64, guardIdentity: UInt64? = nil, routes: [String: SavedCursor]) {
        self.guardedBlock = guardedBlock
        self.guardIdentity = guardIdentity
        self.routes = routes
    }

    /// The highest number of a block that it knows of.
    var lastBlock: UInt64 {
        let inCursors = routes.values.map(\.ownPart).flatMap {
            $0.settled.map(\.block) + $0.done.map(\.last)
        }
        return max(guardedBlock, committedBlock ?? 0, inCursors.max() ?? 0)
    }
}
