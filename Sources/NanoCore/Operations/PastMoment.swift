/// A moment of the past as operators write it: so long ago, a time of RFC 3339, or a date, which
/// begins at midnight UTC.
package enum PastMoment: Equatable, Sendable {
    case ago(seconds: Int64)
    case at(unixMilliseconds: Int64)

    /// What may be written.
    package static let allowed =
        "30s, 90m, 24h or 7d, a date like 2026-01-17 (from midnight UTC), or a time like "
        + "2026-01-17T14:30:00Z"

    /// What may be written in place of a text that is no such moment.
    package static func allowed(for text: String) -> String {
        guard TimeSpan.isBeyond(text) else { return allowed }
        return "times up to \(TimeSpan.maximum.text) ago"
    }

    /// Nil for a text that is none of them.
    package init?(_ text: String) {
        if let span = TimeSpan(text) {
            self = .ago(seconds: span.seconds)
        } else if let time = Timestamp.unixMilliseconds(rfc3339: text) {
            self = .at(unixMilliseconds: time)
        } else {
            return nil
        }
    }

    package func unixMilliseconds(now: Int64) -> Int64 {
        switch self {
        case .ago(let seconds): now - seconds * 1_000
        case .at(let unixMilliseconds): unixMilliseconds
        }
    }
}
