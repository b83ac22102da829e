/// The header field `Retry-After` (RFC 9110 §10.2.3).
public enum RetryAfter {
    /// The wait that a receiver asks for, in milliseconds; nil for what is no such value.
    ///
    /// - Parameters:
    ///   - text: A number of seconds, or a date as `Sun, 06 Nov 1994 08:49:37 GMT`.
    ///   - unixMilliseconds: The current time, which a date is compared with. A date gone by means
    ///     no wait.
    public static func milliseconds(_ text: String, now unixMilliseconds: Int64) -> Int64? {
        let value = text.trimmingSpaces
        if let seconds = digits(value) {
            return seconds > Int64.max / 1_000 ? .max : seconds * 1_000
        }
        guard let date = unixSeconds(ofDate: value) else { return nil }
        return max(0, date * 1_000 - unixMilliseconds)
    }

    /// Unix seconds of a date in the form `IMF-fixdate` (RFC 9110 §5.6.7).
    private static func unixSeconds(ofDate text: Substring) -> Int64? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].count == 4, parts[0].last == ",", parts[5] == "GMT",
            parts[1].count == 2, parts[3].count == 4, let day = digits(parts[1]),
            let month = months.firstIndex(of: String(parts[2])), let year = digits(parts[3]),
            (1...31).contains(day)
        else { return nil }
        let time = parts[4].split(separator: ":", omittingEmptySubsequences: false)
        guard time.count == 3, time.allSatisfy({ $0.count == 2 }),
            let hour = digits(time[0]), let minute = digits(time[1]), let second = digits(time[2]),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        let days = daysSince1970(year: year, month: Int64(month) + 1, day: day)
        return days * 86_400 + hour * 3_600 + minute * 60 + second
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// A number of ASCII digits and nothing else; the largest there is for those beyond it.
    private static func digits(_ text: Substring) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int64(text) ?? .max
    }

    /// Days of the proleptic Gregorian calendar, in years that begin on 1 March.
    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}

extension String {
    /// The text without spaces and tabs at its ends.
    fileprivate var trimmingSpaces: Substring {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        guard let start = firstIndex(where: { !isSpace($0) }),
            let end = lastIndex(where: { !isSpace($0) })
        else { return "" }
        return self[start...end]
    }
}
