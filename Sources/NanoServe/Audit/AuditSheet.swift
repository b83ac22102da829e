import NanoCore

/// Entries of the audit trail as rows of a spreadsheet (RFC 4180).
public enum AuditSheet {
    /// The names of the columns, as a row.
    public static var head: String {
        "number,time,user,uid,via,tty,sudo_user,action,target,result,sentence,begun,note,previous"
            + "\r\n"
    }

    /// An entry as a row with its end.
    public static func row(_ entry: AuditEntry) -> String {
        let actor = entry.actor
        let fields = [
            "\(entry.number)", entry.time, actor.user, "\(actor.uid)", actor.way.rawValue,
            actor.terminal ?? "", actor.sudoUser ?? "", entry.action, entry.target,
            entry.result.rawValue, entry.sentence, entry.begun.map(String.init) ?? "",
            entry.note ?? "", entry.previous ?? "",
        ]
        return fields.map(field).joined(separator: ",") + "\r\n"
    }

    /// Makes one field of a text, which may be hostile: nothing in it ends the field, moves a
    /// cursor or is a formula.
    static func field(_ text: String) -> String {
        var safe = SafeText.escaped(text)
        if let first = safe.first, "=+-@".contains(first) { safe = "'" + safe }
        guard safe.contains(where: { ",\"".contains($0) }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
