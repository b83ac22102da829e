/// A span of time as operators write it: a whole number and its unit, `90d`, `36h`, `15m` or `30s`.
package struct TimeSpan: Comparable, Sendable {
    package let seconds: Int64

    private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    /// A hundred years.
    package static let maximum = TimeSpan(seconds: 100 * 366 * 86_400)

    /// Nil when a text is none, or is beyond a hundred years.
    package init?(_ text: some StringProtocol) {
        guard let (digits, unit) = Self.parts(of: text), let count = Int64(digits),
            count <= Self.maximum.seconds / unit
        else { return nil }
        seconds = count * unit
    }

    /// Whether a text has the form of a span, and is beyond the longest.
    package static func isBeyond(_ text: some StringProtocol) -> Bool {
        guard let (digits, _) = parts(of: text), !digits.isEmpty else { return false }
        return TimeSpan(text) == nil
    }

    /// The number and the seconds of its unit.
    private static func parts<Text: StringProtocol>(
        of text: Text
    ) -> (digits: Text.SubSequence, unit: Int64)? {
        let digits = text.dropLast()
        guard let unit = text.last.flatMap({ units[$0] }),
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return (digits, unit)
    }

    package init(seconds: Int64) {
        self.seconds = seconds
    }

    package static func < (first: TimeSpan, second: TimeSpan) -> Bool {
        first.seconds < second.seconds
    }

    /// As it is written, in the largest unit that leaves no rest: `90d`.
    package var text: String {
        let unit = Self.units.filter { seconds % $0.value == 0 }.max { $0.value < $1.value }
        return unit.map { "\(seconds / $0.value)\($0.key)" } ?? "\(seconds)s"
    }
}
