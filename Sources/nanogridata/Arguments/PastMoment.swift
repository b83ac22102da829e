import Foundation
import NanoCore

/// A moment of the past as an argument: so long ago, a time of RFC 3339, or a date, which begins at
/// midnight UTC.
enum PastMoment: Equatable {
    case ago(seconds: Int64)
    case at(unixMilliseconds: Int64)

    /// - Throws: ``Limited/Fault`` that says what is allowed.
    init(argument: String) throws {
        if let span = TimeSpan(argument) {
            self = .ago(seconds: span.seconds)
            return
        }
        guard
            let date = Self.date(argument), abs(date.timeIntervalSince1970) < 1e11
        else {
            throw Limited.Fault(
                description: "use 30s, 90m, 24h or 7d, a date like 2026-01-17 (from midnight UTC), "
                    + "or a time like 2026-01-17T14:30:00Z")
        }
        self = .at(unixMilliseconds: Int64((date.timeIntervalSince1970 * 1_000).rounded()))
    }

    /// The whole of a text as a date or a time; the parser alone would let pass what follows, and
    /// the 30th of February.
    private static func date(_ text: String) -> Date? {
        let form = /(\d{4}-\d\d-\d\d)([Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d))?/
        let days = Date.ISO8601FormatStyle().year().month().day()
        guard let parts = text.wholeMatch(of: form)?.output,
            let day = try? days.parse(String(parts.1)), day.formatted(days) == parts.1
        else { return nil }
        guard parts.2 != nil else { return day }
        let forms = [
            Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true),
        ]
        return forms.lazy.compactMap { try? $0.parse(text.uppercased()) }.first
    }

    func unixMilliseconds(now: Date) -> Int64 {
        switch self {
        case .ago(let seconds): Int64(now.timeIntervalSince1970 * 1_000) - seconds * 1_000
        case .at(let unixMilliseconds): unixMilliseconds
        }
    }
}
