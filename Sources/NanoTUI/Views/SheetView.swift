import NanoCore

/// A box over the view in which something is read whole.
enum SheetView {
    /// One fact: wrapped beside its name.
    struct Entry {
        var name: String
        var text: String
        var style = Style.text
        var nameStyle = Style.dim
    }

    /// - Returns: The first line that is shown: at most the one from which on all fit.
    static func draw(
        _ sheet: Sheet, of model: ConsoleModel, scroll: Int, in rect: Rect, on screen: inout Screen
    ) -> Int {
        let (title, entries) = SheetContent.content(of: sheet, in: model)
        let width = min(rect.width, 100)
        let lines = lines(entries, width: max(1, width - 4))
        let height = min(rect.height, lines.count + 2)
        let inner = screen.box(
            title,
            in: Rect(
                x: rect.x + (rect.width - width) / 2, y: rect.y + (rect.height - height) / 2,
                width: width, height: height))
        let first = min(scroll, max(0, lines.count - inner.height))
        for (row, line) in lines.dropFirst(first).prefix(inner.height).enumerated() {
            line.draw(x: inner.x, y: inner.y + row, on: &screen)
        }
        drawPlace(first, lines.count, in: inner, on: &screen)
        return first
    }

    /// Says how much more there is, on the lower edge.
    private static func drawPlace(
        _ first: Int, _ count: Int, in inner: Rect, on screen: inout Screen
    ) {
        guard count > inner.height, inner.height > 0 else { return }
        let below = count - first - inner.height
        let text = below > 0 ? " ↓ \(below) more " : " end "
        screen.put(
            text, endingAt: inner.x + inner.width, y: inner.y + inner.height, style: .accent)
    }

    /// A row of text: the name of a fact, in its first row, and what fits of the fact beside it.
    struct Line {
        fileprivate var entry: Entry
        fileprivate let nameColumns: Int

        func draw(x: Int, y: Int, on screen: inout Screen) {
            screen.put(
                TextWidth.fitted(entry.name, to: nameColumns), x: x, y: y, style: entry.nameStyle)
            screen.put(
                entry.text, x: x + (nameColumns > 0 ? nameColumns + 2 : 0), y: y,
                style: entry.style)
        }
    }

    /// Facts in rows of so many columns.
    static func lines(_ entries: [Entry], width: Int) -> [Line] {
        let names = min(
            entries.map { TextWidth.columns(of: $0.name) }.max() ?? 0, max(0, width / 3))
        let room = max(1, width - (names > 0 ? names + 2 : 0))
        return entries.flatMap { wrapped($0, width: room) }.map {
            Line(entry: $0, nameColumns: names)
        }
    }

    private static func wrapped(_ entry: Entry, width: Int) -> [Entry] {
        TextWidth.wrapped(entry.text, to: width).enumerated().map { index, text in
            var line = entry
            line.text = text
            if index > 0 { line.name = "" }
            return line
        }
    }
}
