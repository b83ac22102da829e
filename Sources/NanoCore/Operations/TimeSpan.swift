/// A span of time as operators write it: a whole number and its unit, `90d`, `36h`, `15m` or `30s`.
package struct TimeSpan: Comparable, Sendable {
    package let seconds: Int64

    private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    /// A hundred years, in seconds.
    private static let longest: Int64 = 100 * 366 * 86_400

    /// Nil when a text is none, or is beyond a hundred years.
    package init?(_ text: some StringProtocol) {
        guard let unit = text.last.flatMap({ Self.units[$0] }),
            text.dropLast().utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            ),
            let count = Int64(text.dropLast()), count <= Self.longest / unit
        else { return nil }
        seconds = count * unit
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
