import NanoCore

@testable import NanoTUI

/// A device of the sample gateway that measures its climate, and is refused now and then.
enum SampleDevice {
    static let name = DeviceName(.asicMulti, "ASIC-007")

    /// The sample's snapshot with the device in it; it sends a packet a second.
    static func snapshot(
        second: Int, parts: SnapshotParts = [.devices, .packets, .rejections, .log, .audit]
    ) -> Snapshot {
        var snapshot = SampleGateway.snapshot(second: second, parts: parts)
        for index in snapshot.models.indices where snapshot.models[index].id == name.model {
            snapshot.models[index].keying = .device
            snapshot.models[index].profile = .asicMulti
        }
        snapshot.secrets.append(
            SecretSnapshot(
                model: name.model, generation: 2, state: .previous, fingerprint: "0000",
                createdUnixMilliseconds: 0,
                validUntilUnixMilliseconds: SampleGateway.unixMilliseconds + 86_490_000,
                origin: "keystore"))
        snapshot.anomalies = [
            AnomalySnapshot(
                kind: .clockDrift, devices: 1,
                examples: [
                    .init(model: name.model, device: name.id, evidence: "12 s off, usually 1 s")
                ])
        ]
        if parts.contains(.devices) { snapshot.devices.append(device(second)) }
        if parts.contains(.packets) {
            snapshot.packets += (max(1, second - 39)...second).map(packet)
        }
        if parts.contains(.rejections) {
            snapshot.rejections += (1...second).filter { $0 % 20 == 0 }.map(rejection)
        }
        return snapshot
    }

    private static func device(_ second: Int) -> DeviceSnapshot {
        var device = DeviceSnapshot(model: name.model, id: name.id)
        device.address = "10.0.7.7:40100"
        device.firstAddress = "10.0.7.9:40022"
        device.accepted = UInt64(second * 3 / 2)
        device.bytes = device.accepted * 180
        device.refused = UInt64(second / 20)
        device.packetsPerSecond = 1.5
        device.firstSeenUnixMilliseconds = SampleGateway.unixMilliseconds + 1_000
        device.lastSeenUnixMilliseconds = SampleGateway.unixMilliseconds + Int64(second) * 1_000
        device.clockOffsetSeconds = -12
        device.generation = 2
        device.standing = .known
        return device
    }

    static func packet(_ second: Int) -> PacketRecord {
        record(second, id: UInt64(2_000_000 + second), refusal: nil)
    }

    private static func rejection(_ second: Int) -> PacketRecord {
        record(
            second, id: UInt64(3_000_000 + second),
            refusal: Refusal(.replay, .otherAddress, offset: 14))
    }

    private static func record(_ second: Int, id: UInt64, refusal: Refusal?) -> PacketRecord {
        let frame = FrameBuilder(
            model: name.model, type: .telemetry, level: .high,
            timestamp: UInt32(SampleGateway.unixMilliseconds / 1_000) + UInt32(second)
        ).build(payload: payload(second), key: HMACKey(secret: (0..<32).map { UInt8($0) }))
        return PacketRecord(
            id: id, unixMilliseconds: SampleGateway.unixMilliseconds + Int64(second) * 1_000,
            address: "10.0.7.7:40100", bytes: frame, refusal: refusal, model: name.model,
            deviceID: name.id)
    }

    /// The last sensor's name and unit are hostile.
    private static func payload(_ second: Int) -> [UInt8] {
        var writer = CBORWriter()
        writer.map(2)
        writer.text("device_id")
        writer.text(name.id)
        writer.text("sensors")
        writer.array(3)
        let wave = Double(abs(second % 20 - 10))
        let sensors = [
            ("temperature", "C", 20 + wave / 4), ("humidity", "%", 60 - wave * 1.5),
            ("\u{1B}[31mevil\u{202E}", "\u{7}x", -wave),
        ]
        for (type, unit, value) in sensors {
            writer.map(3)
            writer.text("type")
            writer.text(type)
            writer.text("unit")
            writer.text(unit)
            writer.text("entries")
            writer.array(1)
            writer.map(2)
            writer.text("ts")
            writer.unsigned(UInt64(second))
            writer.text("value")
            writer.double(value)
        }
        return writer.bytes
    }
}

extension ConsoleModel {
    /// A console that has watched the sample gateway with that device for a minute and a half.
    static let sampleWithDevice: ConsoleModel = {
        var model = ConsoleModel(themeName: "dusk")
        for second in 1...90 {
            model.receive(SampleDevice.snapshot(second: second, parts: model.parts))
        }
        return model
    }()

    /// Opens the sample device by its command.
    mutating func openSampleDevice() -> [Effect] {
        press(.character(":"))
        receive(SampleDevice.snapshot(second: 90, parts: parts))
        type("device 0x30 ASIC-007")
        let effects = press(.enter)
        receive(SampleDevice.snapshot(second: 90, parts: parts))
        return effects
    }
}
