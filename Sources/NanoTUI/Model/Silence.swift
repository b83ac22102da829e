import NanoCore

/// A gateway in another process that does not answer.
extension ConsoleModel {
    /// How old what is shown is, where that is because the gateway does not answer: `as of 12 s ago`;
    /// nil otherwise. What was frozen says itself of when it is.
    var oldness: String? {
        guard !isFrozen, live.gateway.state == .unreachable else { return nil }
        return hasPlayedOut ? "as recorded last" : "as of \(silence) ago"
    }

    /// Whether what is played is over: there is no gateway that could answer.
    var hasPlayedOut: Bool {
        attachment == .playing && live.gateway.state == .unreachable
            && live.alarms.contains { $0.id == Self.endOfRecordingID }
    }

    /// The alarm that says so.
    static let endOfRecordingID = "recording"

    /// For how long it has not answered.
    private var silence: String { PlainWords.time(seconds: live.gateway.silentSeconds ?? 0) }

    /// Says that nothing can be done about it.
    ///
    /// - Returns: Whether it does not answer.
    mutating func sayUnanswered() -> Bool {
        guard live.gateway.state == .unreachable else { return false }
        say("not done: the gateway has not answered for \(silence)", isFault: true)
        return true
    }
}
