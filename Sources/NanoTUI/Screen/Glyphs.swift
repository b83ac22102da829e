/// Characters for terminals that only have ASCII.
public enum Glyphs {
    /// The nearest printable ASCII character.
    public static func ascii(_ character: Character) -> Character {
        if character.isASCII { return character }
        return table[character] ?? "?"
    }

    private static let table: [Character: Character] = [
        "─": "-", "│": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+",
        "●": "o", "▲": "!", "✗": "x", "✓": "+", "‖": "=", "◌": ".", "▶": ">",
        "▼": "v", "▏": "_", "⊘": "X",
        "…": "~", "–": "-", "—": "-", "·": ".", "▁": "_", "▂": "_", "▃": ".", "▄": ".", "▅": "-",
        "▆": "=", "▇": "#", "█": "#", "↑": "^", "↓": "v", "×": "x", "≥": ">", "≤": "<", "µ": "u",
    ]
}
