import GRDB
import NanoCore

/// What is asked of dead letters.
extension DeadLetterTable {
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

    static func condition(_ selection: DeadLetterSelection) -> (String, StatementArguments) {
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

    static func json(_ items: [some CustomStringConvertible]) -> String {
        "[" + items.map(\.description).joined(separator: ",") + "]"
    }
}
