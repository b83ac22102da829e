/// How a console and its gateway belong together.
public enum Attachment: Sendable {
    /// In one process: they end together.
    case none
    /// The gateway is another process, which runs on when the console ends.
    case steering
    /// The same, and the gateway refuses every command of this console.
    case looking
    /// What was recorded of a gateway.
    case playing

    /// Whether there is nothing that could be changed.
    var changesNothing: Bool { self == .looking || self == .playing }
}
