/// Curves in one row of text.
public enum Graph {
    private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// The newest values in so many columns, newest last; empty columns where there are none.
    ///
    /// - Parameter values: Zero or more each; the largest that is shown fills its column.
    public static func sparkline(_ values: [Double], width: Int) -> String {
        let shown = values.suffix(max(0, width))
        let top = max(shown.max() ?? 0, .leastNormalMagnitude)
        return line(shown.map { level(of: $0 / top) }, width: width)
    }

    /// The newest values between the least and the largest that are shown, which may be below zero or
    /// close together; what does not change lies in the middle.
    ///
    /// - Parameter values: Finite each.
    public static func trace(_ values: [Double], width: Int) -> String {
        let shown = values.suffix(max(0, width))
        guard let least = shown.min(), let largest = shown.max() else {
            return line([], width: width)
        }
        // Halves, since the distance of the largest numbers is none.
        let span = largest / 2 - least / 2
        return line(
            shown.map { span > 0 ? level(of: ($0 / 2 - least / 2) / span) : blocks.count / 2 - 1 },
            width: width)
    }

    private static func line(_ levels: [Int], width: Int) -> String {
        String(repeating: " ", count: max(0, width - levels.count)) + String(levels.map { blocks[$0] })
    }

    /// - Parameter share: Of the whole height, from 0 to 1.
    private static func level(of share: Double) -> Int {
        guard share > 0 else { return 0 }
        return min(max(0, Int((share * Double(blocks.count)).rounded(.up)) - 1), blocks.count - 1)
    }
}
