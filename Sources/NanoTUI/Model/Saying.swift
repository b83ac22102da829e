public import NanoCore

/// What is said at the bottom.
extension ConsoleModel {
    /// Says what became of a command.
    public mutating func finish(_ command: Command, _ result: CommandResult) {
        if let expected = expectedWatch,
            command == .provision(expected.model, device: expected.device)
        {
            expectedWatch = nil
            if case .done = result { watch = expected }
        }
        if case .done = result, let change = Change(takingBack: command) {
            lastChange = change
        } else if case .done = result, let words = Change.wordsOfFinal(command) {
            lastFinal = words
        }
        // That its packets are kept is seen where they are.
        if case .follow = command, case .done = result { return }
        if case .countDeadLetters(let route, let query) = command {
            return noteCount(of: query, route, result)
        }
        let details = remarks(on: command)
        switch noteRotation(command, result) {
        case .done(let text): say(text, .done, details)
        case .unchanged(let text): say(text, .remark, details)
        case .counted: break
        case .failed(let text): say(text, .fault, details)
        }
    }

    /// Shows a sentence for some seconds: a remark, or what is wrong.
    ///
    /// - Parameter details: What there is to say beside it, the most important first.
    public mutating func say(_ text: String, details: [String] = [], isFault: Bool = false) {
        say(text, isFault ? .fault : .remark, details)
    }

    /// Uptime of the gateway, in seconds; it goes on while the gateway does not answer.
    var now: Double {
        live.gateway.uptimeSeconds + (live.gateway.silentSeconds ?? 0)
    }

    private mutating func say(_ text: String, _ kind: Notice.Kind, _ details: [String]) {
        let until = now + Notice.seconds
        notice = Notice(text: text, details: details, kind: kind, until: until)
        message = notice
    }

    /// Says of a key that does nothing here where it does something. What was said before can still be read.
    mutating func sayWhere(_ key: Key) {
        let name: String
        switch key {
        case .character, .control: name = key.name
        // Keys that move are tried everywhere.
        default: return
        }
        var text = "\(name) does nothing here; ? shows the keys that do"
        if isSmall {
            text = "\(name) needs 60x16; ? has the keys"
        } else if let (place, short) = keyMap.use(of: key, attachment: attachment) {
            text =
                "\(name) does nothing here; \(short.isEmpty ? "it works" : "\(short) is") in \(place)"
        }
        notice = Notice(text: text, details: [], kind: .remark, until: now + Notice.seconds)
    }

    /// Says which theme is shown now, which a narrow head has no room for.
    mutating func sayTheme() {
        say(hasColors ? "theme \(themeName)" : "theme \(themeName); the terminal shows no colours")
    }

    /// Makes what is wrong with the theme's file the message that is read whole, where nothing newer is.
    mutating func recallThemeFault() {
        guard notice == nil, let themeFault else { return }
        message = Notice(text: themeFault.description, kind: .fault, until: 0)
    }

    mutating func dismissNotice() {
        notice = nil
    }
}
