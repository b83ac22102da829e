/// Draws characters where they belong, and moves the terminal's cursor there in the fewest bytes.
struct Pen {
    private(set) var bytes: [UInt8] = []
    /// Whether bytes above 0x7F may be sent.
    let isUnicode: Bool
    /// Where the cursor is; nil where that is not known.
    private var cursor: (x: Int, y: Int)?

    init(isUnicode: Bool) {
        self.isUnicode = isUnicode
    }

    /// Writes what moves no cursor.
    mutating func write(_ text: String) {
        bytes += text.utf8
    }

    /// Draws the character of a cell, in the style that was written last.
    mutating func draw(at x: Int, _ y: Int, of screen: Screen) {
        guard let character = screen[x, y].character else { return }
        move(to: x, y, of: screen)
        bytes += String(isUnicode ? character : Glyphs.ascii(character)).utf8
        // A wide character without its glyph in ASCII still takes two columns.
        let columns = TextWidth.columns(of: character)
        if !isUnicode, columns == 2 { write(" ") }
        // Terminals do not agree on how far clusters of several scalars move the cursor.
        cursor = character.unicodeScalars.count == 1 ? (x + columns, y) : nil
    }

    private mutating func move(to x: Int, _ y: Int, of screen: Screen) {
        guard let cursor, cursor.y == y, cursor.x <= x else {
            return write("\u{1B}[\(y + 1);\(x + 1)H")
        }
        let gap = x - cursor.x
        if gap == 0 { return }
        let between = (cursor.x..<x).map { screen[$0, y] }
        let style = screen[x, y].style
        // Three characters as they are cost no more than to move over them (CUF, ECMA-48 §8.3.20).
        if gap <= 3, between.allSatisfy({ $0.style == style && $0.character?.isASCII == true }) {
            bytes += between.compactMap { $0.character?.asciiValue }
        } else {
            write(gap == 1 ? "\u{1B}[C" : "\u{1B}[\(gap)C")
        }
    }
}
