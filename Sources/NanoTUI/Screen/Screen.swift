import NanoCore

/// A grid of cells. Views draw all of it for every frame; only differences reach the terminal.
public struct Screen: Equatable, Sendable {
    public let width: Int
    public let height: Int
    private var cells: [Cell]
    /// What clicks are about; what was drawn last lies on top.
    var hotspots: [Hotspot] = []

    public init(width: Int, height: Int) {
        self.width = max(1, width)
        self.height = max(1, height)
        cells = Array(repeating: .blank, count: self.width * self.height)
    }

    public var bounds: Rect { Rect(x: 0, y: 0, width: width, height: height) }

    public subscript(x: Int, y: Int) -> Cell { cells[y * width + x] }

    /// Writes text in one row; what does not fit into `columns`, or onto the screen, is left out.
    ///
    /// All text comes through here, also what devices have sent: it is escaped (``SafeText``).
    ///
    /// - Returns: The column behind the text.
    @discardableResult
    public mutating func put(
        _ text: String, x: Int, y: Int, style: Style = .text, columns: Int = .max
    ) -> Int {
        guard y >= 0, y < height else { return x }
        var column = x
        let limit = min(width, columns < width - min(x, width) ? x + columns : width)
        for character in SafeText.escaped(text) {
            let size = TextWidth.columns(of: character)
            if size == 0 { continue }
            guard column + size <= limit else { break }
            if column >= 0 {
                set(column, y, Cell(character: character, style: style))
                if size == 2 {
                    free(column + 1, y)
                    cells[y * width + column + 1] = Cell(character: nil, style: style)
                }
            }
            column += size
        }
        return column
    }

    /// Writes text that ends before a column.
    public mutating func put(_ text: String, endingAt x: Int, y: Int, style: Style = .text) {
        let safe = SafeText.escaped(text)
        put(safe, x: x - TextWidth.columns(of: safe), y: y, style: style)
    }

    public mutating func fill(_ rect: Rect, with character: Character = " ", style: Style = .text) {
        let (columns, rows) = visible(rect)
        for y in rows {
            for x in columns {
                set(x, y, Cell(character: character, style: style))
            }
        }
    }

    /// Gives what is in a rectangle another style, and leaves its text.
    public mutating func paint(_ rect: Rect, style: Style) {
        let (columns, rows) = visible(rect)
        for y in rows {
            for x in columns {
                cells[y * width + x].style = style
            }
        }
    }

    /// The part of a rectangle that lies on the screen, which may be none.
    private func visible(_ rect: Rect) -> (columns: Range<Int>, rows: Range<Int>) {
        (
            (rect.x..<rect.x + rect.width).clamped(to: 0..<width),
            (rect.y..<rect.y + rect.height).clamped(to: 0..<height)
        )
    }

    /// Moves rows up, as a terminal does; what becomes free is given a cell.
    mutating func move(_ shift: RowShift, filling cell: Cell) {
        let end = shift.rows.upperBound - shift.distance
        for y in shift.rows {
            for x in 0..<width {
                cells[y * width + x] = y < end ? cells[(y + shift.distance) * width + x] : cell
            }
        }
    }

    /// A rule with a title, the one style of box.
    public mutating func rule(
        _ title: String, right: String = "", in row: Rect, style: Style = .border
    ) {
        guard row.height > 0 else { return }
        fill(Rect(x: row.x, y: row.y, width: row.width, height: 1), with: "─", style: style)
        let shown = TextWidth.fitted(" \(title) ", to: max(0, row.width - 2))
        let end = put(shown, x: row.x + 1, y: row.y, style: .title)
        let width = TextWidth.columns(of: right) + 2
        guard !right.isEmpty, row.x + row.width - width - 1 > end else { return }
        put(" \(right) ", x: row.x + row.width - width - 1, y: row.y, style: .dim)
    }

    /// An empty box with a title and edges on all sides.
    ///
    /// - Returns: The room in it.
    public mutating func box(_ title: String, in rect: Rect) -> Rect {
        guard rect.width > 3, rect.height > 1 else { return Rect(x: 0, y: 0, width: 0, height: 0) }
        fill(rect)
        let (right, bottom) = (rect.x + rect.width - 1, rect.y + rect.height - 1)
        rule(title, in: Rect(x: rect.x, y: rect.y, width: rect.width, height: 1))
        fill(Rect(x: rect.x, y: bottom, width: rect.width, height: 1), with: "─", style: .border)
        for x in [rect.x, right] {
            fill(
                Rect(x: x, y: rect.y, width: 1, height: rect.height), with: "│", style: .border)
        }
        put("┌", x: rect.x, y: rect.y, style: .border)
        put("┐", x: right, y: rect.y, style: .border)
        put("└", x: rect.x, y: bottom, style: .border)
        put("┘", x: right, y: bottom, style: .border)
        return Rect(
            x: rect.x + 2, y: rect.y + 1, width: rect.width - 4, height: rect.height - 2)
    }

    /// What a person would read, without trailing spaces.
    public var text: String {
        (0..<height).map { y in
            var line = ""
            for x in 0..<width {
                if let character = self[x, y].character { line.append(character) }
            }
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }

    private mutating func set(_ x: Int, _ y: Int, _ cell: Cell) {
        free(x, y)
        cells[y * width + x] = cell
    }

    /// Makes blanks of a wide character of which this place is one half: half of one is none.
    private mutating func free(_ x: Int, _ y: Int) {
        let index = y * width + x
        if cells[index].character == nil {
            cells[index].character = " "
            if x > 0 { cells[index - 1].character = " " }
        }
        if x + 1 < width, cells[index + 1].character == nil { cells[index + 1].character = " " }
    }
}
