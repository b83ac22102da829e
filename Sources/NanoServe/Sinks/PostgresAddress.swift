import CPostgres
import NanoCore

/// Where a PostgreSQL is and how to log in: what `DATABASE_URL` says. Only ``shown`` may be shown.
public struct PostgresAddress: Equatable, Sendable {
    /// The whole address.
    let url: Secret
    /// Host and database alone.
    public let shown: String
    /// Never shown, should a server repeat them.
    private let redaction: Redaction

    /// Nil for what libpq does not read as `postgresql://…`. Nothing is connected.
    public init?(url: String) {
        guard url.hasPrefix("postgresql://") || url.hasPrefix("postgres://"),
            let options = PQconninfoParse(url, nil)
        else { return nil }
        defer { PQconninfoFree(options) }
        var found: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                found[String(cString: keyword)] = String(cString: value)
            }
            option += 1
        }
        self.url = Secret(Array(url.utf8))
        redaction = Redaction(
            ["password", "sslpassword"].compactMap { found[$0] }.filter { !$0.isEmpty }
                .map { Secret(Array($0.utf8)) })
        let place = (found["host"] ?? "") + "/" + (found["dbname"] ?? found["user"] ?? "")
        shown = "postgresql://" + SafeText.shortened(place, to: 200)
    }

    /// A server's words in one line, escaped and without a password.
    func described(_ message: String) -> String {
        let text = redaction.redacted(message)
            .split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }
            .joined(separator: "; ")
        return SafeText.shortened(text, to: 200)
    }
}
