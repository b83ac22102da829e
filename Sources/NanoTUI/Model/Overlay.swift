import NanoCore

/// A question about something that cannot be undone at once. What it is about was fixed when the
/// key was pressed; traffic cannot change it.
struct Confirmation: Sendable {
    var title: String
    /// Paragraphs, which are wrapped to the room there is.
    var text: [String]
    /// The word for doing it.
    var verb: String
    /// What follows from a yes, one after the other.
    var effects: [Effect]
    /// What has to be typed for a yes; nil where a key is enough.
    var typed: TypedConsent?
    /// Cancel is the default.
    var isArmed = false

    init(
        title: String, text: [String], verb: String, effects: [Effect], typed: TypedConsent? = nil
    ) {
        (self.title, self.text, self.verb) = (title, text, verb)
        (self.effects, self.typed) = (effects, typed)
    }

    init(
        title: String, text: [String], verb: String, effect: Effect, typed: TypedConsent? = nil
    ) {
        self.init(title: title, text: text, verb: verb, effects: [effect], typed: typed)
    }

    /// Whether the gateway has to do something for a yes.
    var concernsGateway: Bool {
        effects.contains { effect in
            if case .perform = effect { true } else { false }
        }
    }
}

/// A word that is typed before something happens that nobody should do by a slip of the hand.
struct TypedConsent: Sendable {
    let word: String
    var line = LineEditor(limit: 200)
    /// Whether Enter was pressed on something else.
    var isMistaken = false

    init(word: String) {
        self.word = word
    }

    var isGiven: Bool { line.text == word }
}

/// What lies over the view.
enum Overlay: Sendable {
    case none
    case sheet(Sheet)
    case confirmation(Confirmation)
    case prompt(Prompt)
    /// A filter being typed, and the one that Esc brings back.
    case filter(LineEditor, before: Filter?)
    /// A command being typed.
    case command(LineEditor)
    /// Packets that are to be written, and the format the cursor is on.
    case dump([PacketRecord], DumpFormat)
    /// The same of packets that are to be copied.
    case copy([PacketRecord], CopyForm)

    /// The keys that work while it is there; empty where the view's do.
    var keys: [(key: String, words: String)] {
        switch self {
        case .none, .filter, .prompt, .command: []
        case .sheet: [("↑ ↓", "scroll"), ("Esc", "close")]
        case .confirmation(let confirmation):
            confirmation.typed.map { typed in
                typed.isGiven
                    ? [("Enter", confirmation.verb.lowercased()), ("Esc", "cancel")]
                    : [("type", SafeText.shortened(typed.word, to: 24)), ("Esc", "cancel")]
            } ?? [
                ("Tab", "switch"),
                ("Enter", confirmation.isArmed ? confirmation.verb.lowercased() : "cancel"),
                ("y", confirmation.verb.lowercased()), ("Esc", "cancel"),
            ]
        case .copy: [("Tab", "form"), ("Enter", "copy"), ("Esc", "cancel")]
        case .dump: [("Tab", "format"), ("Enter", "write"), ("Esc", "cancel")]
        }
    }
}
