/// Two curves in one row of text, one on top of the other: the lower one is drawn with two dots
/// beside each other, the upper one with a single dot, so that they are told apart without colours.
enum StackedGraph {
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
    static func columns(lower: [Double], upper: [Double], width: Int) -> [Column] {
        let count = min(max(0, width), max(lower.count, upper.count))
        let (low, high) = (padded(lower, to: count), padded(upper, to: count))
        let top = max(zip(low, high).map(+).max() ?? 0, .leastNormalMagnitude)
        return zip(low, high).map { low, high in
            let (bottom, above) = levels(low, high, top: top)
            return Column(
                character: bottom + above == 0 ? zero : character(bottom, above),
                hasUpper: above > 0)
        }
    }

    private static func padded(_ values: [Double], to count: Int) -> [Double] {
        let newest = values.suffix(count)
        return Array(repeating: 0, count: count - newest.count) + newest
    }

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

    /// The nearest ASCII for a column: higher is heavier, and `x` where the upper curve has a part.
    static func ascii(_ character: Character) -> Character? {
        for lower in 0...height {
            for upper in 0...height - lower where character == self.character(lower, upper) {
                if upper > 0 { return upper < lower ? "x" : "X" }
                return [" ", "_", "-", "=", "#"][lower]
            }
        }
        return nil
    }
}
