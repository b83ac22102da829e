import NanoCore

/// A device with keys of its own, for tests of judgement.
struct KeyedDevice {
    var id = "SEALED-1"
    var model = ModelID.custom
    var secret = Scenario.secret
    var encryption = PayloadEncryption.aes256GCM

    var keys: DeviceKeys {
        DeviceKeys(
            secret: secret, model: model, device: id, keying: .device, encryption: encryption)
    }

    /// What a gateway knows of its model, with secrets of former generations.
    func model(former: [[UInt8]] = [], profile: Profile = .custom) -> ModelKeys {
        ModelKeys(
            model: model, name: "sealed", minimumLevel: .standard, profile: profile,
            secrets: [secret] + former, keying: .device, encryption: encryption)
    }

    /// A map of the device's id and a number.
    static func payload(_ id: String, _ number: Int) -> [UInt8] {
        var writer = CBORWriter()
        writer.map(2)
        writer.text("device_id")
        writer.text(id)
        writer.text("seq")
        writer.unsigned(UInt64(number))
        return writer.bytes
    }

    func builder(_ level: SecurityLevel) -> FrameBuilder {
        FrameBuilder(
            model: model, type: .telemetry, level: level, timestamp: UInt32(Judge.unixSeconds))
    }

    func nonce(_ number: Int) -> [UInt8] {
        [UInt8](repeating: 7, count: 11) + [UInt8(truncatingIfNeeded: number)]
    }

    /// A valid frame; the number makes it differ from all others.
    func frame(
        _ number: Int, level: SecurityLevel = .high, payload: [UInt8]? = nil
    ) -> [UInt8] {
        builder(level).build(
            payload: payload ?? Self.payload(id, number), keys: keys, nonce: nonce(number))
    }

    /// A frame with a valid MAC around any payload.
    func signed(_ payload: [UInt8], level: SecurityLevel = .high) -> [UInt8] {
        var plain = self
        plain.encryption = .none
        return builder(level).build(payload: payload, keys: plain.keys, nonce: [])
    }
}
