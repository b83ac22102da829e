/// Two curves in one row of text, one on top of the other, told apart without colours.
enum StackedGraph {
    /// What columns are drawn with.
    enum Form: String, CaseIterable, Sendable {
        /// Dots: those of the lower curve beside each other, those of the upper one alone.
        case braille
        /// Blocks as high as both are. Where the upper curve has a part they are shaded, and half as
        /// wide where it is at least as much as the lower one.
        case block
        /// Letters: higher is heavier, and `x` where the upper curve has a part, `X` where it is at
        /// least as much.
        case ascii

        static let names = allCases.map(\.rawValue)
    }

    /// One column.
    struct Column: Equatable {
        var character: Character
        /// Whether the upper curve has a part in it.
        var hasUpper: Bool
    }

    /// What stands where both are zero.
    private static let zero: Character = "·"
    /// Rows of dots in a character.
    private static let height = 4

    /// The newest values in so many columns, newest last; none in front of the first.
    ///
    /// - Parameters:
    ///   - lower: Zero or more each.
    ///   - upper: Of the same seconds at their ends; zero or more each. What there is of either is
    ///     seen, however little it is.
    static func columns(
        lower: [Double], upper: [Double], width: Int, form: Form = .braille
    ) -> [Column] {
        let count = min(max(0, width), max(lower.count, upper.count))
        let (low, high) = (padded(lower, to: count), padded(upper, to: count))
        let top = max(zip(low, high).map(+).max() ?? 0, .leastNormalMagnitude)
        return zip(low, high).map { low, high in
            guard low + high > 0 else { return Column(character: zero, hasUpper: false) }
            return Column(character: character(low, high, top, form), hasUpper: high > 0)
        }
    }

    private static func padded(_ values: [Double], to count: Int) -> [Double] {
        let newest = values.suffix(count)
        return Array(repeating: 0, count: count - newest.count) + newest
    }

    private static func character(
        _ low: Double, _ high: Double, _ top: Double, _ form: Form
    ) -> Character {
        let levels = levels(low, high, top: top)
        return switch form {
        case .braille: character(levels.lower, levels.upper)
        case .ascii: ascii(levels.lower, levels.upper)
        case .block: block((low + high) / top, isMixed: high > 0, isMostlyUpper: high >= low)
        }
    }

    /// - Parameter share: Of the whole height, from 0 to 1.
    private static func block(_ share: Double, isMixed: Bool, isMostlyUpper: Bool) -> Character {
        let steps = isMixed ? (isMostlyUpper ? halves : shades) : Graph.blocks
        return steps[Graph.level(of: share, steps: steps.count)]
    }

    private static let shades: [Character] = ["░", "▒", "▓"]
    private static let halves: [Character] = ["▖", "▌"]

    /// Rows of dots for each: at least one for what is not zero.
    private static func levels(
        _ low: Double, _ high: Double, top: Double
    ) -> (lower: Int, upper: Int) {
        let whole = min(height, Int(((low + high) / top * Double(height)).rounded(.up)))
        guard high > 0 else { return (whole, 0) }
        guard low > 0 else { return (0, whole) }
        let upper = Int((high / top * Double(height)).rounded())
        let fitting = min(max(1, upper), height - 1)
        return (max(1, whole - fitting), fitting)
    }

    /// Braille (Unicode block 2800): the lower rows with both dots, those above with the left one.
    static func character(_ lower: Int, _ upper: Int) -> Character {
        let both: [UInt32] = [0xC0, 0x24, 0x12, 0x09]
        let left: [UInt32] = [0x40, 0x04, 0x02, 0x01]
        var dots: UInt32 = 0
        for row in 0..<height {
            dots |= row < lower ? both[row] : row < lower + upper ? left[row] : 0
        }
        return Unicode.Scalar(0x2800 + dots).map(Character.init) ?? zero
    }

    /// The nearest ASCII for a column of dots.
    static func ascii(_ character: Character) -> Character? {
        for lower in 0...height {
            for upper in 0...height - lower where character == self.character(lower, upper) {
                return ascii(lower, upper)
            }
        }
        return nil
    }

    private static func ascii(_ lower: Int, _ upper: Int) -> Character {
        upper > 0 ? (upper < lower ? "x" : "X") : [" ", "_", "-", "=", "#"][lower]
    }
}
