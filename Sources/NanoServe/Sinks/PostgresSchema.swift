/// The gateway's tables in PostgreSQL, and how an older database gets them.
enum PostgresSchema {
    /// The version that this gateway writes.
    static var newest: Int { versions.count }

    /// Opens a migration's transaction. The lock makes gateways that start together take turns; it
    /// ends with the transaction.
    static let opening = [
        "BEGIN",
        "SELECT pg_advisory_xact_lock(7953764512097)",
        """
        CREATE TABLE IF NOT EXISTS nanogridata_schema (
            version integer PRIMARY KEY,
            applied_at timestamptz NOT NULL DEFAULT now())
        """,
    ]

    /// Asks for the version that a database has; 0 before the first migration, and again where somebody
    /// has dropped one of its tables.
    static let question = """
        SELECT CASE
            WHEN coalesce(max(version), 0) <= \(newest)
                AND (to_regclass('nanogridata_models') IS NULL
                    OR to_regclass('nanogridata_packets') IS NULL
                    OR coalesce(max(version), 0) > 1
                        AND to_regclass('nanogridata_audit') IS NULL) THEN 0
            ELSE coalesce(max(version), 0) END
        FROM nanogridata_schema
        """

    /// What brings a database from a version to the newest, before the transaction is committed.
    ///
    /// - Throws: ``PostgresSchemaFault``, if a newer gateway has been at work.
    static func statements(from version: Int) throws(PostgresSchemaFault) -> [String] {
        guard version <= newest else {
            throw PostgresSchemaFault(found: version, known: newest)
        }
        return (max(0, version)..<newest).flatMap { place in
            versions[place]
                + [
                    "INSERT INTO nanogridata_schema (version) VALUES (\(place + 1)) "
                        + "ON CONFLICT (version) DO UPDATE SET applied_at = now()"
                ]
        }
    }

    /// For each version the statements that make it of the one before. They leave alone what is there: they
    /// run again when a table was dropped.
    private static let versions = [
        [
            """
            CREATE TABLE IF NOT EXISTS nanogridata_models (
                id integer PRIMARY KEY,
                name text NOT NULL,
                payload_profile text NOT NULL,
                decode_handler text NOT NULL,
                security_level smallint NOT NULL,
                created_at timestamptz NOT NULL DEFAULT now(),
                updated_at timestamptz NOT NULL DEFAULT now())
            """,
            """
            CREATE TABLE IF NOT EXISTS nanogridata_packets (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                identity text NOT NULL UNIQUE,
                model_id integer NOT NULL REFERENCES nanogridata_models (id),
                payload_type text NOT NULL,
                timestamp timestamptz NOT NULL,
                security_level smallint NOT NULL,
                raw_header bytea NOT NULL,
                payload_data bytea NOT NULL,
                mac_hex text NOT NULL,
                decoded_payload jsonb NOT NULL,
                received_at timestamptz NOT NULL DEFAULT now())
            """,
            "CREATE INDEX IF NOT EXISTS nanogridata_packets_timestamp ON nanogridata_packets (timestamp)",
            "CREATE INDEX IF NOT EXISTS nanogridata_packets_model_id ON nanogridata_packets (model_id)",
        ],
        [
            """
            CREATE TABLE IF NOT EXISTS nanogridata_audit (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                gateway text NOT NULL,
                trail text NOT NULL,
                number bigint NOT NULL,
                begun bigint,
                time timestamptz,
                actor text NOT NULL,
                uid bigint NOT NULL,
                via text NOT NULL,
                tty text,
                sudo_user text,
                action text NOT NULL,
                target text NOT NULL,
                result text NOT NULL,
                sentence text NOT NULL,
                note text,
                previous text,
                hash text NOT NULL,
                line text NOT NULL,
                copied_at timestamptz NOT NULL DEFAULT now(),
                UNIQUE (trail, number, hash))
            """,
            "CREATE INDEX IF NOT EXISTS nanogridata_audit_time ON nanogridata_audit (time)",
        ],
    ]
}

/// A database that a newer gateway has migrated.
struct PostgresSchemaFault: Error, Equatable, CustomStringConvertible {
    let found: Int
    let known: Int

    var description: String {
        "the database has schema \(found), and this gateway knows only up to \(known)"
    }
}
