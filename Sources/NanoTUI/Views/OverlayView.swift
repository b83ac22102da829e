import NanoCore

/// The questions that lie over a view.
enum OverlayView {
    static func draw(
        _ confirmation: Confirmation, in rect: Rect, on screen: inout Screen
    ) {
        let widest = max(confirmation.title.count + 8, 64)
        let width = min(widest, rect.width)
        let lines = confirmation.text.flatMap { TextWidth.wrapped($0, to: max(1, width - 4)) }
        let inner = middle(
            confirmation.title, width: width, height: lines.count + 4, in: rect, on: &screen)
        guard inner.height > 0 else { return }
        // The answers are there before the last words are.
        let room = max(0, inner.height - (inner.height > lines.count + 1 ? 2 : 1))
        let isCut = lines.count > room
        for (row, line) in lines.prefix(isCut ? max(0, room - 1) : room).enumerated() {
            screen.put(line, x: inner.x, y: inner.y + row)
        }
        if isCut, room > 0 {
            screen.put(
                TextWidth.fitted("… a larger terminal has the rest", to: inner.width), x: inner.x,
                y: inner.y + room - 1, style: .warning)
        }
        let y = inner.y + inner.height - 1
        if let typed = confirmation.typed {
            var x = screen.put("Type ", x: inner.x, y: y, style: .dim)
            x = screen.put(typed.word, x: x, y: y, style: .key)
            x = screen.put(" to \(confirmation.verb.lowercased()): ", x: x, y: y, style: .dim)
            x = screen.put(typed.line.text, x: x, y: y, style: typed.isGiven ? .good : .text)
            x = screen.put("▏", x: x, y: y, style: .accent)
            guard typed.isMistaken else { return }
            screen.put(
                TextWidth.fitted(" ✗ another word", to: max(0, inner.x + inner.width - x)), x: x,
                y: y,
                style: .bad)
            return
        }
        let isArmed = confirmation.isArmed
        let x = screen.put(
            isArmed ? "  Cancel  " : " [Cancel] ", x: inner.x, y: y,
            style: isArmed ? .dim : .selected)
        screen.mark(.answer(false), x: inner.x, y: y, width: x - inner.x)
        let end = screen.put(
            isArmed ? " [\(confirmation.verb)] " : "  \(confirmation.verb)  ", x: x + 2, y: y,
            style: isArmed ? .selected : .dim)
        screen.mark(.answer(true), x: x + 2, y: y, width: end - x - 2)
    }

    /// - Parameter options: With the key that chooses each at once, where there is one.
    static func drawChoice(
        _ title: String, _ options: [(key: Character?, name: String, isChosen: Bool)],
        in rect: Rect, on screen: inout Screen
    ) {
        let inner = middle(title, width: 44, height: 3, in: rect, on: &screen)
        guard inner.height > 0 else { return }
        var x = inner.x
        for (key, name, isChosen) in options {
            let style: Style = isChosen ? .selected : .dim
            x = screen.put(isChosen ? "[" : " ", x: x, y: inner.y, style: style)
            if let key {
                x = screen.put("\(key) ", x: x, y: inner.y, style: isChosen ? .selected : .key)
            }
            x = screen.put(isChosen ? "\(name)]" : "\(name) ", x: x, y: inner.y, style: style) + 2
        }
    }

    private static func middle(
        _ title: String, width: Int, height: Int, in rect: Rect, on screen: inout Screen
    ) -> Rect {
        let (width, height) = (min(width, rect.width), min(height, rect.height))
        return screen.box(
            title,
            in: Rect(
                x: rect.x + (rect.width - width) / 2, y: rect.y + (rect.height - height) / 2,
                width: width, height: height))
    }
}
