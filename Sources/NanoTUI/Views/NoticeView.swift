import NanoCore

/// A sentence about what was done last that is too long for the bottom line: the path of a new
/// secret is of no use when its end is missing.
enum NoticeView {
    /// Whether a sentence has room in a row.
    static func fits(_ text: String, in row: Rect) -> Bool {
        TextWidth.columns(of: SafeText.escaped(text)) + 2 <= row.width
    }

    /// Draws it over the lowest rows of a view.
    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        guard let notice = model.notice, rect.width > 4, !fits(notice.text, in: rect) else {
            return
        }
        let lines = wrapped(SafeText.escaped(notice.text), to: rect.width - 2)
        let rows = rect.split(bottom: min(lines.count + 1, rect.height)).bottom
        screen.fill(rows)
        screen.rule(notice.isFault ? "Failed" : "Done", in: rows)
        for (row, line) in lines.enumerated() where row + 1 < rows.height {
            screen.put(
                line, x: rows.x + 1, y: rows.y + 1 + row, style: notice.isFault ? .bad : .good)
        }
    }

    /// Breaks at spaces, and within what is longer than a row.
    private static func wrapped(_ text: String, to width: Int) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            let used = TextWidth.columns(of: lines[lines.count - 1])
            if used > 0, used + 1 + TextWidth.columns(of: word) > width {
                lines.append("")
            } else if used > 0 {
                lines[lines.count - 1].append(" ")
            }
            for character in word {
                let columns = TextWidth.columns(of: lines[lines.count - 1])
                if columns + TextWidth.columns(of: character) > width { lines.append("") }
                lines[lines.count - 1].append(character)
            }
        }
        return lines
    }
}
