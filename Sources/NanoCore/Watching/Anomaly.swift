/// How devices can be other than usual.
public enum AnomalyKind: UInt8, CaseIterable, Codable, Sendable {
    /// Not heard for far longer than usual.
    case silence
    /// Sends far more than usual.
    case surge
    /// Its clock has wandered.
    case clockDrift
    /// Its clock was set to another time, or lost it.
    case clockJump
    /// Measures what it usually does not.
    case value
    /// Nothing of it was accepted for far longer than usual, and frames with its name are refused.
    case refused

    /// The name in the API and in metrics.
    public var name: String {
        switch self {
        case .silence: "silence"
        case .surge: "surge"
        case .clockDrift: "clock_drift"
        case .clockJump: "clock_jump"
        case .value: "value"
        case .refused: "refused"
        }
    }

    /// Identity of its alarm.
    package var alarmID: String { "devices/\(name)" }
}

/// Devices that are other than usual in one way.
public struct AnomalySnapshot: Codable, Equatable, Sendable {
    /// One of the devices, with what was found.
    public struct Example: Codable, Equatable, Sendable {
        public var model: ModelID
        /// As sent; hostile text, to be escaped before it is shown.
        public var device: String
        /// What was found, and what is usual; safe to be shown.
        public var evidence: String

        public init(model: ModelID, device: String, evidence: String) {
            self.model = model
            self.device = device
            self.evidence = evidence
        }
    }

    public var kind: AnomalyKind
    /// Devices that it is found of.
    public var devices: Int
    /// The model of all of them; nil where there are several, and of gateways that do not tell.
    public var model: ModelID?
    /// Those that it was found of first, at most ``mostExamples``.
    public var examples: [Example]

    public static let mostExamples = 3

    public init(
        kind: AnomalyKind, devices: Int, model: ModelID? = nil, examples: [Example]
    ) {
        self.kind = kind
        self.devices = devices
        self.model = model
        self.examples = examples
    }
}
