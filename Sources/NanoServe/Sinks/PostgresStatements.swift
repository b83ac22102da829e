import NanoCore

/// A row of `nanogridata_models`.
struct PostgresModel: Equatable, Sendable {
    let id: ModelID
    let name: String
    let profile: Profile
    let minimumLevel: SecurityLevel
}

extension PostgresModel {
    /// A model that only the keystore knows.
    init(id: ModelID) {
        self.init(Settings.Intake.Model(id: id))
    }

    init(_ model: Settings.Intake.Model) {
        self.init(
            id: model.id, name: model.name, profile: model.profile,
            minimumLevel: model.minimumLevel)
    }
}

/// The statements of a connection and of a batch.
extension PostgresWire {
    /// What libpq is told; what comes behind the address is stronger than the same in it.
    static func connectionOptions(
        url: String, timeoutMilliseconds: Int
    ) -> [(name: String, value: String)] {
        [
            ("dbname", url), ("fallback_application_name", "nanogridata"),
            ("client_encoding", "UTF8"), ("keepalives_idle", "10"), ("keepalives_interval", "5"),
            ("keepalives_count", "3"), ("tcp_user_timeout", String(timeoutMilliseconds)),
        ]
    }

    /// What a new connection is told first.
    static func session(timeoutMilliseconds: Int) -> [String] {
        [
            "SET statement_timeout = \(timeoutMilliseconds)",
            "SET standard_conforming_strings = on", "SET client_min_messages = warning",
            // Whoever has waited for a lock has to see what the others did meanwhile.
            "SET default_transaction_isolation = 'read committed'",
        ]
    }

    private static var list: String { columns.joined(separator: ", ") }

    /// Makes the table that rows are copied to, of the connection alone and empty after a batch. The place of
    /// a row tells when its packet came.
    static var staging: [String] {
        [
            "CREATE TEMPORARY TABLE nanogridata_incoming ON COMMIT DELETE ROWS AS "
                + "SELECT \(list) FROM nanogridata_packets WITH NO DATA",
            "ALTER TABLE nanogridata_incoming ADD COLUMN place bigint GENERATED ALWAYS AS IDENTITY",
        ]
    }

    private static let sequence = "pg_get_serial_sequence('nanogridata_packets', 'id')"

    /// Asks whether the user may draw ids, which a user may not who has the right to insert alone; `t` if so.
    static var orderQuestion: String {
        "SELECT coalesce(has_sequence_privilege(\(sequence), 'USAGE, UPDATE'), false)"
    }

    static var copying: String { "COPY nanogridata_incoming (\(list)) FROM STDIN" }

    /// Takes over what is new, in an order that keeps gateways from waiting for each other.
    ///
    /// - Parameter drawsIDs: Whether ids are drawn first, in the order in which the packets came. Otherwise
    ///   they follow that of the identities.
    static func merging(drawsIDs: Bool) -> String {
        let rest = "ORDER BY identity ON CONFLICT (identity) DO NOTHING"
        guard drawsIDs else {
            return "INSERT INTO nanogridata_packets (\(list)) "
                + "SELECT \(list) FROM nanogridata_incoming \(rest)"
        }
        return """
            INSERT INTO nanogridata_packets (id, \(list)) OVERRIDING SYSTEM VALUE
            SELECT id, \(list) FROM (
                SELECT nextval(\(sequence)) AS id, \(list)
                FROM (SELECT * FROM nanogridata_incoming ORDER BY place) AS arrived) AS numbered
            \(rest)
            """
    }

    /// Writes models that are new, and what has changed of the others.
    static func upsert(_ models: [PostgresModel]) -> String {
        let rows = models.sorted { $0.id.rawValue < $1.id.rawValue }.map { model in
            "(\(model.id.rawValue), \(quoted(SafeText.escaped(model.name))), "
                + "\(quoted(model.profile.name)), "
                + "'cbor', \(model.minimumLevel.rawValue))"
        }
        return """
            INSERT INTO nanogridata_models AS old
                (id, name, payload_profile, decode_handler, security_level)
            VALUES \(rows.joined(separator: ", "))
            ON CONFLICT (id) DO UPDATE SET
                name = excluded.name, payload_profile = excluded.payload_profile,
                decode_handler = excluded.decode_handler,
                security_level = excluded.security_level, updated_at = now()
            WHERE (old.name, old.payload_profile, old.decode_handler, old.security_level)
                IS DISTINCT FROM (excluded.name, excluded.payload_profile,
                    excluded.decode_handler, excluded.security_level)
            """
    }

    /// A text as a statement has it. U+0000, which no text of PostgreSQL holds, becomes U+2400, its visible
    /// symbol. By scalars: a quote with an accent is a quote to the server.
    static func quoted(_ text: String) -> String {
        var quoted = "'".unicodeScalars
        for scalar in text.unicodeScalars {
            switch scalar {
            case "'": quoted.append(contentsOf: "''".unicodeScalars)
            case "\0": quoted.append("\u{2400}")
            default: quoted.append(scalar)
            }
        }
        quoted.append("'")
        return String(quoted)
    }

    /// Whether a state of SQL condemns rows: data exceptions and violated constraints.
    static func concernsRows(_ state: String) -> Bool {
        // A model that somebody has deleted is written again with the next attempt.
        (state.hasPrefix("22") || state.hasPrefix("23")) && state != "23503"
    }

    /// What a state of SQL means where the server's words do not tell; ends where they may follow.
    static func meaning(_ state: String) -> String {
        state == "25006" ? "the server takes no writes now, as a standby does: " : ""
    }

    /// `PG_DIAG_SQLSTATE` and `PG_DIAG_MESSAGE_PRIMARY`, macros that Swift does not see.
    static let stateField = Int32(UInt8(ascii: "C"))
    static let messageField = Int32(UInt8(ascii: "M"))
}
