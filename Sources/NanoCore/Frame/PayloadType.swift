/// What a payload is for (`docs/protocol.md`, "Frame", offset 4).
public enum PayloadType: UInt8, CaseIterable, Sendable {
    case telemetry = 1
    case configuration = 2
    case event = 3
    case command = 4
    case calibration = 5

    /// The name in JSON, metrics and rules.
    public var name: String {
        switch self {
        case .telemetry: "telemetry"
        case .configuration: "config"
        case .event: "event"
        case .command: "command"
        case .calibration: "calibration"
        }
    }

    /// The type with this ``name``, in any case of ASCII letters.
    public init?(name: String) {
        let lowercased = name.lowercased()
        guard let type = Self.allCases.first(where: { $0.name == lowercased }) else { return nil }
        self = type
    }
}
