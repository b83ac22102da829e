/// Tables of the gateway in PostgreSQL that belong together, and how a database gets them.
///
/// What is there is left alone: only a table that is missing is made, so that a user to whom the others
/// do not belong needs no right to change them.
struct PostgresSchema: Sendable {
    struct Table: Sendable {
        let name: String
        /// What makes it, with its indexes.
        let statements: [String]
    }

    /// The name of the table that has the versions a database was migrated to.
    let versions: String
    /// In the order in which they can be made.
    let tables: [Table]
    /// The version that this gateway writes.
    let newest = 1

    /// Opens a migration's transaction. The lock makes gateways that start together take turns; it
    /// ends with the transaction.
    static let opening = ["BEGIN", "SELECT pg_advisory_xact_lock(7953764512097)"]

    /// Asks which tables are missing, that of the versions among them; the answer has their names, parted
    /// by spaces.
    var missingQuestion: String {
        let names = ([versions] + tables.map(\.name)).map { "'\($0)'" }
        return "SELECT string_agg(name, ' ') FROM unnest(ARRAY[\(names.joined(separator: ", "))]) "
            + "AS wanted (name) WHERE to_regclass(name) IS NULL"
    }

    /// Makes the table of the versions.
    var versionsCreation: String {
        """
        CREATE TABLE IF NOT EXISTS \(versions) (
            version integer PRIMARY KEY,
            applied_at timestamptz NOT NULL DEFAULT now())
        """
    }

    /// Asks for the version that a database has; 0 before the first migration. 2 is passed over: before the
    /// audit trail's table had versions of its own it was counted with those of the packets.
    var versionQuestion: String {
        "SELECT coalesce(max(version), 0) FROM \(versions) WHERE version <> 2"
    }

    /// What brings a database to the newest version, before the transaction is committed.
    ///
    /// - Parameter missing: The tables that it has not.
    /// - Throws: ``PostgresSchemaFault``, if a newer gateway has been at work.
    func statements(
        from version: Int, missing: Set<String>
    ) throws(PostgresSchemaFault) -> [String] {
        guard version <= newest else {
            throw PostgresSchemaFault(found: version, known: newest)
        }
        let made = tables.filter { missing.contains($0.name) }.flatMap(\.statements)
        guard version < newest || !made.isEmpty else { return [] }
        return made + [
            "INSERT INTO \(versions) (version) VALUES (\(newest)) "
                + "ON CONFLICT (version) DO UPDATE SET applied_at = now()"
        ]
    }
}

/// A database that a newer gateway has migrated.
struct PostgresSchemaFault: Error, Equatable, CustomStringConvertible {
    let found: Int
    let known: Int

    var description: String {
        "the database has schema \(found), and this gateway knows only up to \(known)"
    }
}
