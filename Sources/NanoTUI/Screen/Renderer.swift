/// Turns the difference between two screens into bytes for a terminal (ECMA-48).
public struct Renderer: Sendable {
    public var theme: Theme
    public let depth: ColorDepth
    /// Whether bytes above 0x7F may be sent.
    public let isUnicode: Bool
    /// Whether the terminal moves some of its rows by itself (DECSTBM and SU, ECMA-48 §8.3.147).
    let movesRows: Bool
    private var shown: Screen?

    public init(theme: Theme, depth: ColorDepth, isUnicode: Bool, movesRows: Bool = false) {
        self.theme = theme
        self.depth = depth
        self.isUnicode = isUnicode
        self.movesRows = movesRows
    }

    /// Forgets what the terminal shows, so that the next frame is drawn whole.
    public mutating func forget() {
        shown = nil
    }

    /// The bytes that make the terminal show a screen; empty when it does already.
    ///
    /// Rows that have moved up together are moved. The bytes go from one style to the next rather than from one row to the next: on the way to a
    /// character the cursor costs a third of what a change of colours does.
    public mutating func bytes(for screen: Screen) -> [UInt8] {
        let isWhole = shown?.width != screen.width || shown?.height != screen.height
        var before = isWhole ? blank(like: screen) : shown
        var pen = Pen(isUnicode: isUnicode)
        if isWhole {
            pen.write("\u{1B}[0m\u{1B}[2J")
        } else if movesRows, let old = before, let shift = RowShift(from: old, to: screen) {
            let (top, bottom) = (shift.rows.lowerBound + 1, shift.rows.upperBound)
            pen.write("\u{1B}[0m\u{1B}[\(top);\(bottom)r\u{1B}[\(shift.distance)S\u{1B}[r")
            before?.move(shift, filling: theme.background(.text) == nil ? .blank : Self.unknown)
        }
        var changed: [[Int]] = []
        var styles: [Style] = []
        for y in 0..<screen.height {
            for x in 0..<screen.width where screen[x, y].character != nil {
                if let before, !differs(screen, before, x, y) { continue }
                let style = screen[x, y].style
                let group = styles.firstIndex(of: style) ?? styles.endIndex
                if group == styles.endIndex {
                    styles.append(style)
                    changed.append([])
                }
                changed[group].append(y * screen.width + x)
            }
        }
        shown = screen
        for (style, places) in zip(styles, changed) {
            pen.write(escape(for: style))
            for place in places {
                pen.draw(at: place % screen.width, place / screen.width, of: screen)
            }
        }
        return pen.bytes
    }

    /// What no character that is drawn looks like.
    private static let unknown = Cell(character: nil, style: .text)

    /// What an emptied terminal shows, if that is what blanks look like in this theme; else nil.
    private func blank(like screen: Screen) -> Screen? {
        theme.background(.text) == nil ? Screen(width: screen.width, height: screen.height) : nil
    }

    /// Whether a character has to be drawn: it or, for a wide one, what is behind it has changed.
    private func differs(_ new: Screen, _ old: Screen, _ x: Int, _ y: Int) -> Bool {
        if new[x, y] != old[x, y] { return true }
        return x + 1 < new.width && new[x + 1, y].character == nil && new[x + 1, y] != old[x + 1, y]
    }

    /// Whether the terminal shows the same behind the chosen row as behind the others.
    private var isSelectionHidden: Bool {
        guard depth != .none, let selected = theme.background(.selected) else { return true }
        return depth.parameters(back: selected)
            == depth.parameters(back: theme.background(.text) ?? .black)
    }

    private func escape(for style: Style) -> String {
        var parameters = ["0"]
        if style.isBold { parameters.append("1") }
        // Where no colour of its own stands behind the chosen row it is shown reversed.
        if style.role == .selected, isSelectionHidden { parameters.append("7") }
        let back = theme.background(style.role)
        if let color = theme.foreground(style.role, level: style.level) {
            parameters.append(
                depth.parameters(
                    front: color, on: back ?? .black, keepsHue: style.role != .border))
        }
        if let back { parameters.append(depth.parameters(back: back)) }
        return "\u{1B}[" + parameters.filter { !$0.isEmpty }.joined(separator: ";") + "m"
    }
}
