import NanoCore

/// A question about something that cannot be undone at once. What it is about was fixed when the
/// key was pressed; traffic cannot change it.
struct Confirmation: Sendable {
    var title: String
    /// Paragraphs, which are wrapped to the room there is.
    var text: [String]
    /// The word for doing it.
    var verb: String
    var effect: Effect
    /// Cancel is the default.
    var isArmed = false
}

/// What lies over the view.
enum Overlay: Sendable {
    case none
    case sheet(Sheet)
    case confirmation(Confirmation)
    case prompt(Prompt)
    /// A filter being typed, and the one that Esc brings back.
    case filter(LineEditor, before: Filter?)
    /// Packets that are to be written, and the format the cursor is on.
    case dump([PacketRecord], DumpFormat)

    /// The keys that work while it is there; empty where the view's do.
    var keys: [(key: String, words: String)] {
        switch self {
        case .none, .filter, .prompt: []
        case .sheet: [("↑ ↓", "scroll"), ("Esc", "close")]
        case .confirmation(let confirmation):
            [
                ("Tab", "switch"),
                ("Enter", confirmation.isArmed ? confirmation.verb.lowercased() : "cancel"),
                ("y", confirmation.verb.lowercased()), ("Esc", "cancel"),
            ]
        case .dump: [("Tab", "format"), ("Enter", "write"), ("Esc", "cancel")]
        }
    }
}
