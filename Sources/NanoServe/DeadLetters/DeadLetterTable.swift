import Foundation
import GRDB
import NanoCore

/// The statements on the table of dead letters, within one transaction.
struct DeadLetterTable {
    let database: Database

    /// How many there are of a destination.
    struct Count: Equatable, Sendable {
        var standing: UInt64 = 0
        /// To be sent once more.
        var marked: UInt64 = 0
        /// The highest number among them; 0 when there are none.
        var highest: Int64 = 0
    }

    static let schema = """
        CREATE TABLE letter (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            route TEXT NOT NULL,
            identity TEXT NOT NULL,
            frame BLOB NOT NULL,
            digest BLOB NOT NULL,
            model INTEGER NOT NULL,
            device TEXT,
            received_ms INTEGER NOT NULL,
            condemned_ms INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            error TEXT NOT NULL,
            answer TEXT NOT NULL,
            state INTEGER NOT NULL,
            UNIQUE (route, identity)
        ) STRICT;
        CREATE INDEX letter_age ON letter (route, condemned_ms, number);
        CREATE INDEX letter_order ON letter (route, number);
        CREATE INDEX letter_marked ON letter (state, route, number) WHERE state <> 0;
        """

    /// Stores a letter. One of the same packet for the same destination is brought up to date, and
    /// keeps its number; it is no longer to be sent, but stays to be dropped.
    ///
    /// - Parameter held: Letters that are about to be sent, or under way: what is to become of them
    ///   is not decided by another copy of the packet.
    /// - Returns: The letter as it is stored, and whether it is new.
    func put(
        _ letter: DeadLetter, sparing held: Set<Int64> = []
    ) throws -> (letter: DeadLetter, isNew: Bool) {
        guard let known = try update(letter) else { return (try insert(letter), true) }
        if known.state == .redrive, !held.contains(known.number) { try unmark([known.number]) }
        return (known, false)
    }

    /// Attempts are counted up to here, so that no number on the disk makes the sum too large.
    private static let mostAttempts = 1_000_000_000

    private func update(_ letter: DeadLetter) throws -> DeadLetter? {
        let update = try database.cachedStatement(
            sql: """
                UPDATE letter SET condemned_ms = ?,
                    attempts = min(attempts, \(Self.mostAttempts)) + ?, error = ?, answer = ?
                WHERE route = ? AND identity = ? RETURNING number, attempts, received_ms, state
                """)
        let row = try Row.fetchOne(
            update,
            arguments: [
                letter.condemnedUnixMilliseconds, letter.attempts, letter.error, letter.excerpt,
                letter.route, letter.identity,
            ])
        guard let row else { return nil }
        var known = letter
        known.number = row.value("number") ?? letter.number
        known.attempts = row.value("attempts") ?? letter.attempts
        known.receivedUnixMilliseconds =
            row.value("received_ms") ?? letter.receivedUnixMilliseconds
        known.state = row.value("state").flatMap(DeadLetter.State.init(rawValue:)) ?? .dead
        return known
    }

    private func insert(_ letter: DeadLetter) throws -> DeadLetter {
        try database.cachedStatement(
            sql: """
                INSERT INTO letter (route, identity, frame, digest, model, device, received_ms,
                    condemned_ms, attempts, error, answer, state)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            letter.route, letter.identity, Data(letter.frame), DeadLetter.digest(of: letter.frame),
            letter.model.rawValue, letter.device, letter.receivedUnixMilliseconds,
            letter.condemnedUnixMilliseconds, letter.attempts, letter.error, letter.excerpt,
            letter.state.rawValue,
        ])
        var stored = letter
        stored.number = database.lastInsertedRowID
        return stored
    }

    /// Leaves letters that were to be sent once more as they are.
    func unmark(_ numbers: [Int64]) throws {
        try database.execute(
            sql: """
                UPDATE letter SET state = 0 WHERE state = \(DeadLetter.State.redrive.rawValue)
                AND number IN (SELECT value FROM json_each(?))
                """, arguments: [Self.json(numbers)])
    }

    /// - Returns: How many there were.
    @discardableResult
    func remove(_ numbers: [Int64]) throws -> Int {
        try database.cachedStatement(
            sql: "DELETE FROM letter WHERE number IN (SELECT value FROM json_each(?))"
        ).execute(arguments: [Self.json(numbers)])
        return database.changesCount
    }

    /// Removes the oldest letters of a destination, but for some that are under way; those that are
    /// to be sent once more only when there are no others.
    ///
    /// - Returns: How many there were.
    func removeOldest(_ count: Int, of route: String, but spared: Set<Int64>) throws -> Int {
        var removed = 0
        for condition in ["state <> \(DeadLetter.State.redrive.rawValue)", "1"]
        where removed < count {
            try database.execute(
                sql: """
                    DELETE FROM letter WHERE number IN (
                        SELECT number FROM letter WHERE route = ? AND \(condition)
                        AND number NOT IN (SELECT value FROM json_each(?))
                        ORDER BY number LIMIT ?)
                    """, arguments: [route, Self.json(spared.sorted()), count - removed])
            removed += database.changesCount
        }
        return removed
    }

    /// Marks letters; those that are to be dropped stay so.
    ///
    /// - Returns: How many have changed.
    func mark(_ selection: DeadLetterSelection, as state: DeadLetter.State) throws -> Int {
        let (condition, arguments) = Self.condition(selection)
        let before = state == .redrive ? "state = 0" : "state <> \(DeadLetter.State.drop.rawValue)"
        try database.execute(
            sql: "UPDATE letter SET state = ? WHERE \(before) AND \(condition)",
            arguments: [state.rawValue] + arguments)
        return database.changesCount
    }
}
