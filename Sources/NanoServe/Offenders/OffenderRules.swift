/// When a source of refused frames, or of connections that bring nothing, is an offender, and what is
/// done about it then.
public struct OffenderRules: Equatable, Sendable {
    /// How far the gateway goes. Each does what those before it do too.
    public enum Action: String, CaseIterable, Sendable {
        /// It tells of offenders.
        case watch
        /// It reads from them more and more slowly.
        case slow
        /// It closes their connections, and lets no others in for a time.
        case block
    }

    public var action = Action.watch
    /// Refused frames of a source within a minute from which it floods.
    public var slowAfter = 600
    /// Refused frames of a source within a minute from which it is blocked.
    public var blockAfter = 3_000
    /// Connections of a source within a minute that brought no genuine frame, from which it flaps and
    /// is blocked.
    public var flapAfter = 120
    /// Seconds of a first block; each further one within a day is twice as long.
    public var blockSeconds = 300
    /// Seconds of a block, at most.
    public var maximumBlockSeconds = 86_400

    /// The rules of a gateway that is told nothing.
    public init() {}
}
