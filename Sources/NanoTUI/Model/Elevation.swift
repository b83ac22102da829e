import NanoCore

/// A console that looks while another steers.
extension ConsoleModel {
    /// Takes note of what the gateway lets this console do. One that steers no more says so, and asks
    /// nothing that it might not do any more.
    mutating func take(_ standing: ConsoleStanding) {
        let before = attachment
        attachment = Attachment(standing)
        guard before == .steering, attachment != .steering else { return }
        let details = closeQuestion() ? ["what was asked is closed, and not done"] : []
        switch standing {
        case .steers: break
        case .beside(let steerer):
            let who = steerer.map { "\(SafeText.shortened($0, to: 60)) steers" }
            say(
                "\(who ?? "the gateway was started anew"): this console only looks; "
                    + "\(elevationKey) steers again", details: details, isFault: true)
        case .looks:
            say("this console may only look from now on", details: details, isFault: true)
        }
    }

    /// - Returns: Whether one about the gateway was open.
    private mutating func closeQuestion() -> Bool {
        switch overlay {
        case .confirmation(let confirmation):
            guard confirmation.concernsGateway else { return false }
        case .prompt: break
        default: return false
        }
        overlay = .none
        return true
    }

    /// The key that elevates, or the command where no key does.
    private var elevationKey: String {
        keyMap.bindings(in: view, attachment: .beside).first { $0.action == .elevate }?
            .keys.first?.name ?? ":" + Action.elevate.name
    }

    /// Says why a key does nothing that does something for who steers.
    mutating func sayWhyNothing(for key: Key) {
        let action = keyMap.action(for: key, in: view, isSmall: isSmall, attachment: .steering)
        let isElevation =
            action == nil
            && keyMap.action(for: key, in: view, isSmall: isSmall, attachment: .beside) == .elevate
        guard isElevation || action?.isCommand == true else { return sayWhere(key) }
        switch attachment {
        case .none, .steering:
            if isElevation { say("this console steers already") }
        case .beside:
            say("read-only: another console steers; \(elevationKey) steers too", isFault: true)
        case .lookingInside, .looking:
            say("read-only: this console may only look", isFault: true)
        case .playing: say("a recording: nothing of it can be changed", isFault: true)
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
