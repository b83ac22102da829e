import NanoCore

extension PostgresAuditRow {
    /// Midnight of the first day, and the last millisecond, of the years that are written with four digits
    /// and that a database has.
    private static let times: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    /// What a database takes of a line: a number or a time that it has no room for stands in the line alone.
    init(_ line: AuditFollower.Line, gateway: String, trail: String) {
        let entry = line.entry
        self.init(
            gateway: gateway, trail: trail, number: entry.number,
            begun: entry.begun.flatMap(Int64.init(exactly:)), time: Self.time(entry.time),
            actor: entry.actor.user, uid: entry.actor.uid, via: entry.actor.way.rawValue,
            terminal: entry.actor.terminal, sudoUser: entry.actor.sudoUser, action: entry.action,
            target: entry.target, result: entry.result.rawValue, sentence: entry.sentence,
            note: entry.note, previous: entry.previous, hash: line.hash, line: line.text)
    }

    /// In UTC, whose offset no database refuses.
    private static func time(_ text: String) -> String? {
        Timestamp.unixMilliseconds(rfc3339: text).flatMap {
            times.contains($0) ? Timestamp.iso8601($0) : nil
        }
    }
}
