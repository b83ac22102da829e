import NanoCore

/// What is chosen for all devices of a model, not left to each.
struct DeviceHabits: Sendable {
    /// Nil for the model's usual one.
    var level: SecurityLevel?
    /// The types that are sent, with how often each, in any unit.
    var types: [(type: PayloadType, weight: Double)]
    var keying: Keying
    var encryption: PayloadEncryption

    /// What a configuration says for a model.
    init(of model: ModelID, in configuration: FleetConfiguration = FleetConfiguration()) {
        level = configuration.levels[model]
        keying = configuration.keying[model] ?? .model
        encryption = configuration.encryption[model] ?? .none
        types = PayloadType.allCases.compactMap { type in
            configuration.typeWeights[type].map { (type, $0) }
        }
    }

    /// A type, as often as its weight says.
    func type(_ random: inout SplitMix64) -> PayloadType {
        var left = random.unit() * types.reduce(0) { $0 + $1.weight }
        for (type, weight) in types {
            left -= weight
            if left < 0 { return type }
        }
        return .telemetry
    }
}

/// A device without its connection: what it measures, and the frames it makes of that.
///
/// Its frames depend on its seed and the times it is asked for them alone.
struct SimulatedDevice: Sendable {
    let model: ModelID
    let id: String
    let level: SecurityLevel
    private let lab: String
    private let habits: DeviceHabits
    private let keys: DeviceKeys
    /// Seconds that its clock is ahead.
    private let clockOffset: Double
    private var sequence: UInt32 = 0
    private var sensors: SensorSet
    private var random: SplitMix64

    /// - Parameters:
    ///   - number: Of the device among its model's; part of its name.
    ///   - isClockWrong: Whether its clock is further off than a gateway takes.
    init(
        model: ModelID, number: Int, secret: [UInt8], habits: DeviceHabits? = nil,
        isClockWrong: Bool = false,
        random: SplitMix64
    ) {
        var random = random
        self.model = model
        let habits = habits ?? DeviceHabits(of: model)
        self.habits = habits
        let digits = String(number)
        let name = model.family ?? "M" + model.hexadecimal.uppercased()
        id = name + "-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        lab = "LAB-0\(1 + random.next() % 4)"
        keys = DeviceKeys(
            secret: secret, model: model, device: id, keying: habits.keying,
            encryption: habits.encryption)
        let usual = ModelKeys.defaultMinimumLevel(for: model)
        let own = random.happens(0.05) ? SecurityLevel.military : usual
        level = habits.level ?? own
        clockOffset = Self.clockOffset(isWrong: isClockWrong, &random)
        sensors = SensorSet(model: model, random: &random)
        self.random = random
    }

    /// Some seconds for a good clock; hours behind, or minutes ahead, for a bad one.
    private static func clockOffset(isWrong: Bool, _ random: inout SplitMix64) -> Double {
        guard isWrong else { return random.number(in: -2...2) }
        return random.happens(0.3)
            ? random.number(in: 180...3_600) : random.number(in: -80_000 ... -7_200)
    }

    /// The next frame at a time in Unix seconds. No two of a device are alike.
    mutating func frame(at seconds: Double) -> [UInt8] {
        sequence &+= 1
        let own = UInt32(max(1, seconds + clockOffset))
        let envelope = SensorSet.Envelope(
            device: id, lab: lab, timestamp: own, sequence: sequence)
        let type = habits.type(&random)
        let payload =
            type == .telemetry
            ? sensors.telemetry(envelope, random: &random) : notice(type, envelope)
        return FrameBuilder(model: model, type: type, level: level, timestamp: own)
            .build(payload: payload, keys: keys, nonce: random.bytes(SealedPayload.nonceLength))
    }

    private mutating func notice(
        _ type: PayloadType, _ envelope: SensorSet.Envelope
    ) -> [UInt8] {
        var writer = CBORWriter()
        writer.map(6)
        writer.envelope(envelope)
        switch type {
        case .event:
            let events = ["threshold_exceeded", "door_opened", "battery_low", "self_test_passed"]
            writer.text("event")
            writer.text(events[Int(random.next() % UInt64(events.count))])
            writer.text("severity")
            writer.text(random.happens(0.1) ? "warning" : "info")
        case .configuration:
            writer.text("firmware")
            writer.text("2.4.1")
            writer.text("interval_s")
            writer.unsigned(1 + random.next() % 60)
        case .calibration:
            writer.text("offset")
            writer.double(random.number(in: -0.5...0.5))
            writer.text("slope")
            writer.double(random.number(in: 0.98...1.02))
        case .command, .telemetry:
            writer.text("command")
            writer.text("set_interval")
            writer.text("result")
            writer.text("ok")
        }
        return writer.bytes
    }

    /// The next frame as somebody without the secret makes it: with a random MAC.
    mutating func forgedFrame(at seconds: Double) -> [UInt8] {
        let frame = frame(at: seconds)
        return frame.dropLast(level.macLength) + random.bytes(level.macLength)
    }

    /// Bytes that don't begin a frame.
    mutating func garbage() -> [UInt8] {
        [0] + random.bytes(16 + Int(random.next() % 200))
    }

    /// A part of the next frame, without its end.
    mutating func truncatedFrame(at seconds: Double) -> [UInt8] {
        let frame = frame(at: seconds)
        return Array(frame.prefix(1 + Int(random.next() % UInt64(frame.count - 1))))
    }
}
