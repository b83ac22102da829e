import NanoCore

/// A line being typed, and above it what may stand in it and what is wrong with it.
enum LineView {
    /// A character of the line as it is shown.
    private struct Glyph {
        var text: String
        var columns: Int
        var style: Style
    }

    /// Draws the part of the line that the cursor is in.
    ///
    /// - Returns: The column behind it.
    static func draw(_ line: TypedLine, in rect: Rect, on screen: inout Screen) -> Int {
        let end = rect.x + rect.width
        var x = screen.put(" " + line.question, x: rect.x, y: rect.y, style: .key)
        // The cursor needs a column, the marks of what is left out one each.
        let room = max(1, end - x - 2)
        let glyphs = glyphs(of: line)
        let cursor = min(line.line.cursor, glyphs.count)
        let start = firstShown(glyphs, cursor: cursor, room: room)
        if start > 0 { x = screen.put("…", x: x, y: rect.y, style: .dim) }
        let limit = x + room - (start > 0 ? 1 : 0)
        for (index, glyph) in glyphs.enumerated().dropFirst(start) {
            guard x + glyph.columns <= limit else {
                return screen.put("…", x: x, y: rect.y, style: .dim)
            }
            x = screen.put(
                glyph.text, x: x, y: rect.y, style: index == cursor ? .selected : glyph.style)
        }
        return cursor == glyphs.count ? screen.put("▏", x: x, y: rect.y, style: .accent) : x
    }

    private static func glyphs(of line: TypedLine) -> [Glyph] {
        var styles = Array(repeating: Style.text, count: line.line.text.count)
        for span in line.spans {
            for index in span.range.clamped(to: styles.indices) { styles[index] = span.style }
        }
        return zip(line.line.text, styles).map { character, style in
            let text = SafeText.escaped(String(character))
            return Glyph(text: text, columns: TextWidth.columns(of: text), style: style)
        }
    }

    /// The first character that is shown, so that the one under the cursor is.
    private static func firstShown(_ glyphs: [Glyph], cursor: Int, room: Int) -> Int {
        let whole = glyphs.reduce(0) { $0 + $1.columns }
        if whole <= room { return 0 }
        var used = cursor < glyphs.count ? glyphs[cursor].columns : 0
        var start = cursor
        while start > 0, used + glyphs[start - 1].columns < room {
            used += glyphs[start - 1].columns
            start -= 1
        }
        return start
    }

    /// Draws in the rows above the line what may stand in it, and below that what is wrong.
    static func drawAbove(_ line: TypedLine, in rect: Rect, on screen: inout Screen) {
        let fault = line.fault ?? ""
        let faults = fault.isEmpty ? [] : TextWidth.wrapped(fault, to: max(1, rect.width - 2))
        let completion = line.line.choice?.completion ?? line.completion
        let isOffering = !completion.candidates.isEmpty || !completion.expected.isEmpty
        let rows = rect.split(bottom: faults.count + (isOffering ? 1 : 0)).bottom
        guard rows.height > 0 else { return }
        screen.fill(rows)
        let (row, rest) = rows.split(top: isOffering ? 1 : 0)
        if isOffering {
            drawCandidates(completion, chosen: line.line.choice?.index, in: row, on: &screen)
        }
        for (index, fault) in faults.enumerated() where index < rest.height {
            screen.put(" " + fault, x: rest.x, y: rest.y + index, style: .bad)
        }
    }

    /// One row of candidates, the chosen one among them, and what that or the only one is.
    private static func drawCandidates(
        _ completion: Completion, chosen: Int?, in row: Rect, on screen: inout Screen
    ) {
        let candidates = completion.candidates
        let end = row.x + row.width - 1
        guard !candidates.isEmpty else {
            let words = TextWidth.fitted(completion.expected, to: max(0, row.width - 2))
            screen.put(" " + words, x: row.x, y: row.y, style: .dim)
            return
        }
        let widths = candidates.map { TextWidth.columns(of: SafeText.escaped($0.text)) + 2 }
        let start = firstShown(widths, chosen: chosen ?? 0, room: row.width - 10)
        var x = row.x + 1
        for index in start..<candidates.count {
            let left = candidates.count - index
            let mark = left > 1 ? 9 : 0
            guard x + widths[index] + mark <= end || index == start else {
                screen.put("+\(left) more", x: x, y: row.y, style: .dim)
                return
            }
            x = screen.put(
                candidates[index].text, x: x, y: row.y,
                style: index == chosen ? .selected : .accent, columns: max(0, end - x))
            x += 2
        }
        let told = chosen ?? (candidates.count == 1 ? 0 : nil)
        guard let told, x + 2 < end else { return }
        screen.put(
            TextWidth.fitted(candidates[told].words, to: end - x), x: x, y: row.y, style: .dim)
    }

    /// The first candidate that is shown, so that the chosen one is.
    private static func firstShown(_ widths: [Int], chosen: Int, room: Int) -> Int {
        var (start, used) = (chosen, widths[chosen])
        while start > 0, used + widths[start - 1] <= room {
            start -= 1
            used += widths[start]
        }
        return start
    }
}
