/// Curves in one row of text.
public enum Graph {
    static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// The newest values in so many columns, newest last; empty columns where there are none.
    ///
    /// - Parameter values: Zero or more each; the largest that is shown fills its column.
    public static func sparkline(_ values: [Double], width: Int) -> String {
        let line = levels(values, width: width).map { blocks[$0] }
        return String(repeating: " ", count: max(0, width - line.count)) + String(line)
    }

    /// The newest values between the least and the largest that are shown, which may be below zero or
    /// close together; what does not change lies in the middle.
    ///
    /// - Parameter values: Finite each.
    public static func trace(_ values: [Double], width: Int) -> String {
        chart(values, width: width, height: 1).first ?? ""
    }

    /// The same in several rows of text, the highest first.
    static func chart(_ values: [Double], width: Int, height: Int) -> [String] {
        let shown = values.suffix(max(0, width))
        let (least, largest) = (shown.min() ?? 0, shown.max() ?? 0)
        // Halves, since the distance of the largest numbers is none.
        let span = largest / 2 - least / 2
        let steps = blocks.count * max(0, height)
        let levels = shown.map { value in
            span > 0 ? level(of: (value / 2 - least / 2) / span, steps: steps) : steps / 2 - 1
        }
        return (0..<max(0, height)).reversed().map { row in
            let line = levels.map { level -> Character in
                let filled = level + 1 - row * blocks.count
                return filled > 0 ? blocks[min(filled, blocks.count) - 1] : " "
            }
            return String(repeating: " ", count: max(0, width - line.count)) + String(line)
        }
    }

    /// How high each of the newest values reaches, 0…7.
    private static func levels(_ values: [Double], width: Int) -> [Int] {
        let shown = values.suffix(max(0, width))
        let top = max(shown.max() ?? 0, .leastNormalMagnitude)
        return shown.map { level(of: $0 / top, steps: blocks.count) }
    }

    /// Draws a curve that ends at the last of so many columns; its colours change with its height.
    static func draw(
        _ values: [Double], _ role: Role, x: Int, y: Int, width: Int, on screen: inout Screen
    ) {
        draw(values, role, in: Rect(x: x, y: y, width: width, height: 1), on: &screen)
    }

    /// The same in several rows, for values from zero on; the largest fills all of them.
    static func draw(_ values: [Double], _ role: Role, in rect: Rect, on screen: inout Screen) {
        let shown = values.suffix(max(0, rect.width))
        let top = max(shown.max() ?? 0, .leastNormalMagnitude)
        let steps = blocks.count * max(0, rect.height)
        for (place, value) in shown.enumerated() {
            let filled = level(of: value / top, steps: steps) + 1
            for row in 0..<max(0, rect.height) {
                let part = filled - row * blocks.count
                guard part > 0 else { break }
                let colour = rect.height > 1 ? row * blocks.count / rect.height : part - 1
                screen.put(
                    String(blocks[min(part, blocks.count) - 1]),
                    x: rect.x + rect.width - shown.count + place,
                    y: rect.y + rect.height - 1 - row,
                    style: Style(role, level: UInt8(min(colour, blocks.count - 1))))
            }
        }
    }

    /// - Parameter share: Of the whole height, from 0 to 1.
    static func level(of share: Double, steps: Int) -> Int {
        guard share > 0 else { return 0 }
        return min(max(0, Int((share * Double(steps)).rounded(.up)) - 1), steps - 1)
    }
}
