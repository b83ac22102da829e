/// Numbers as sentences for operators have them.
package enum PlainWords {
    /// `a`, `a and b`, `a, b and c`.
    package static func list(_ words: some Collection<String>) -> String {
        let words = Array(words)
        guard words.count > 1, let last = words.last else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " and \(last)"
    }

    /// `12,345,678`
    package static func count(_ value: UInt64) -> String {
        var text = ""
        for (index, digit) in String(value).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    /// `1 packet` or `6,018 packets`.
    package static func count(_ value: UInt64, _ noun: String) -> String {
        "\(count(value)) \(noun)\(value == 1 ? "" : "s")"
    }

    /// A number that was measured, without a fraction: `31`.
    static func count(_ value: Double) -> String {
        count(UInt64(max(0, min(value, 1e15)).rounded()))
    }

    /// A number of zero or more: `10,021` from a thousand on, below with one digit behind the point.
    package static func decimal(_ value: Double) -> String {
        if value >= 999.95 { return count(value) }
        let tenths = UInt64((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// Events a second: `0.5` below ten, `31` from there on.
    static func rate(_ perSecond: Double) -> String {
        perSecond < 9.95 ? decimal(perSecond) : count(perSecond)
    }

    /// `1.2 MB`
    package static func bytes(_ count: UInt64) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var (value, unit) = (Double(count), 0)
        while value >= 1_000, unit < units.count - 1 {
            value /= 1_000
            unit += 1
        }
        return unit == 0 ? "\(count) B" : "\(decimal(value)) \(units[unit])"
    }

    /// A measurement of any size, to four digits or to the whole: `101,325`, `21.34`, `0.004`.
    package static func measured(_ value: Double) -> String {
        guard value.isFinite else { return "\(value)" }
        let size = abs(value)
        let sign = value < 0 ? "-" : ""
        if size >= 999.95 { return sign + (size < 1e15 ? count(size) : "\(size)") }
        let factor: Double = size >= 100 ? 10 : size >= 10 ? 100 : 1_000
        let rounded = (size * factor).rounded() / factor
        if rounded == 0 { return size == 0 ? "0" : "\(value)" }
        let text = "\(rounded)"
        return sign + (text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }

    /// `0.7 s` below ten seconds, from there on like ``time(seconds:)``.
    static func shortTime(seconds: Double) -> String {
        seconds < 9.95 ? "\(decimal(max(0, seconds))) s" : time(seconds: seconds)
    }

    /// `43 s`, `4 min`, `7 h` or `12 d`, rounded to the nearest.
    package static func time(seconds: Double) -> String {
        switch max(0, min(seconds, 1e12)) {
        case let value where value < 119.5: "\(count(value)) s"
        case let value where value < 119.5 * 60: "\(count(value / 60)) min"
        case let value where value < 47.5 * 3_600: "\(count(value / 3_600)) h"
        case let value: "\(count(value / 86_400)) d"
        }
    }
}
