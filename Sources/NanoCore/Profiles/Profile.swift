/// What a model's telemetry has to hold (`docs/protocol.md`, "Profiles").
public enum Profile: UInt8, CaseIterable, Codable, Sendable {
    case esp32Pressure
    case stm32Gas
    case asicMulti
    case raspberryPi
    case custom

    /// The name in configuration and in the database.
    public var name: String {
        switch self {
        case .esp32Pressure: "NANO-ESP32-PRESSURE"
        case .stm32Gas: "NANO-STM32-GAS"
        case .asicMulti: "NANO-ASIC-MULTI"
        case .raspberryPi: "NANO-RASPBERRY-PI"
        case .custom: "NANO-CUSTOM"
        }
    }

    /// The profile with this ``name``.
    public init?(name: String) {
        guard let profile = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = profile
    }

    /// The profile of a built-in model; any other is free-form until configured.
    public static func standard(for model: ModelID) -> Profile {
        switch model {
        case .esp32Pressure: .esp32Pressure
        case .stm32Gas: .stm32Gas
        case .asicMulti: .asicMulti
        case .raspberryPi: .raspberryPi
        default: .custom
        }
    }

    /// Judges a payload in one pass: what it is made of, as ``CBORWalk`` does, and for telemetry
    /// what this profile asks for.
    ///
    /// - Throws: A ``Refusal`` by ``CBORWalk``, or else with ``RefusalReason/profileViolation``,
    ///   naming the field: the first wrong value in reading order, a map's missing fields being
    ///   found at its end. Its offset is the value's, or that of the map which lacks the field.
    public func validate(
        _ bytes: Span<UInt8>, payload: Range<Int>, type: PayloadType
    ) throws(Refusal) {
        guard let shape = shape(for: type) else {
            return try CBORWalk.validate(bytes, payload)
        }
        var judge = ProfileJudge(shape, payload)
        try CBORWalk.validate(bytes, payload, watchedBy: &judge)
        if let violation = judge.violation { throw violation }
    }

    /// The shape of the map at the top; nil where anything goes.
    @inline(always)
    func shape(for type: PayloadType) -> ProfileShape.Name? {
        guard type == .telemetry else { return nil }
        return switch self {
        case .esp32Pressure: .pressure
        case .stm32Gas: .gas
        case .asicMulti: .multi
        case .raspberryPi, .custom: nil
        }
    }
}
