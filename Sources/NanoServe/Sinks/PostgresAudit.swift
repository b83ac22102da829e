/// A row of `nanogridata_audit`: an entry of an audit trail, with what it can be compared by.
struct PostgresAuditRow: Equatable, Sendable {
    /// The gateway's name.
    var gateway: String
    /// What tells the trail from every other.
    var trail: String
    var number: UInt64
    /// The number of the entry that announced the act.
    var begun: Int64?
    /// RFC 3339 in UTC; nil where an entry has no time that can be read, or kept.
    var time: String?
    var actor: String
    var uid: UInt32
    var via: String
    var terminal: String?
    var sudoUser: String?
    var action: String
    var target: String
    var result: String
    var sentence: String
    var note: String?
    /// The hash of the line before.
    var previous: String?
    /// The hash of the line.
    var hash: String
    /// The line as it stands in the file.
    var line: String
}

/// The statements of the copy of an audit trail.
enum PostgresAudit {
    private static let columns = [
        "gateway", "trail", "number", "begun", "time", "actor", "uid", "via", "tty", "sudo_user",
        "action", "target", "result", "sentence", "note", "previous", "hash", "line",
    ]

    /// Asks for the newest row of a trail; the answer is `12:9f86d0…`, or empty where there is none.
    static func newest(of trail: String) -> String {
        "SELECT number || ':' || hash FROM nanogridata_audit WHERE trail = \(quoted(trail)) "
            + "ORDER BY number DESC, hash LIMIT 1"
    }

    /// Writes rows in their order; what is there already changes nothing.
    static func insert(_ rows: [PostgresAuditRow]) -> String {
        "INSERT INTO nanogridata_audit (\(columns.joined(separator: ", "))) VALUES "
            + rows.map(values).joined(separator: ", ")
            + " ON CONFLICT (trail, number, hash) DO NOTHING"
    }

    private static func values(of row: PostgresAuditRow) -> String {
        let values = [
            quoted(row.gateway), quoted(row.trail), "\(row.number)",
            row.begun.map { "\($0)" } ?? "NULL", quoted(row.time), quoted(row.actor), "\(row.uid)",
            quoted(row.via), quoted(row.terminal), quoted(row.sudoUser), quoted(row.action),
            quoted(row.target), quoted(row.result), quoted(row.sentence), quoted(row.note),
            quoted(row.previous), quoted(row.hash), quoted(row.line),
        ]
        return "(" + values.joined(separator: ", ") + ")"
    }

    private static func quoted(_ text: String?) -> String {
        text.map(PostgresWire.quoted) ?? "NULL"
    }
}
