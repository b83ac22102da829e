import NanoCore

/// What the mouse does. It selects, opens and leads about; nothing is changed by it, and no question is
/// answered with yes.
extension ConsoleModel {
    /// Rows that one turn of the wheel moves by.
    private static let wheelRows = 3

    mutating func toggleMouse() {
        lasting.isMouseOn.toggle()
        say(
            lasting.isMouseOn
                ? "the mouse works here; O gives it back to the terminal, to select text with"
                : "the mouse is the terminal's again, to select text with")
    }

    mutating func take(_ event: MouseEvent) -> [Effect] {
        guard lasting.isMouseOn else { return [] }
        switch event.kind {
        case .wheelUp: return turnWheel(.up)
        case .wheelDown: return turnWheel(.down)
        case .press: break
        }
        guard let spot = hotspots.last(where: { $0.contains(event) }) else { return [] }
        switch (overlay, spot.target) {
        case (.none, .row(let id)): return click(id)
        case (.none, .key(let key)), (.sheet, .key(let key)): return click(key)
        case (.confirmation(let question), .answer(let isYes)): choose(isYes, of: question)
        default: break
        }
        return []
    }

    private mutating func turnWheel(_ key: Key) -> [Effect] {
        switch overlay {
        case .none:
            for _ in 0..<Self.wheelRows { _ = perform(key == .up ? .moveUp : .moveDown) }
        case .sheet: for _ in 0..<Self.wheelRows { read(key) }
        default: break
        }
        return []
    }

    /// The first click on a row selects it, the second opens it.
    private mutating func click(_ id: RowID) -> [Effect] {
        guard opened == nil, let index = rowIDs.firstIndex(of: id) else { return [] }
        guard clicked == id, cursor == index else {
            lists[view, default: ListState()].select(index, in: rowIDs)
            clicked = id
            return []
        }
        clicked = nil
        return open()
    }

    /// A click on the name of a key is that key, unless it would change something at once.
    private mutating func click(_ key: Key) -> [Effect] {
        var next = self
        let effects = next.handle(key)
        guard effects.allSatisfy(\.isHarmless) else {
            say("a click changes nothing; press \(key.name)")
            return []
        }
        self = next
        return effects
    }

    /// A click on Cancel is one. One on the other button only chooses it: Enter does it.
    private mutating func choose(_ isYes: Bool, of question: Confirmation) {
        var question = question
        question.isArmed = isYes
        overlay = isYes ? .confirmation(question) : .none
    }
}

extension Effect {
    /// Whether nothing is changed by it, and the console goes on.
    fileprivate var isHarmless: Bool {
        switch self {
        case .perform(.follow): true
        case .perform, .copy, .save, .quit: false
        case .nextTheme, .theme, .remember, .repaint: true
        }
    }
}
