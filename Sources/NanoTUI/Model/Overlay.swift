import NanoCore

/// A question about something that cannot be undone at once. What it is about was fixed when the
/// key was pressed; traffic cannot change it.
struct Confirmation: Sendable {
    var title: String
    var lines: [String]
    /// The word for doing it.
    var verb: String
    var effect: Effect
    /// Cancel is the default.
    var isArmed = false
}

/// What lies over the view.
enum Overlay: Sendable {
    case none
    case help
    case confirmation(Confirmation)
    /// The text of a filter being typed.
    case filter(String)
    /// Packets that are to be written, and the format the cursor is on.
    case dump([PacketRecord], DumpFormat)
}
