extension Timestamp {
    /// Reads a time of RFC 3339, `2026-01-17T14:30:00Z`, with any fraction and offset, or a date
    /// alone, which begins at midnight UTC.
    ///
    /// - Returns: Milliseconds of Unix time; nil for anything else, and for a day that no calendar
    ///   has.
    package static func unixMilliseconds(rfc3339 text: String) -> Int64? {
        var reader = Reader(rest: Array(text.utf8)[...])
        guard let year = reader.number(digits: 4), reader.take("-"),
            let month = reader.number(digits: 2), reader.take("-"),
            let day = reader.number(digits: 2), (1...12).contains(month),
            (1...days(in: month, of: year)).contains(day)
        else { return nil }
        let midnight = daysSince1970(year, month, day) * 86_400_000
        if reader.rest.isEmpty { return midnight }
        guard reader.take("T") || reader.take("t"),
            let time = reader.timeOfDay(), let offset = reader.offset(), reader.rest.isEmpty
        else { return nil }
        return midnight + time - offset
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Counted in eras of 400 years that begin on 1 March; years from 0 on.
    private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year + 399 : year + 400
        let (era, yearOfEra) = shifted.quotientAndRemainder(dividingBy: 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return (era - 1) * 146_097 + dayOfEra - 719_468
    }

    /// What is still to be read.
    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func take(_ character: UnicodeScalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest.removeFirst()
            return true
        }

        /// A number with exactly so many digits.
        mutating func number(digits: Int) -> Int64? {
            guard rest.count >= digits else { return nil }
            var value: Int64 = 0
            for byte in rest.prefix(digits) {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - UInt8(ascii: "0"))
            }
            rest.removeFirst(digits)
            return value
        }

        /// Milliseconds since midnight; what a fraction has beyond them is left out.
        mutating func timeOfDay() -> Int64? {
            guard let hour = number(digits: 2), take(":"), let minute = number(digits: 2),
                take(":"), let second = number(digits: 2), hour < 24, minute < 60, second < 60
            else { return nil }
            let whole = (hour * 3_600 + minute * 60 + second) * 1_000
            guard take(".") else { return whole }
            var (milliseconds, place): (Int64, Int64) = (0, 100)
            guard var digit = number(digits: 1) else { return nil }
            while true {
                milliseconds += digit * place
                place /= 10
                guard let next = number(digits: 1) else { return whole + milliseconds }
                digit = next
            }
        }

        /// Milliseconds by which a local time is ahead of UTC.
        mutating func offset() -> Int64? {
            if take("Z") || take("z") { return 0 }
            let isAhead = take("+")
            guard isAhead || take("-"), let hour = number(digits: 2), take(":"),
                let minute = number(digits: 2), hour < 24, minute < 60
            else { return nil }
            return (hour * 60 + minute) * (isAhead ? 60_000 : -60_000)
        }
    }
}
