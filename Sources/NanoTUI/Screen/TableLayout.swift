/// Where the columns of a table stand, and how wide they are.
extension Table {
    /// Blanks between two columns, where there is room for them.
    private static let widestGap = 3
    /// Columns grow in steps of so many, so that not every row that comes moves the others.
    private static let step = 4

    /// The columns that fit, each with its place and width. One of numbers is as wide as its widest.
    func layout(_ rows: [[Entry]], width: Int) -> [(index: Int, x: Int, width: Int)] {
        var widths = columns.indices.map { index in
            columns[index].isNumber
                ? max(columns[index].width, longest(index, rows)) : columns[index].width
        }
        let shown = fitting(widths, width)
        let needed = shown.reduce(-1) { $0 + widths[$1] + 1 }
        var spare = max(0, width - needed)
        var wants: [(index: Int, columns: Int)] = []
        for index in shown where columns[index].isFlexible || columns[index].isGrowing {
            let missing = max(0, longest(index, rows) - widths[index])
            let steps = (missing + Self.step - 1) / Self.step * Self.step
            wants.append((index, columns[index].isFlexible ? .max : steps))
        }
        // Who needs least is served first, so that what it leaves is the others'.
        wants.sort { ($0.columns, $0.index) < ($1.columns, $1.index) }
        for (place, want) in wants.enumerated() {
            let extra = min(want.columns, spare / (wants.count - place))
            widths[want.index] += extra
            spare -= extra
        }
        let gap = 1 + min(Self.widestGap - 1, spare / max(1, shown.count - 1))
        var x = 0
        return shown.map { index in
            let size = min(widths[index], width)
            // What is one column wide is a mark of the one behind it.
            defer { x += size + (widths[index] == 1 ? 1 : gap) }
            return (index, x, size)
        }
    }

    /// The columns that there is room for, the least important left out.
    private func fitting(_ widths: [Int], _ width: Int) -> [Int] {
        var shown = columns.indices.filter { !hidden.contains(columns[$0].name) }
        while shown.count > 1, shown.reduce(-1, { $0 + widths[$1] + 1 }) > width {
            guard let least = shown.max(by: { columns[$0].importance < columns[$1].importance })
            else { break }
            shown.removeAll { $0 == least }
        }
        return shown
    }

    /// Columns of the longest text.
    private func longest(_ index: Int, _ rows: [[Entry]]) -> Int {
        rows.reduce(0) { longest, row in
            max(longest, index < row.count ? TextWidth.columns(of: row[index].text) : 0)
        }
    }
}
