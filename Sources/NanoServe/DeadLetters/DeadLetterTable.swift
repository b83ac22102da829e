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

    // MARK: - Changes

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

    // MARK: - Questions

    // SQLite takes a partial index only for a query that has the index's own condition in it.

    static let toBeDropped = """
        SELECT number, route FROM letter
        WHERE state = \(DeadLetter.State.drop.rawValue) AND state <> 0
        """

    /// Arguments: the destination, numbers that are left out, numbers of those whose devices are left
    /// out too, and how many there may be.
    static let toBeRedriven = """
        SELECT * FROM letter
        WHERE state = \(DeadLetter.State.redrive.rawValue) AND state <> 0
        AND route = ? AND number NOT IN (SELECT value FROM json_each(?))
        AND (device IS NULL OR (model, device) NOT IN (
            SELECT model, device FROM letter
            WHERE number IN (SELECT value FROM json_each(?)) AND device IS NOT NULL))
        ORDER BY number LIMIT ?
        """

    static let markedRoutes = """
        SELECT DISTINCT route FROM letter
        WHERE state = \(DeadLetter.State.redrive.rawValue) AND state <> 0
        """

    /// Numbers and destinations of the letters that are to be dropped.
    ///
    /// - Parameter limit: At most so many; nil for all.
    func toBeDropped(atMost limit: Int? = nil) throws -> [(number: Int64, route: String)] {
        try Row.fetchAll(
            database, sql: Self.toBeDropped + " LIMIT ?", arguments: [limit ?? -1]
        ).map { ($0.value("number") ?? 0, $0.value("route") ?? "") }
    }

    /// The oldest letters of a destination that are to be sent once more, but for some that are
    /// under way already, or have had their turn.
    ///
    /// - Parameter waiting: Letters that go before others of the same device. One without a device
    ///   goes before none.
    func toBeRedriven(
        _ limit: Int, of route: String, but spared: Set<Int64>, behind waiting: Set<Int64> = []
    ) throws -> [DeadLetter] {
        try Row.fetchAll(
            database, sql: Self.toBeRedriven,
            arguments: [
                route, Self.json(spared.union(waiting).sorted()), Self.json(waiting.sorted()),
                limit,
            ]
        ).map { DeadLetter($0) }
    }

    /// How many there are, by destination.
    func counts() throws -> [String: Count] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT route, count(*) AS standing, max(number) AS highest,
                    sum(state = \(DeadLetter.State.redrive.rawValue)) AS marked
                FROM letter GROUP BY route
                """)
        return Dictionary(
            rows.map { row in
                let count = Count(
                    standing: row.value("standing") ?? 0, marked: row.value("marked") ?? 0,
                    highest: row.value("highest") ?? 0)
                return (row.value("route") ?? "", count)
            }, uniquingKeysWith: { first, _ in first })
    }

    /// Destinations with letters that are to be sent once more.
    func markedRoutes() throws -> Set<String> {
        try Set(
            Row.fetchAll(database, sql: Self.markedRoutes).compactMap { $0.value("route") })
    }

    /// Numbers and identities of the letters that are meant, but for those to be dropped.
    func ids(_ selection: DeadLetterSelection) throws -> [(number: Int64, identity: String)] {
        let (condition, arguments) = Self.condition(selection)
        return try Row.fetchAll(
            database,
            sql: """
                SELECT number, identity FROM letter
                WHERE state <> \(DeadLetter.State.drop.rawValue) AND \(condition)
                """, arguments: arguments
        ).map { ($0.value("number") ?? 0, $0.value("identity") ?? "") }
    }

    /// The same, of those that match a filter. Their frames are not read, so what a disk has changed has
    /// the status here that condemned it.
    ///
    /// - Parameter now: Milliseconds of Unix time that times in the filter are counted back from.
    func ids(
        _ selection: DeadLetterSelection, matching filter: Filter, now: Int64
    ) throws -> [(number: Int64, identity: String)] {
        let (condition, arguments) = Self.condition(selection)
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT number, identity, model, device, condemned_ms, error, answer, state
                FROM letter
                WHERE state <> \(DeadLetter.State.drop.rawValue) AND \(condition)
                """, arguments: arguments)
        var found: [(number: Int64, identity: String)] = []
        while let row = try rows.next() {
            let letter = DeadLetterSnapshot(forFilter: row)
            guard filter.matches(FilterSubject(letter), now: now) else { continue }
            found.append((letter.number, letter.id))
        }
        return found
    }

    /// The letters that are meant, but for those to be dropped; oldest first.
    ///
    /// - Parameter limit: The newest of them, at most so many; nil for all.
    func letters(_ selection: DeadLetterSelection, newest limit: Int?) throws -> [DeadLetter] {
        let (condition, arguments) = Self.condition(selection)
        return try Row.fetchAll(
            database,
            sql: """
                SELECT * FROM letter
                WHERE state <> \(DeadLetter.State.drop.rawValue) AND \(condition)
                ORDER BY condemned_ms DESC, number DESC LIMIT ?
                """, arguments: arguments + [limit ?? -1]
        ).reversed().map { DeadLetter($0) }
    }

    private static func condition(_ selection: DeadLetterSelection) -> (String, StatementArguments)
    {
        var conditions = ["1"]
        var arguments = StatementArguments()
        if let route = selection.route {
            conditions.append("route = ?")
            arguments += [route]
        }
        if let highest = selection.highest {
            conditions.append("number <= ?")
            arguments += [highest]
        }
        if let time = selection.condemnedBy {
            conditions.append("condemned_ms <= ?")
            arguments += [time]
        }
        if let ids = selection.ids {
            conditions.append(
                "(number IN (SELECT value FROM json_each(?)) "
                    + "OR identity IN (SELECT value FROM json_each(?)))")
            arguments += [
                json(ids.compactMap { if case .number(let number) = $0 { number } else { nil } }),
                // An identity has nothing in it that JSON would have to escape.
                json(
                    ids.compactMap {
                        if case .identity(let text) = $0 { "\"\(text)\"" } else { nil }
                    }),
            ]
        }
        return (conditions.joined(separator: " AND "), arguments)
    }

    private static func json(_ items: [some CustomStringConvertible]) -> String {
        "[" + items.map(\.description).joined(separator: ",") + "]"
    }
}
