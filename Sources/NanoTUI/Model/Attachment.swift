public import NanoCore

/// How a console and its gateway belong together.
public enum Attachment: Sendable {
    /// In one process: they end together.
    case none
    /// The same, and the gateway refuses every command of this console.
    case lookingInside
    /// The gateway is another process, which runs on when the console ends.
    case steering
    /// The same, and another console steers: the gateway refuses every command until this one asks to
    /// steer, too.
    case beside
    /// The gateway refuses every command of this console.
    case looking
    /// What was recorded of a gateway.
    case playing

    public init(_ standing: ConsoleStanding) {
        switch standing {
        case .steers: self = .steering
        case .beside: self = .beside
        case .looks: self = .looking
        }
    }

    /// Whether there is nothing that could be changed.
    var changesNothing: Bool {
        switch self {
        case .none, .steering: false
        case .lookingInside, .beside, .looking, .playing: true
        }
    }

    /// Whether the gateway ends with the console.
    var endsGateway: Bool { self == .none || self == .lookingInside }

    /// What tells of the gateway where no console can be drawn.
    var substitute: String {
        switch self {
        case .none, .lookingInside: "`nanogridata serve`, or the console with `--linear`"
        case .playing, .steering, .beside, .looking: "the same with `--linear`"
        }
    }
}
