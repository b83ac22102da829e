/// Curves in one row of text.
public enum Graph {
    private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// The newest values in so many columns, newest last; empty columns where there are none.
    ///
    /// - Parameter values: Zero or more each; the largest that is shown fills its column.
    public static func sparkline(_ values: [Double], width: Int) -> String {
        guard width > 0 else { return "" }
        let shown = values.suffix(width)
        let top = max(shown.max() ?? 0, .leastNormalMagnitude)
        let line = shown.map { value -> Character in
            guard value > 0 else { return blocks[0] }
            let level = Int((value / top * Double(blocks.count)).rounded(.up)) - 1
            return blocks[min(max(0, level), blocks.count - 1)]
        }
        return String(repeating: " ", count: width - shown.count) + String(line)
    }
}
