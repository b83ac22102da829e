import NanoCore

/// A line being typed, and above it what may stand in it and what is wrong with it.
enum LineView {
    /// A character of the line as it is shown.
    private struct Glyph {
        var text: String
        var columns: Int
        var span: LineSpan.Kind
    }

    /// Where the characters of a line are.
    private struct Layout {
        let glyphs: [Glyph]
        /// The first that is shown.
        let first: Int
        /// Its column, and the one that none reaches.
        let x: Int
        let limit: Int

        init(_ line: TypedLine, in rect: Rect) {
            glyphs = LineView.glyphs(of: line)
            let begin = rect.x + 1 + TextWidth.columns(of: SafeText.escaped(line.question))
            // The cursor needs a column, the marks of what is left out one each.
            let room = max(1, rect.x + rect.width - begin - 2)
            let cursor = min(line.line.cursor, glyphs.count)
            first = LineView.firstShown(glyphs, cursor: cursor, room: room)
            x = begin + (first > 0 ? 1 : 0)
            limit = begin + room
        }
    }

    /// Draws the part of the line that the cursor is in.
    ///
    /// - Returns: The column behind it.
    static func draw(_ line: TypedLine, in rect: Rect, on screen: inout Screen) -> Int {
        let layout = Layout(line, in: rect)
        let cursor = min(line.line.cursor, layout.glyphs.count)
        var x = screen.put(" " + line.question, x: rect.x, y: rect.y, style: .key)
        if layout.first > 0 { x = screen.put("…", x: x, y: rect.y, style: .dim) }
        for (index, glyph) in layout.glyphs.enumerated().dropFirst(layout.first) {
            guard x + glyph.columns <= layout.limit else {
                return screen.put("…", x: x, y: rect.y, style: .dim)
            }
            x = screen.put(
                glyph.text, x: x, y: rect.y,
                style: index == cursor ? .selected : glyph.span.style)
        }
        return cursor == layout.glyphs.count
            ? screen.put("▏", x: x, y: rect.y, style: .accent) : x
    }

    /// Draws in the row above the line what points at its parts that are wrong.
    private static func drawMarks(_ line: TypedLine, in row: Rect, on screen: inout Screen) {
        let layout = Layout(line, in: row)
        var (x, isBehind) = (layout.x, false)
        for glyph in layout.glyphs.dropFirst(layout.first) {
            guard x + glyph.columns <= layout.limit else { return }
            let isInvalid = glyph.span == .invalid
            if isInvalid {
                let rest = String(repeating: "─", count: max(0, glyph.columns - 1))
                screen.put((isBehind ? "─" : "▼") + rest, x: x, y: row.y, style: .bad)
            }
            isBehind = isInvalid
            x += glyph.columns
        }
    }

    /// Whether something is wrong with a part of the line alone, so that there is a place to point at.
    private static func hasMarks(_ line: TypedLine) -> Bool {
        let glyphs = glyphs(of: line)
        return line.fault != nil && glyphs.contains { $0.span == .invalid }
            && glyphs.contains { $0.span != .invalid }
    }

    private static func glyphs(of line: TypedLine) -> [Glyph] {
        var spans = Array(repeating: LineSpan.Kind.plain, count: line.line.text.count)
        for span in line.spans {
            for index in span.range.clamped(to: spans.indices) { spans[index] = span.kind }
        }
        return zip(line.line.text, spans).map { character, span in
            let text = SafeText.escaped(String(character))
            return Glyph(text: text, columns: TextWidth.columns(of: text), span: span)
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
        let sentences = [(line.remark, Style.warning), (line.fault, Style.bad)].flatMap {
            sentence, style in
            let text = sentence ?? ""
            return (text.isEmpty ? [] : TextWidth.wrapped(text, to: max(1, rect.width - 2))).map {
                (text: $0, style: style)
            }
        }
        let completion = line.line.choice?.completion ?? line.completion
        let isOffering = !completion.candidates.isEmpty || !completion.expected.isEmpty
        let marks = hasMarks(line) ? 1 : 0
        let rows = rect.split(bottom: sentences.count + marks + (isOffering ? 1 : 0)).bottom
        guard rows.height > 0 else { return }
        screen.fill(rows)
        let (row, below) = rows.split(top: isOffering ? 1 : 0)
        let (rest, markRow) = below.split(bottom: marks)
        if markRow.height > 0 { drawMarks(line, in: markRow, on: &screen) }
        if isOffering {
            drawCandidates(completion, chosen: line.line.choice?.index, in: row, on: &screen)
        }
        for (index, sentence) in sentences.enumerated() where index < rest.height {
            screen.put(" " + sentence.text, x: rest.x, y: rest.y + index, style: sentence.style)
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
        guard let told, !candidates[told].words.isEmpty, x + 4 < end else { return }
        // Set off by more than its colour from what can be chosen.
        screen.put(
            TextWidth.fitted("– \(candidates[told].words)", to: end - x), x: x, y: row.y,
            style: .dim)
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
