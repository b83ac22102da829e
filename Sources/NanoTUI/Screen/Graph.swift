/// Curves in one row of text.
public enum Graph {
    private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// The newest values in so many columns, newest last; empty columns where there are none.
    ///
    /// - Parameter values: Zero or more each; the largest that is shown fills its column.
    public static func sparkline(_ values: [Double], width: Int) -> String {
        let line = levels(values, width: width).map { blocks[$0] }
        return String(repeating: " ", count: max(0, width - line.count)) + String(line)
    }

    /// How high each of the newest values reaches, 0…7.
    private static func levels(_ values: [Double], width: Int) -> [Int] {
        let shown = values.suffix(max(0, width))
        let top = max(shown.max() ?? 0, .leastNormalMagnitude)
        return shown.map { value in
            guard value > 0 else { return 0 }
            let level = Int((value / top * Double(blocks.count)).rounded(.up)) - 1
            return min(max(0, level), blocks.count - 1)
        }
    }

    /// Draws a curve that ends at the last of so many columns; its colours change with its height.
    static func draw(
        _ values: [Double], _ role: Role, x: Int, y: Int, width: Int, on screen: inout Screen
    ) {
        let levels = levels(values, width: width)
        for (place, level) in levels.enumerated() {
            screen.put(
                String(blocks[level]), x: x + width - levels.count + place, y: y,
                style: Style(role, level: UInt8(level)))
        }
    }
}
