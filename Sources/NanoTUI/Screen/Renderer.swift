/// Turns the difference between two screens into bytes for a terminal (ECMA-48).
public struct Renderer: Sendable {
    public var theme: Theme
    public let depth: ColorDepth
    /// Whether bytes above 0x7F may be sent.
    public let isUnicode: Bool
    private var shown: Screen?

    public init(theme: Theme, depth: ColorDepth, isUnicode: Bool) {
        self.theme = theme
        self.depth = depth
        self.isUnicode = isUnicode
    }

    /// Forgets what the terminal shows, so that the next frame is drawn whole.
    public mutating func forget() {
        shown = nil
    }

    /// The bytes that make the terminal show a screen; empty when it does already.
    public mutating func bytes(for screen: Screen) -> [UInt8] {
        var output = ""
        let isWhole = shown?.width != screen.width || shown?.height != screen.height
        if isWhole { output += "\u{1B}[0m\u{1B}[2J" }
        var style: Style?
        for y in 0..<screen.height {
            var cursor = -1
            for x in 0..<screen.width {
                let cell = screen[x, y]
                guard let character = cell.character else { continue }
                if !isWhole, let shown, !differs(screen, shown, x, y) { continue }
                if cursor != x { output += "\u{1B}[\(y + 1);\(x + 1)H" }
                if style != cell.style {
                    output += escape(for: cell.style)
                    style = cell.style
                }
                output.append(isUnicode ? character : Glyphs.ascii(character))
                // A wide character without its glyph in ASCII still takes two columns.
                let columns = TextWidth.columns(of: character)
                if !isUnicode, columns == 2 { output.append(" ") }
                // Terminals do not agree on how far clusters of several scalars move the cursor.
                cursor = character.unicodeScalars.count == 1 ? x + columns : -1
            }
        }
        shown = screen
        return output.isEmpty ? [] : Array((output + "\u{1B}[0m").utf8)
    }

    /// Whether a character has to be drawn: it or, for a wide one, what is behind it has changed.
    private func differs(_ new: Screen, _ old: Screen, _ x: Int, _ y: Int) -> Bool {
        if new[x, y] != old[x, y] { return true }
        return x + 1 < new.width && new[x + 1, y].character == nil && new[x + 1, y] != old[x + 1, y]
    }

    private func escape(for style: Style) -> String {
        var parameters = ["0"]
        if style.isBold { parameters.append("1") }
        // Where no colour stands behind the chosen row it is shown reversed.
        if style.role == .selected, depth == .none || theme.background(.selected) == nil {
            parameters.append("7")
        }
        if let color = theme.foreground(style.role, level: style.level) {
            parameters.append(depth.parameters(for: color, isBackground: false))
        }
        if let color = theme.background(style.role) {
            parameters.append(depth.parameters(for: color, isBackground: true))
        }
        return "\u{1B}[" + parameters.filter { !$0.isEmpty }.joined(separator: ";") + "m"
    }
}
