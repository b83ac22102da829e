/// A number of a filter and how others are compared with it: `200`, `>200`, `<=60`.
struct FilterNumber: Equatable, Sendable {
    enum Comparison: String, CaseIterable {
        case atLeast = ">="
        case atMost = "<="
        case above = ">"
        case below = "<"
        case equal = "="
    }

    let comparison: Comparison
    let value: Double

    /// - Parameter text: Without the comparison.
    /// - Returns: Nil for a text that is no number of this kind.
    init?(_ comparison: Comparison, _ text: String, _ kind: FilterKey.Kind) {
        self.comparison = comparison
        let isNegative = text.hasPrefix("-")
        let digits = isNegative || text.hasPrefix("+") ? text.dropFirst() : text[...]
        let size: Int64? =
            if let number = Self.whole(digits) {
                number
            } else if kind == .span {
                TimeSpan(digits)?.seconds
            } else {
                nil
            }
        guard let size, kind == .span || digits.count == text.count else { return nil }
        value = Double(isNegative ? -size : size)
    }

    /// A whole number that a `Double` holds exactly.
    private static func whole(_ digits: Substring) -> Int64? {
        guard (1...15).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int64(digits)
    }

    /// Whether a number compares with it as it says. Equal is what is written alike: without a
    /// fraction.
    func holds(_ number: Double) -> Bool {
        switch comparison {
        case .atLeast: number >= value
        case .atMost: number <= value
        case .above: number > value
        case .below: number < value
        case .equal: number.rounded(.towardZero) == value
        }
    }
}
