import NanoCore

/// The line on top: who, whether it works, since when.
enum HeaderView {
    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        guard rect.height > 0 else { return }
        let gateway = model.live.gateway
        let (glyph, style) = mark(gateway.state)
        let connections = Numbers.grouped(UInt64(model.live.connections.open))
        let parts: [(text: String, style: Style)] = [
            (" nanogridata", .title), ("  \(gateway.name)", .text),
            ("  \(glyph) \(gateway.state.rawValue)", style),
            ("  \(gateway.devicePort) ▲\(connections) conns", .dim),
        ]
        var x = rect.x
        for part in parts {
            // Part of a number is another number.
            let text = TextWidth.fitted(part.text, to: rect.width)
            guard x + TextWidth.columns(of: text) <= rect.x + rect.width else { break }
            x = screen.put(text, x: x, y: rect.y, style: part.style)
        }
        let clock = Numbers.clock(unixMilliseconds: gateway.unixMilliseconds) + "Z"
        let facts = [
            "up \(Numbers.duration(gateway.uptimeSeconds))",
            Numbers.bytes(gateway.residentBytes), "theme \(model.themeName)", clock,
        ]
        // From the right, as far as there is room.
        for count in (1...facts.count).reversed() {
            let text = facts.suffix(count).joined(separator: "   ") + " "
            guard x + 2 + TextWidth.columns(of: text) <= rect.x + rect.width else { continue }
            screen.put(text, endingAt: rect.x + rect.width, y: rect.y, style: .dim)
            return
        }
    }

    private static func mark(_ state: GatewaySnapshot.State) -> (String, Style) {
        switch state {
        case .running: ("●", .good)
        case .starting, .draining: ("◌", .warning)
        case .blocked: ("✗", .bad)
        }
    }
}

/// The line at the bottom: what was done last, or the keys that work here.
enum FooterView {
    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        guard rect.height > 0 else { return }
        if case .filter(let text) = model.overlay {
            drawPrompt(text, in: rect, on: &screen)
        } else if let notice = model.notice, NoticeView.fits(notice.text, in: rect) {
            let style: Style = notice.isFault ? .bad : .good
            screen.put(" " + notice.text, x: rect.x, y: rect.y, style: style)
        } else {
            drawKeys(model, in: rect, on: &screen)
        }
    }

    private static func drawPrompt(_ text: String, in rect: Rect, on screen: inout Screen) {
        let fault = Filter(text).fault
        var x = screen.put(" /", x: rect.x, y: rect.y, style: .key)
        x = screen.put(text, x: x, y: rect.y, style: fault == nil ? .good : .bad)
        screen.put("▏", x: x, y: rect.y, style: .accent)
        guard let fault else { return }
        let width = TextWidth.columns(of: fault) + 1
        guard x + 3 + width <= rect.x + rect.width else { return }
        screen.put(fault + " ", endingAt: rect.x + rect.width, y: rect.y, style: .dim)
    }

    private static func drawKeys(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        var x = rect.x + 1
        let end = rect.x + rect.width
        let state = model.isFrozen ? frozen(model) : ""
        let limit = end - (state.isEmpty ? 0 : TextWidth.columns(of: state) + 2)
        for view in ViewKind.allCases {
            let isHere = view == model.view
            let width = TextWidth.columns(of: view.title) + 3
            guard x + width <= limit else { break }
            x = screen.put("\(view.rawValue)", x: x, y: rect.y, style: .key)
            x = screen.put(" \(view.title) ", x: x, y: rect.y, style: isHere ? .title : .dim)
        }
        // Where there is no room for words the keys alone have to do.
        let hasWords = limit - x >= 40
        for binding in KeyMap.hints(in: model.view) {
            let (key, words) = (binding.keys[0].name, hasWords ? " \(binding.short)" : "")
            guard x + key.count + words.count + 2 <= limit else { continue }
            x = screen.put(" \(key)", x: x, y: rect.y, style: .key)
            x = screen.put(words, x: x, y: rect.y, style: .dim)
        }
        screen.put(state, endingAt: end - 1, y: rect.y, style: .warning)
    }

    private static func frozen(_ model: ConsoleModel) -> String {
        let age = model.live.gateway.uptimeSeconds - model.shown.gateway.uptimeSeconds
        let missed = model.live.ledger.received &- model.shown.ledger.received
        return "‖ frozen \(Numbers.duration(age)), +\(Numbers.grouped(missed)) since"
    }
}
