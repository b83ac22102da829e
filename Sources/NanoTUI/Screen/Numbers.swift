import NanoCore

/// Numbers as people read them.
public enum Numbers {
    /// `12,345,678`
    public static func grouped(_ value: UInt64) -> String { PlainWords.count(value) }

    /// `10,021` from a thousand on, below with one digit behind the point: `2.1`.
    public static func rate(_ value: Double) -> String {
        guard value.isFinite, value >= 0 else { return "–" }
        return PlainWords.decimal(value)
    }

    /// A measurement with so many digits behind the point: `101,325`, `21.340`, `-0.004`.
    static func measured(_ value: Double, decimals: Int) -> String {
        var factor: UInt64 = 1
        for _ in 0..<decimals { factor *= 10 }
        let scaled = abs(value) * Double(factor)
        // What is larger, or smaller than any digit, is written with its exponent.
        guard scaled < 1e18, value == 0 || decimals < 6 || scaled >= 0.5 else { return "\(value)" }
        let total = UInt64(scaled.rounded())
        let sign = value < 0 && total > 0 ? "-" : ""
        guard decimals > 0 else { return sign + grouped(total) }
        let digits = String(total % factor)
        return sign + grouped(total / factor) + "."
            + String(repeating: "0", count: decimals - digits.count) + digits
    }

    /// `1 packet`, `2,000 packets`
    public static func counted(_ value: UInt64, _ noun: String) -> String {
        PlainWords.count(value, noun)
    }

    /// `3d 04:12`, `04:12:09` or `00:07`.
    public static func duration(_ seconds: Double) -> String {
        let total = UInt64(max(0, min(seconds, 1e15)))
        let (days, hours) = (total / 86_400, total / 3_600 % 24)
        let (minutes, rest) = (total / 60 % 60, total % 60)
        if days > 0 { return "\(days)d \(twoDigits(hours)):\(twoDigits(minutes))" }
        if hours > 0 { return "\(twoDigits(hours)):\(twoDigits(minutes)):\(twoDigits(rest))" }
        return "\(twoDigits(minutes)):\(twoDigits(rest))"
    }

    /// `12:04:31`, UTC.
    public static func clock(unixMilliseconds: Int64) -> String {
        let seconds = UInt64(max(0, unixMilliseconds) / 1_000) % 86_400
        return
            "\(twoDigits(seconds / 3_600)):\(twoDigits(seconds / 60 % 60)):\(twoDigits(seconds % 60))"
    }

    /// `1.2 MB`
    public static func bytes(_ count: UInt64) -> String { PlainWords.bytes(count) }

    /// `0.9` milliseconds from microseconds.
    public static func milliseconds(_ microseconds: Double) -> String {
        rate(microseconds / 1_000)
    }

    private static func twoDigits(_ value: UInt64) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }
}
