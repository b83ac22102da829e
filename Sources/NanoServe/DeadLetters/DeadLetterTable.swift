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
    }

    static let schema = """
        CREATE TABLE letter (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            route TEXT NOT NULL,
            identity TEXT NOT NULL,
            frame BLOB NOT NULL,
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
        CREATE INDEX letter_marked ON letter (state, route, number) WHERE state <> 0;
        """

    // MARK: - Changes

    /// Stores a letter. One of the same packet for the same destination is brought up to date, and
    /// keeps its number; it is no longer to be sent, but stays to be dropped.
    ///
    /// - Returns: The letter as it is stored, and whether it is new.
    func put(_ letter: DeadLetter) throws -> (letter: DeadLetter, isNew: Bool) {
        var stored = letter
        let update = try database.cachedStatement(
            sql: """
                UPDATE letter SET condemned_ms = ?, attempts = attempts + ?, error = ?, answer = ?,
                    state = CASE state WHEN \(DeadLetter.State.drop.rawValue) THEN state ELSE 0 END
                WHERE route = ? AND identity = ? RETURNING number, attempts, received_ms
                """)
        let known = try Row.fetchOne(
            update,
            arguments: [
                letter.condemnedUnixMilliseconds, letter.attempts, letter.error, letter.excerpt,
                letter.route, letter.identity,
            ])
        if let known {
            stored.number = known["number"]
            stored.attempts = known["attempts"]
            stored.receivedUnixMilliseconds = known["received_ms"]
            return (stored, false)
        }
        try database.cachedStatement(
            sql: """
                INSERT INTO letter (route, identity, frame, model, device, received_ms,
                    condemned_ms, attempts, error, answer, state)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            letter.route, letter.identity, Data(letter.frame), letter.model.rawValue,
            letter.device, letter.receivedUnixMilliseconds, letter.condemnedUnixMilliseconds,
            letter.attempts, letter.error, letter.excerpt, letter.state.rawValue,
        ])
        stored.number = database.lastInsertedRowID
        return (stored, true)
    }

    /// - Returns: How many there were.
    @discardableResult
    func remove(_ numbers: [Int64]) throws -> Int {
        try database.cachedStatement(
            sql: "DELETE FROM letter WHERE number IN (SELECT value FROM json_each(?))"
        ).execute(arguments: [Self.json(numbers)])
        return database.changesCount
    }

    /// Removes the oldest letters of a destination, but for some that are under way.
    ///
    /// - Returns: How many there were.
    func removeOldest(_ count: Int, of route: String, but spared: Set<Int64>) throws -> Int {
        try database.execute(
            sql: """
                DELETE FROM letter WHERE number IN (
                    SELECT number FROM letter WHERE route = ?
                    AND number NOT IN (SELECT value FROM json_each(?))
                    ORDER BY condemned_ms, number LIMIT ?)
                """, arguments: [route, Self.json(spared.sorted()), count])
        return database.changesCount
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

    /// Numbers and destinations of the letters that are to be dropped.
    func toBeDropped() throws -> [(number: Int64, route: String)] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT number, route FROM letter WHERE state = \(DeadLetter.State.drop.rawValue)
                """
        ).map { ($0["number"], $0["route"]) }
    }

    /// The oldest letters of a destination that are to be sent once more, but for some that are
    /// under way already.
    func toBeRedriven(
        _ limit: Int, of route: String, but spared: Set<Int64>
    ) throws -> [DeadLetter] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT * FROM letter WHERE state = \(DeadLetter.State.redrive.rawValue)
                AND route = ? AND number NOT IN (SELECT value FROM json_each(?))
                ORDER BY number LIMIT ?
                """, arguments: [route, Self.json(spared.sorted()), limit]
        ).map(Self.letter)
    }

    /// How many there are, by destination.
    func counts() throws -> [String: Count] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT route, count(*) AS standing, sum(state = \(DeadLetter.State.redrive.rawValue))
                    AS marked FROM letter GROUP BY route
                """)
        return Dictionary(
            rows.map { ($0["route"], Count(standing: $0["standing"], marked: $0["marked"])) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Destinations with letters that are to be sent once more.
    func markedRoutes() throws -> Set<String> {
        try Set(
            String.fetchAll(
                database,
                sql: """
                    SELECT DISTINCT route FROM letter
                    WHERE state = \(DeadLetter.State.redrive.rawValue)
                    """))
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
        ).map { ($0["number"], $0["identity"]) }
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
        ).reversed().map(Self.letter)
    }

    private static func letter(_ row: Row) -> DeadLetter {
        DeadLetter(
            number: row["number"], route: row["route"], identity: row["identity"],
            frame: Array(row["frame"] as Data), model: ModelID(rawValue: row["model"]),
            device: row["device"], receivedUnixMilliseconds: row["received_ms"],
            condemnedUnixMilliseconds: row["condemned_ms"], attempts: row["attempts"],
            error: row["error"], excerpt: row["answer"],
            state: DeadLetter.State(rawValue: row["state"]) ?? .dead)
    }

    private static func condition(_ selection: DeadLetterSelection) -> (String, StatementArguments)
    {
        var conditions = ["1"]
        var arguments = StatementArguments()
        if let route = selection.route {
            conditions.append("route = ?")
            arguments += [route]
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
