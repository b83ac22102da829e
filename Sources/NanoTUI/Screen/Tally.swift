/// Names with their counts in a few rows. One that has no room whole is left out, and the last row
/// says how many are.
struct Tally {
    struct Item: Equatable {
        var name: String
        var count: String

        fileprivate var width: Int {
            TextWidth.columns(of: name) + 1 + TextWidth.columns(of: count)
        }
    }

    var items: [Item]
    /// Columns between one item and the next.
    var gap = 3

    /// Columns that everything in one row takes.
    var width: Int { items.reduce(0) { $0 + $1.width + gap } - (items.isEmpty ? 0 : gap) }

    /// The items of each row, and how many are left out behind the last one.
    func lines(width: Int, rows: Int) -> (lines: [[Item]], left: Int) {
        var lines: [[Item]] = []
        var rest = items[...]
        while !rest.isEmpty, lines.count < rows {
            let isLast = lines.count == rows - 1
            var count = Self.fitting(rest, in: width, gap: gap)
            if isLast, count < rest.count {
                let mark = Self.mark(rest.count - count).count
                count = Self.fitting(rest, in: width - mark - 2, gap: gap)
            }
            // An item that is wider than a row has no place in any.
            if count == 0, !isLast { break }
            lines.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return (lines, rest.count)
    }

    /// Draws as many items as there is room for.
    func draw(in rect: Rect, on screen: inout Screen) {
        let (lines, left) = lines(width: rect.width, rows: rect.height)
        for (row, line) in lines.enumerated() {
            var x = rect.x
            for item in line {
                x = screen.put(item.name, x: x, y: rect.y + row, style: .dim) + 1
                x = screen.put(item.count, x: x, y: rect.y + row, style: .warning) + gap
            }
            guard row == lines.count - 1, left > 0 else { continue }
            let mark = Self.mark(left)
            let place = line.isEmpty ? x : x - gap + 2
            guard place + mark.count <= rect.x + rect.width else { return }
            screen.put(mark, x: place, y: rect.y + row, style: .dim)
        }
    }

    private static func mark(_ left: Int) -> String { "+\(left) more" }

    private static func fitting(_ items: ArraySlice<Item>, in width: Int, gap: Int) -> Int {
        var used = 0
        for (count, item) in items.enumerated() {
            used += item.width + (count > 0 ? gap : 0)
            if used > width { return count }
        }
        return items.count
    }
}
