/// Moments as ISO 8601 text in UTC (RFC 3339 for the years 0…9999).
public enum Timestamp {
    /// Appends `2026-01-17T14:30:00.000Z`.
    public static func appendISO8601(unixMilliseconds: Int64, into text: inout [UInt8]) {
        let (seconds, milliseconds) = floorDivide(unixMilliseconds, 1_000)
        let (days, secondOfDay) = floorDivide(seconds, 86_400)
        let (year, month, day) = civilDate(daysSince1970: days)
        if year < 0 { text.append(UInt8(ascii: "-")) }
        append(year.magnitude, digits: 4, into: &text)
        text.append(UInt8(ascii: "-"))
        append(month.magnitude, digits: 2, into: &text)
        text.append(UInt8(ascii: "-"))
        append(day.magnitude, digits: 2, into: &text)
        text.append(UInt8(ascii: "T"))
        append((secondOfDay / 3_600).magnitude, digits: 2, into: &text)
        text.append(UInt8(ascii: ":"))
        append((secondOfDay / 60 % 60).magnitude, digits: 2, into: &text)
        text.append(UInt8(ascii: ":"))
        append((secondOfDay % 60).magnitude, digits: 2, into: &text)
        text.append(UInt8(ascii: "."))
        append(milliseconds.magnitude, digits: 3, into: &text)
        text.append(UInt8(ascii: "Z"))
    }

    /// `2026-01-17T14:30:00.000Z`.
    public static func iso8601(_ unixMilliseconds: Int64) -> String {
        var text: [UInt8] = []
        appendISO8601(unixMilliseconds: unixMilliseconds, into: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// `2026-01-17 14:30:00Z`, for people.
    public static func short(unixSeconds: Int64) -> String {
        let text = Array(iso8601(unixSeconds &* 1_000).utf8)
        let date = text.prefix { $0 != UInt8(ascii: "T") }
        let time = text[date.endIndex...].dropFirst().prefix { $0 != UInt8(ascii: ".") }
        return String(decoding: date, as: UTF8.self) + " "
            + String(decoding: time, as: UTF8.self) + "Z"
    }

    /// The proleptic Gregorian date, counted in eras of 400 years that begin on 1 March.
    private static func civilDate(daysSince1970 days: Int64) -> (Int64, Int64, Int64) {
        let (era, dayOfEra) = floorDivide(days + 719_468, 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, day)
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    /// Appends a number with at least this many digits.
    private static func append(_ value: UInt64, digits: Int, into text: inout [UInt8]) {
        var threshold: UInt64 = 10
        for _ in 1..<digits {
            if value < threshold { text.append(UInt8(ascii: "0")) }
            threshold *= 10
        }
        JSONText.writeInteger(value, into: &text)
    }
}
