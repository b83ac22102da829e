import NanoCore

/// The line on top: who, whether it works, since when.
enum HeaderView {
    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        guard rect.height > 0 else { return }
        let gateway = model.live.gateway
        var x = screen.put(" nanogridata", x: rect.x, y: rect.y, style: .title)
        x = screen.put("  \(SafeText.escaped(gateway.name))", x: x, y: rect.y, style: .text)
        let (glyph, style) = mark(gateway.state)
        x = screen.put("  \(glyph) \(gateway.state.rawValue)", x: x, y: rect.y, style: style)
        x = screen.put(
            "  \(gateway.devicePort) ▲\(Numbers.grouped(UInt64(model.live.connections.open))) conns",
            x: x, y: rect.y, style: .dim)
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
        } else if let notice = model.notice {
            let text = TextWidth.fitted(" " + SafeText.escaped(notice.text), to: rect.width)
            screen.put(text, x: rect.x, y: rect.y, style: notice.isFault ? .bad : .good)
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
        for binding in hints(in: model.view) {
            let (key, words) = (binding.keys[0].name, hasWords ? " \(binding.short)" : "")
            guard x + key.count + words.count + 2 <= limit else { continue }
            x = screen.put(" \(key)", x: x, y: rect.y, style: .key)
            x = screen.put(words, x: x, y: rect.y, style: .dim)
        }
        screen.put(state, endingAt: end - 1, y: rect.y, style: .warning)
    }

    /// What is worth a hint, help and the way out first.
    private static func hints(in view: ViewKind) -> [KeyMap.Binding] {
        let named = KeyMap.bindings(in: view).filter { !$0.short.isEmpty }
        let first = named.filter { [.help, .quit].contains($0.action) }
        return first + named.filter { ![.help, .quit].contains($0.action) }
    }

    private static func frozen(_ model: ConsoleModel) -> String {
        let age = model.live.gateway.uptimeSeconds - model.shown.gateway.uptimeSeconds
        let missed = model.live.ledger.received &- model.shown.ledger.received
        return "‖ frozen \(Numbers.duration(age)), +\(Numbers.grouped(missed)) since"
    }
}
