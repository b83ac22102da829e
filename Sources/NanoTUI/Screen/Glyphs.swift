/// Characters for terminals that only have ASCII.
public enum Glyphs {
    /// The nearest printable ASCII character.
    public static func ascii(_ character: Character) -> Character {
        if character.isASCII { return character }
        return table[character] ?? StackedGraph.ascii(character) ?? "?"
    }

    private static let table: [Character: Character] = [
        "─": "-", "│": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+",
        "●": "o", "▲": "!", "✗": "x", "✓": "+", "‖": "=", "◌": ".", "⊘": "x", "▶": ">",
        "▼": "v", "▏": "_", "◆": "*",
        "…": "~", "–": "-", "—": "-", "·": ".", "▁": "_", "▂": "_", "▃": ".", "▄": ".", "▅": "-",
        "▆": "=", "▇": "#", "█": "#", "░": "x", "▒": "x", "▓": "x", "▖": "X", "▌": "X",
        "↑": "^", "↓": "v", "×": "x", "≥": ">", "≤": "<", "µ": "u",
    ]
}
