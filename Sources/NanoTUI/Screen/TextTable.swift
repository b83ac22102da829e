import NanoCore

/// Rows of text in columns under a head. Where all of it is wider than the terminal, the longest
/// texts end in an ellipsis, and where that is not enough whole columns are left out.
public struct TextTable: Sendable {
    public struct Column: Sendable {
        var head: String
        /// Columns of the terminal that the text keeps; nil for what must not be cut.
        var least: Int?
        /// The column with the highest goes first; one with 0 stays.
        var importance: Int

        public init(_ head: String, least: Int? = nil, importance: Int = 0) {
            self.head = head
            self.least = least
            self.importance = importance
        }
    }

    var columns: [Column]
    /// With a text for each column.
    var rows: [[String]]

    /// Blanks between two columns.
    private static let gap = 2

    public init(columns: [Column], rows: [[String]]) {
        self.columns = columns
        self.rows = rows.map { $0.map(SafeText.escaped) }
    }

    /// The head and the rows, without blanks at their ends.
    ///
    /// - Parameter width: Columns of the terminal; nil for as many as are needed.
    public func lines(width: Int?) -> [String] {
        let whole = columns.indices.map { index in
            rows.reduce(TextWidth.columns(of: columns[index].head)) {
                max($0, TextWidth.columns(of: $1[index]))
            }
        }
        let widths = width.map { fitted(whole, to: $0) } ?? whole
        return ([columns.map(\.head)] + rows).map { line($0, widths) }
    }

    /// The width of each column; 0 for those that are left out.
    private func fitted(_ whole: [Int], to width: Int) -> [Int] {
        var shown = Array(columns.indices)
        func total(_ widths: (Int) -> Int) -> Int {
            shown.reduce(-Self.gap) { $0 + widths($1) + Self.gap }
        }
        while total({ min(whole[$0], columns[$0].least ?? .max) }) > width,
            let next = shown.max(by: { columns[$0].importance < columns[$1].importance }),
            columns[next].importance > 0
        {
            shown.removeAll { $0 == next }
        }
        var widths = whole.indices.map { shown.contains($0) ? whole[$0] : 0 }
        var excess = total { widths[$0] } - width
        for index in shown.reversed() where excess > 0 {
            guard let least = columns[index].least else { continue }
            let cut = min(excess, max(0, widths[index] - least))
            widths[index] -= cut
            excess -= cut
        }
        return widths
    }

    private func line(_ row: [String], _ widths: [Int]) -> String {
        let cells = zip(row, widths).filter { $1 > 0 }.map { text, width in
            let fitted = TextWidth.fitted(text, to: width)
            return fitted + String(repeating: " ", count: width - TextWidth.columns(of: fitted))
        }
        var line = cells.joined(separator: String(repeating: " ", count: Self.gap))
        while line.last == " " { line.removeLast() }
        return line
    }
}
