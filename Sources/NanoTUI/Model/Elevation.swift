import NanoCore

/// A console that looks while another steers.
extension ConsoleModel {
    /// Takes note of what the gateway lets this console do.
    mutating func take(_ standing: ConsoleStanding) {
        let before = attachment
        attachment = Attachment(standing)
        if case .beside(let steerer) = standing, before == .steering {
            say(Self.words(ofSteerer: steerer), isFault: true)
        }
    }

    /// What a console says that looks.
    ///
    /// - Parameter name: Who steers; nil where nobody does.
    public static func words(ofSteerer name: String?) -> String {
        let steerer = name.map { "\(SafeText.shortened($0, to: 60)) steers" } ?? "read-only"
        return "\(steerer); this console looks until you elevate it with E"
    }

    mutating func askToElevate() {
        overlay = .confirmation(
            Confirmation(
                title: "Steer this gateway, too?",
                text: [
                    "Another console steers it, or did. What both do is done in the order in which it "
                        + "comes.",
                    "That this console is elevated stands in the audit trail.",
                ], verb: "Steer", effect: .perform(.elevate)))
    }
}
