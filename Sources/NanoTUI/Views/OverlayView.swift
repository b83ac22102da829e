import NanoCore

/// What lies over a view: help, questions, choices.
enum OverlayView {
    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        switch model.overlay {
        case .none, .filter: break
        case .help: drawHelp(model, in: rect, on: &screen)
        case .confirmation(let confirmation): draw(confirmation, in: rect, on: &screen)
        case .dump(let records, let format):
            drawDump(records.count, format, in: rect, on: &screen)
        }
    }

    private static func drawHelp(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let lines = KeyMap.help(in: model.view)
        let inner = box(
            "Keys in \(model.view.title)", width: 76, height: lines.count + 2, in: rect,
            on: &screen)
        for (row, line) in lines.prefix(inner.height).enumerated() {
            let x = screen.put(line.keys, x: inner.x + 1, y: inner.y + row, style: .key)
            let text = max(x + 1, inner.x + 14)
            screen.put(
                TextWidth.fitted(line.words, to: max(0, inner.x + inner.width - text)), x: text,
                y: inner.y + row)
        }
    }

    private static func draw(
        _ confirmation: Confirmation, in rect: Rect, on screen: inout Screen
    ) {
        let widest = confirmation.lines.map { TextWidth.columns(of: $0) }.max() ?? 0
        let inner = box(
            confirmation.title, width: max(widest + 4, confirmation.title.count + 8, 40),
            height: confirmation.lines.count + 4, in: rect, on: &screen)
        for (row, line) in confirmation.lines.enumerated() where row < inner.height {
            screen.put(line, x: inner.x + 1, y: inner.y + row, columns: inner.width - 1)
        }
        let y = inner.y + inner.height - 1
        guard inner.height > 0 else { return }
        let isArmed = confirmation.isArmed
        let x = screen.put(
            isArmed ? "  Cancel  " : " [Cancel] ", x: inner.x + 1, y: y,
            style: isArmed ? .dim : .selected)
        screen.put(
            isArmed ? " [\(confirmation.verb)] " : "  \(confirmation.verb)  ", x: x + 2, y: y,
            style: isArmed ? .selected : .dim)
    }

    private static func drawDump(
        _ count: Int, _ format: DumpFormat, in rect: Rect, on screen: inout Screen
    ) {
        let inner = box(
            "Dump \(Numbers.grouped(UInt64(count))) packets as", width: 44, height: 5, in: rect,
            on: &screen)
        guard inner.height > 0 else { return }
        var x = inner.x + 1
        for option in DumpFormat.allCases {
            let isChosen = option == format
            x =
                screen.put(
                    isChosen ? "[\(option.rawValue)]" : " \(option.rawValue) ", x: x, y: inner.y,
                    style: isChosen ? .selected : .dim) + 2
        }
        guard inner.height > 2 else { return }
        screen.put(
            "Enter writes the file, Esc cancels", x: inner.x + 1, y: inner.y + 2, style: .dim)
    }

    /// An empty box in the middle, and the room in it.
    private static func box(
        _ title: String, width: Int, height: Int, in rect: Rect, on screen: inout Screen
    ) -> Rect {
        let (width, height) = (min(width, rect.width), min(height, rect.height))
        let outer = Rect(
            x: rect.x + (rect.width - width) / 2, y: rect.y + (rect.height - height) / 2,
            width: width, height: height)
        screen.fill(outer)
        screen.rule(title, in: outer)
        let bottom = Rect(x: outer.x, y: outer.y + max(0, height - 1), width: width, height: 1)
        screen.fill(bottom, with: "─", style: .border)
        return Rect(
            x: outer.x + 1, y: outer.y + 1, width: max(0, width - 2), height: max(0, height - 2))
    }
}
