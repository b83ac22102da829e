public import NanoCore

/// What a simulated fleet consists of, and where it sends.
public struct FleetConfiguration: Sendable {
    /// The gateway's name or address.
    public var host = "127.0.0.1"
    /// The gateway's TCP port for devices.
    public var port = 5678
    /// Honest devices, each with a connection of its own.
    public var devices = 100
    /// Frames a second that each device sends on average.
    public var ratePerDevice = 1.0
    /// The models' shares of the devices, in any unit.
    public var modelWeights: [ModelID: Double] = [
        .esp32Pressure: 40, .stm32Gas: 25, .asicMulti: 15, .raspberryPi: 15, .custom: 5,
    ]
    /// How often each payload type is sent, in any unit; types that are not named are not sent.
    public var typeWeights: [PayloadType: Double] = [
        .telemetry: 94, .event: 2.5, .configuration: 1.5, .calibration: 1, .command: 1,
    ]
    /// The levels at which models sign; the others at the least that a gateway takes of them, and
    /// one device in twenty at `military`.
    public var levels: [ModelID: SecurityLevel] = [:]
    /// Models whose devices have keys of their own.
    public var keying: [ModelID: Keying] = [:]
    /// Models whose payloads of levels `high` and `military` are encrypted.
    public var encryption: [ModelID: PayloadEncryption] = [:]
    /// Faults in percent of the devices: as many members with them come on top, at least one for
    /// anything above 0.
    public var faults: [FleetFault: Double] = [:]
    /// Everything random depends on it, except for when the network answers.
    public var seed: UInt64 = 1
    /// The models' secrets. A model without one has no devices.
    public var secrets: [ModelID: [UInt8]] = [:]
    /// How the devices speak TLS; nil for without.
    public var tls: FleetTLS?
    /// How long to run; nil for until it is cancelled.
    public var duration: Duration?

    /// A hundred honest devices of all models that have a secret, on this machine.
    public init() {}

    /// Every fault, in shares that an honest fleet is not lost among.
    public static let everyFault: [FleetFault: Double] = [
        .replay: 1, .forged: 0.5, .garbage: 0.2, .slowLoris: 0.1, .clockDrift: 1,
        .wrongGeneration: 0.5, .truncated: 0.1,
    ]

    /// The devices of each model, in the order of the models; they add up to ``devices``.
    var deviceCounts: [(model: ModelID, count: Int)] {
        let shares = modelWeights.filter { secrets[$0.key] != nil && $0.value > 0 }
            .sorted { $0.key < $1.key }
        let total = shares.reduce(0) { $0 + $1.value }
        guard total > 0 else { return [] }
        var (sum, given) = (0.0, 0)
        return shares.map { model, weight in
            sum += weight
            let upTo = Int((Double(devices) * sum / total).rounded())
            defer { given = upTo }
            return (model, upTo - given)
        }
    }

    /// Who comes on top of the honest devices, by fault, in words: `6 with faults (2 replay, …)`;
    /// nil when nobody does.
    public var faultyWords: String? {
        let counts = FleetFault.allCases.map { ($0.rawValue, count(of: $0)) }.filter { $0.1 > 0 }
        guard !counts.isEmpty else { return nil }
        return "\(counts.reduce(0) { $0 + $1.1 }) with faults ("
            + counts.map { "\($0.1) \($0.0)" }.joined(separator: ", ") + ")"
    }

    /// Members with a fault.
    func count(of fault: FleetFault) -> Int {
        guard let percent = faults[fault], percent > 0, devices > 0 else { return 0 }
        return max(1, Int((Double(devices) * percent / 100).rounded()))
    }
}

/// What can be wrong with a fleet.
public enum FleetFault: String, CaseIterable, Sendable {
    /// Sends recorded frames again.
    case replay
    /// Sends frames with a random MAC.
    case forged
    /// Sends noise.
    case garbage
    /// Begins a frame and never comes to its end.
    case slowLoris = "slow-loris"
    /// A device whose clock is hours off.
    case clockDrift = "clock-drift"
    /// Uses a secret that is not valid.
    case wrongGeneration = "wrong-generation"
    /// Closes its connection inside a frame.
    case truncated

    /// Whether it does anything else than a device with a clock of its own.
    var isAttacker: Bool { self != .clockDrift }
}
