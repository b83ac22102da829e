package import NanoCore

/// The dead letters of a state folder for the command line, whether a gateway runs or not.
///
/// A gateway that holds the folder carries out what is marked here, so that no letter is removed
/// that it has under way.
package struct DeadLetterAccess {
    /// Who carries out what has been marked.
    package enum Executor: Sendable {
        /// A running gateway, within a second.
        case gateway
        /// The next gateway to start; what was to be dropped is gone already.
        case nextStart
    }

    private let store: DeadLetterStore
    private let folder: String

    /// Letters that are removed while no gateway can take hold of the folder.
    private static let dropsAtOnce = 1_000

    /// - Throws: ``DeadLetterStore/Fault``, one line for the operator.
    package init(folder: String) throws {
        store = try DeadLetterStore(folder: folder)
        self.folder = folder
    }

    /// How many there are of each destination; those to be dropped are not.
    package func counts() throws -> [(route: String, letters: UInt64)] {
        try store.read { try $0.counts() }
            .map { ($0.key, $0.value.standing) }.sorted { $0.0 < $1.0 }
    }

    /// Letters as they are at this moment, oldest first.
    ///
    /// - Parameter limit: The newest of them, at most so many; nil for all.
    package func letters(
        _ selection: DeadLetterSelection, newest limit: Int? = nil
    ) throws -> [DeadLetter] {
        try store.read { try $0.letters(selection, newest: limit) }
    }

    /// Numbers and identities of letters.
    package func ids(
        _ selection: DeadLetterSelection
    ) throws -> [(number: Int64, identity: String)] {
        try store.read { try $0.ids(selection) }
    }

    /// Numbers and identities of letters that match a filter.
    ///
    /// - Parameter now: Milliseconds of Unix time that times in the filter are counted back from.
    package func ids(
        _ selection: DeadLetterSelection, matching filter: Filter, now: Int64
    ) throws -> [(number: Int64, identity: String)] {
        try store.read { try $0.ids(selection, matching: filter, now: now) }
    }

    /// Has letters sent once more.
    ///
    /// - Returns: How many are to be sent that were not before, and who does it.
    package func redrive(
        _ selection: DeadLetterSelection
    ) throws -> (letters: Int, by: Executor) {
        let count = try store.write { try $0.mark(selection, as: .redrive) }
        return (count, StateFolder.whileFree(folder) {} ? .nextStart : .gateway)
    }

    /// Drops letters.
    ///
    /// - Returns: How many there were, and who does it.
    package func drop(
        _ selection: DeadLetterSelection
    ) throws -> (letters: Int, by: Executor) {
        let count = try store.write { try $0.mark(selection, as: .drop) }
        // A gateway that starts meanwhile waits for the folder, though not for long; it then drops
        // the rest itself.
        var left = Self.dropsAtOnce
        while left == Self.dropsAtOnce {
            let isFree = try StateFolder.whileFree(folder) {
                left = try store.write { table in
                    try table.remove(
                        table.toBeDropped(atMost: Self.dropsAtOnce).map(\.number))
                }
            }
            guard isFree else { return (count, .gateway) }
        }
        return (count, .nextStart)
    }
}
