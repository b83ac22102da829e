/// The time behind an unclean end in which nothing can be accepted: the replay memory was lost, and
/// what the gateway before may have accepted has to stay refused (`docs/protocol.md`, "Replay").
public struct ReplayLoss: Codable, Equatable, Sendable {
    /// Frames with this timestamp, in Unix seconds, or an older one are refused.
    public let refusedUpTo: Int64
    /// Seconds until a frame from a right clock is accepted; at least 1.
    public let secondsLeft: Int64

    /// - Parameter forgotten: The newest timestamp that the replay guard forgot; nil for none.
    /// - Returns: Nil when a frame that a right clock stamps now can be accepted. Devices whose
    ///   clocks lag may still be refused then.
    public init?(forgotten: UInt32?, unixSeconds now: Int64) {
        guard let forgotten, now <= Int64(forgotten) else { return nil }
        refusedUpTo = Int64(forgotten)
        secondsLeft = refusedUpTo - now + 1
    }

    /// What is refused, and for how long.
    public var sentence: String {
        let time = Timestamp.iso8601((refusedUpTo + 1) * 1_000).dropFirst(11).prefix(8)
        return "the replay memory was lost: frames sent before \(time)Z are refused, "
            + PlainWords.time(seconds: Double(secondsLeft)) + " left"
    }
}
