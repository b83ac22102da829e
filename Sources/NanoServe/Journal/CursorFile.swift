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
    /// When they were saved, in Unix milliseconds, the last block that had been committed then, and in
    /// which run of the system that was; nil in files of releases that did not note it.
    var savedUnixMilliseconds: Int64?
    var committedBlock: UInt64?
    /// Behind that block.
    var committedEnd: LogPosition?
    var systemRun: String?
    /// The first file that may hold packets which the saved replay guard does not cover.
    var unguardedSegment: UInt64?

    /// The highest number of a block that it knows of.
    var lastBlock: UInt64 {
        let inCursors = routes.values.map(\.ownPart).flatMap {
            $0.settled.map(\.block) + $0.done.map(\.last)
        }
        return max(guardedBlock, committedBlock ?? 0, inCursors.max() ?? 0)
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
            saved.lastBlock < LogBlockHead.greatestNumber
        else { return nil }
        return saved
    }

    func write(_ cursors: SavedCursors) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try storage.renew(Self.name, with: Array(try encoder.encode(cursors)))
    }
}
