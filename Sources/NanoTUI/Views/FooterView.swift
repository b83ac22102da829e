import NanoCore

/// The line at the bottom: what is being typed, what was done last, or the keys that work here.
enum FooterView {
    /// - Parameter line: The line that is being typed; nil when none is.
    static func draw(
        _ model: ConsoleModel, typing line: TypedLine?, in rect: Rect, on screen: inout Screen
    ) {
        guard rect.height > 0 else { return }
        if let line {
            draw(line, in: rect, on: &screen)
        } else if !model.overlay.keys.isEmpty {
            draw(model.overlay.keys, x: rect.x + 1, in: rect, on: &screen)
        } else if let notice = model.notice {
            draw(notice, closing: model.closingKey, in: rect, on: &screen)
        } else if let fault = model.themeFault {
            // It stays until the file is mended or away, or it is taken away.
            draw(
                fault.brief, .fault, keys: [("m", "more"), (model.closingKey, "")],
                isFromStart: true, in: rect, on: &screen)
        } else {
            drawKeys(model, in: rect, on: &screen)
        }
    }

    /// One row of it: details that have no room are left out whole, of what is too long then the
    /// middle; `m` reads it all.
    private static func draw(
        _ notice: Notice, closing key: String, in rect: Rect, on screen: inout Screen
    ) {
        func fits(_ text: String, keys: [(key: String, words: String)]) -> Bool {
            TextWidth.columns(of: SafeText.escaped(text)) + width(of: keys) + 4 <= rect.width
        }
        let close = [(key, "")]
        if fits(notice.sentence, keys: close) {
            return draw(notice.sentence, notice.kind, keys: close, in: rect, on: &screen)
        }
        let keys = [("m", "more")] + close
        var text = notice.text
        for detail in notice.details {
            guard fits("\(text); \(detail)", keys: keys) else { break }
            text += "; \(detail)"
        }
        draw(text, notice.kind, keys: keys, in: rect, on: &screen)
    }

    private static func draw(
        _ sentence: String, _ kind: Notice.Kind, keys: [(key: String, words: String)],
        isFromStart: Bool = false, in rect: Rect, on screen: inout Screen
    ) {
        let width = width(of: keys)
        let (mark, style) = mark(of: kind)
        // The name of a file at its end stays whole.
        let name = sentence.lastIndex(of: "/").map { sentence[$0...].count } ?? 0
        let kept = max(rect.width / 3, min(name, rect.width / 2))
        let room = max(1, rect.width - width - 4)
        let text =
            isFromStart
            ? TextWidth.fitted(sentence, to: room)
            : TextWidth.shortened(sentence, to: room, keeping: kept)
        screen.put(
            " \(mark) \(text)", x: rect.x, y: rect.y, style: style)
        draw(keys, x: rect.x + rect.width - width, in: rect, on: &screen)
    }

    /// What has a tick was done.
    static func mark(of kind: Notice.Kind) -> (glyph: String, style: Style) {
        switch kind {
        case .done: ("✓", .good)
        case .remark: ("–", .accent)
        case .fault: ("✗", .bad)
        }
    }

    private static func draw(_ line: TypedLine, in rect: Rect, on screen: inout Screen) {
        let keys =
            (line.fault == nil ? [("Enter", line.keys.take)] : []) + [("Esc", line.keys.leave)]
        let width = width(of: keys)
        let end = LineView.draw(line, in: rect, on: &screen)
        guard end + 2 + width <= rect.x + rect.width else { return }
        draw(keys, x: rect.x + rect.width - width, in: rect, on: &screen)
    }

    private static func drawKeys(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let end = rect.x + rect.width
        let needed = model.lastingHints.reduce(-1) { $0 + hintWidth($1) + 2 }
        var x = rect.x + 1
        if !model.isSmall {
            let here = model.view.tab
            let forms = [
                tabs(model) { $0.title }, tabs(model) { $0.short },
                tabs(model) { $0 == here ? $0.title : "" },
                tabs(model) { $0 == here ? $0.title : "" }.filter { $0.style == .title },
            ]
            let tabs = forms.first { x + width(of: $0) + needed <= end } ?? forms[3]
            for tab in tabs where x + width(of: [tab]) <= end {
                let key = Key.character(Character(tab.key))
                screen.mark(.key(key), x: x, y: rect.y, width: width(of: [tab]))
                x = screen.put(tab.key, x: x, y: rect.y, style: .key)
                x = screen.put(tab.words, x: x, y: rect.y, style: tab.style)
            }
        }
        draw(model.hints, x: x + 1, in: rect, on: &screen)
    }

    private typealias Tab = (key: String, words: String, style: Style)

    /// What is frozen is marked: `3‖Packets`.
    private static func tabs(_ model: ConsoleModel, _ name: (ViewKind) -> String) -> [Tab] {
        ViewKind.allCases.map { view in
            let mark = model.hasFrozen(behind: view) ? "‖" : " "
            let words = mark + (name(view).isEmpty ? "" : "\(name(view)) ")
            return ("\(view.rawValue)", words, view == model.view.tab ? .title : .dim)
        }
    }

    private static func width(of tabs: [Tab]) -> Int {
        tabs.reduce(0) { $0 + $1.key.count + $1.words.count }
    }

    /// Draws keys with their words, as many as there is room for.
    private static func draw(
        _ keys: [(key: String, words: String)], x: Int, in rect: Rect, on screen: inout Screen
    ) {
        var x = x
        for hint in keys {
            guard x + hintWidth(hint) <= rect.x + rect.width else { continue }
            if let key = Key(fileName: hint.key) {
                screen.mark(.key(key), x: x, y: rect.y, width: hintWidth(hint))
            }
            x = screen.put(hint.key, x: x, y: rect.y, style: .key)
            let words = hint.words.isEmpty ? "" : " " + hint.words
            x = screen.put(words, x: x, y: rect.y, style: .dim)
            x += 2
        }
    }

    private static func width(of keys: [(key: String, words: String)]) -> Int {
        keys.reduce(0) { $0 + hintWidth($1) + 2 }
    }

    private static func hintWidth(_ hint: (key: String, words: String)) -> Int {
        TextWidth.columns(of: hint.key)
            + (hint.words.isEmpty ? 0 : 1 + TextWidth.columns(of: hint.words))
    }
}
