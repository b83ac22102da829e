import NanoCore
import NanoTUI

/// A gateway as the pictures show it: the same at every run.
enum SampleGateway {
    static let unixMilliseconds: Int64 = 1_767_225_600_000

    /// The snapshot after so many seconds of steady traffic, with the parts that were asked for.
    static func snapshot(
        second: Int, parts: SnapshotParts = [.devices, .packets, .rejections, .log, .audit]
    ) -> Snapshot {
        var snapshot = Snapshot()
        let seconds = UInt64(second)
        snapshot.gateway.name = "lab-gw-01"
        snapshot.gateway.version = "0.1.0"
        snapshot.gateway.state = .running
        snapshot.gateway.devicePort = 5_678
        snapshot.gateway.monitorPort = 5_679
        snapshot.gateway.graceHours = 72
        snapshot.gateway.drainSeconds = 5
        snapshot.gateway.unixMilliseconds = unixMilliseconds + Int64(second) * 1_000
        snapshot.gateway.uptimeSeconds = Double(second)
        snapshot.gateway.residentBytes = 58_600_000
        snapshot.gateway.cpuSeconds = 0.12 * Double(second)
        snapshot.connections.open = 1_024
        snapshot.ledger.accepted = 9_987 * seconds
        snapshot.ledger.refusedByReason[Int(RefusalReason.replay.rawValue)] = 31 * seconds
        snapshot.ledger.refusedByReason[Int(RefusalReason.macMismatch.rawValue)] = 9 * seconds
        snapshot.ledger.refusedByReason[Int(RefusalReason.timestampDrift.rawValue)] = 3 * seconds
        snapshot.ledger.received = snapshot.ledger.accepted + 43 * seconds
        snapshot.ledger.bytes = snapshot.ledger.received * 145
        snapshot.models = [
            model(.esp32Pressure, "ESP32", 612, 6_021 * seconds, replays: 2 * seconds),
            model(.stm32Gas, "STM32", 310, 3_012 * seconds, replays: 0),
            model(.asicMulti, "ASIC", 98, 954 * seconds, replays: 29 * seconds),
        ]
        snapshot.routes = routes(seconds)
        snapshot.deviceCount = devices(1).count
        if parts.contains(.devices) { snapshot.devices = devices(seconds) }
        if parts.contains(.packets) { snapshot.packets = packets(second) }
        if parts.contains(.rejections) { snapshot.rejections = rejections(second) }
        snapshot.registry = registry(seconds, parts)
        snapshot.offenders = offenders
        snapshot.secrets = secrets
        snapshot.alarms = alarms
        snapshot.endedAlarms = endedAlarms
        if parts.contains(.audit) { snapshot.audit = audit }
        if parts.contains(.log) { snapshot.log = log }
        return snapshot
    }

    private static func model(
        _ id: ModelID, _ name: String, _ devices: Int, _ accepted: UInt64, replays: UInt64
    ) -> ModelSnapshot {
        var model = ModelSnapshot(id: id)
        model.name = name
        model.minimumLevel = ModelKeys.defaultMinimumLevel(for: id)
        model.devices = devices
        model.accepted = accepted
        model.refusedByReason[Int(RefusalReason.replay.rawValue)] = replays
        return model
    }

    private static func routes(_ seconds: UInt64) -> [RouteSnapshot] {
        var alba = RouteSnapshot(name: "alba")
        alba.devices = 312
        alba.endpoint = "http://alba:5555/telemetry/ingest"
        (alba.state, alba.accepted, alba.inFlight) = (.flowing, 9_033 * seconds, 8)
        alba.delivered = alba.accepted - alba.inFlight
        alba.answer.count = alba.delivered
        (alba.concurrencyLimit, alba.concurrencyCeiling) = (16, 16)
        (alba.answer.p50Microseconds, alba.answer.p99Microseconds) = (900, 2_100)
        var cycle = RouteSnapshot(name: "cycle")
        cycle.endpoint = "http://cycle:5556/telemetry/ingest"
        (cycle.state, cycle.accepted, cycle.waiting) = (.paused, 12_031, 12_031)
        cycle.oldestSeconds = 252
        (cycle.concurrencyLimit, cycle.concurrencyCeiling) = (16, 16)
        var influx = RouteSnapshot(name: "influx")
        influx.endpoint = "http://influx:8086"
        (influx.state, influx.waiting) = (.retrying, 381 + 87 * seconds)
        influx.accepted = influx.waiting + 1
        (influx.inFlight, influx.retries, influx.oldestSeconds) = (1, 12, 62)
        (influx.concurrencyLimit, influx.concurrencyCeiling) = (1, 16)
        (influx.breaker, influx.probeInSeconds) = (.open, 3.2)
        influx.lastError = "timeout after 2,000 ms"
        alba.newestDeadLetters = deadLetters()
        alba.highestDeadLetter = 30
        alba.deadLetters = 1_734
        alba.accepted += alba.deadLetters
        return [alba, cycle, influx]
    }

    /// What the newest one's device and destination say is hostile.
    private static func deadLetters() -> [DeadLetterSnapshot] {
        (1...30).map { index in
            var letter = DeadLetterSnapshot(
                id: "10-6955b900-df3b3316f001d77970ea65e8a29b3142", model: .esp32Pressure,
                unixMilliseconds: unixMilliseconds + Int64(index) * 1_000,
                error: index == 30 ? "400 \u{1B}[31mBad" : "422 Unprocessable Content",
                reason: index == 30 ? "\u{202E}lab" : "lab_id LAB-HETZNER-07 is not known here")
            letter.number = Int64(index)
            letter.device = index == 30 ? "\u{1B}[2Jevil\u{202E}" : "ESP32-0\(index + 10)"
            letter.receivedUnixMilliseconds = letter.unixMilliseconds - 40
            letter.attempts = index % 3 + 1
            letter.isToBeRedriven = index == 27
            letter.payload = "{\"device_id\":\"ESP32-0\(index + 10)\",\"pressure_pa\":101325}"
            return letter
        }
    }

    /// The last one's id is hostile.
    private static func devices(_ seconds: UInt64) -> [DeviceSnapshot] {
        let ids = (1...40).map { "ESP32-0\($0 < 10 ? "0" : "")\($0)" } + ["\u{1B}[2Jevil\u{202E}"]
        return ids.enumerated().map { index, id in
            var device = DeviceSnapshot(model: .esp32Pressure, id: id)
            device.address = "10.0.4.\(index + 1):50112"
            device.accepted = UInt64(index + 1) * seconds
            device.refused = UInt64(index % 3)
            device.packetsPerSecond = Double(index + 1)
            device.firstSeenUnixMilliseconds = unixMilliseconds
            device.lastSeenUnixMilliseconds = unixMilliseconds + Int64(seconds) * 1_000
            device.clockOffsetSeconds = Double(index - 20)
            return device
        }
    }

    /// The second that waits has a hostile id.
    private static func registry(_ seconds: UInt64, _ parts: SnapshotParts) -> RegistrySnapshot {
        var registry = RegistrySnapshot()
        (registry.isClosed, registry.known, registry.waiting, registry.blocked) = (true, 41, 2, 1)
        guard parts.contains(.devices) else { return registry }
        registry.rows = ["ESP32-077", "\u{1B}[31mnew\u{202E}"].map { id in
            var row = RegistryRow(name: DeviceName(.esp32Pressure, id))
            row.address = "10.0.4.99:40100"
            row.frames = 2 * seconds
            row.generation = 4
            row.firstSeenUnixMilliseconds = unixMilliseconds
            row.lastSeenUnixMilliseconds = unixMilliseconds + Int64(seconds) * 1_000
            return row
        }
        registry.rows.append(
            RegistryRow(name: DeviceName(.stm32Gas, "STM32-666"), standing: .blocked))
        return registry
    }

    private static let offenders: OffendersSnapshot = {
        var blocked = OffenderSnapshot(source: "10.0.4.66")
        (blocked.state, blocked.isFlooding, blocked.refusedPerMinute) = (.blocked, true, 4_100)
        blocked.refused = 9_000
        blocked.reasons = [RefusalCount(.macMismatch, 9_000)]
        blocked.sinceUnixMilliseconds = unixMilliseconds + 60_000
        blocked.untilUnixMilliseconds = unixMilliseconds + 360_000
        var slowed = OffenderSnapshot(source: "10.0.4.17")
        (slowed.state, slowed.isFlooding, slowed.isShared) = (.slowed, true, true)
        (slowed.refusedPerMinute, slowed.connectionsPerMinute) = (1_240, 12)
        slowed.reasons = [RefusalCount(.replay, 2_000)]
        slowed.sinceUnixMilliseconds = unixMilliseconds
        var offenders = OffendersSnapshot()
        offenders.rows = [blocked, slowed]
        (offenders.offending, offenders.blocked) = (1, 1)
        return offenders
    }()

    private static func packets(_ second: Int) -> [PacketRecord] {
        (0..<30).map { index in
            PacketRecord(
                id: UInt64(second * 30 + index),
                unixMilliseconds: unixMilliseconds + Int64(second) * 1_000,
                address: "10.0.4.17:50112", bytes: frame(device: "ESP32-017", pascal: 101_325),
                model: .esp32Pressure, deviceID: "ESP32-017")
        }
    }

    private static func rejections(_ second: Int) -> [PacketRecord] {
        (0..<12).map { index in
            var bytes = frame(device: "ESP32-017", pascal: UInt32(100_000 + index))
            bytes[bytes.count - 1] ^= 0xFF
            let refusal =
                index % 3 == 0
                ? Refusal(.replay, .otherAddress, offset: bytes.count - 16)
                : Refusal(.macMismatch, observed: .unsigned(16), offset: bytes.count - 16)
            return PacketRecord(
                id: UInt64(1_000_000 + second * 12 + index),
                unixMilliseconds: unixMilliseconds + Int64(second) * 1_000,
                address: "10.0.4.17:50112", bytes: bytes, refusal: refusal,
                model: .esp32Pressure, deviceID: "ESP32-017",
                diagnosis: refusal.reason == .macMismatch
                    ? "valid under a retired secret (generation 3): this device has not been updated"
                    : nil)
        }
    }

    private static func frame(device: String, pascal: UInt32) -> [UInt8] {
        var writer = CBORWriter()
        writer.map(2)
        writer.text("device_id")
        writer.text(device)
        writer.text("pressure_pa")
        writer.unsigned(UInt64(pascal))
        return FrameBuilder(
            model: .esp32Pressure, type: .telemetry, level: .standard,
            timestamp: UInt32(unixMilliseconds / 1_000)
        ).build(
            payload: writer.bytes, key: HMACKey(secret: (0..<32).map { UInt8($0) }))
    }

    private static let secrets = zip(generations, [812, 3, 211]).map { generation, devices in
        var secret = generation
        secret.devices = devices
        return secret
    }

    private static let generations = [
        SecretSnapshot(
            model: .esp32Pressure, generation: 4, state: .current, fingerprint: "9f86d081884c7d65",
            createdUnixMilliseconds: unixMilliseconds - 240_000, validUntilUnixMilliseconds: nil,
            origin: "keystore"),
        SecretSnapshot(
            model: .esp32Pressure, generation: 3, state: .previous,
            fingerprint: "60303ae22b998861", createdUnixMilliseconds: unixMilliseconds - 9_000_000,
            validUntilUnixMilliseconds: unixMilliseconds + 258_960_000, origin: "environment"),
        SecretSnapshot(
            model: .stm32Gas, generation: 1, state: .current, fingerprint: "fd61a03af4f77d87",
            createdUnixMilliseconds: unixMilliseconds - 9_000_000, validUntilUnixMilliseconds: nil,
            origin: "environment"),
    ]

    private static var alarms: [AlarmSnapshot] {
        var replay = AlarmSnapshot(
            id: "replay/0x30", severity: .warning, unixMilliseconds: unixMilliseconds - 33_000,
            title: "replay storm",
            text: "0x30 ASIC: 29 frames/s refused; look at the rejections for its source")
        (replay.model, replay.reason) = (.esp32Pressure, .replay)
        var influx = AlarmSnapshot(
            id: "route/influx", severity: .critical, unixMilliseconds: unixMilliseconds - 141_000,
            title: "influx fails",
            text: "timeout after 2,000 ms; 8,211 packets wait; check the destination")
        influx.route = "influx"
        influx.acknowledgement = AlarmAcknowledgement(
            by: "ann", unixMilliseconds: unixMilliseconds - 90_000)
        return [replay, influx]
    }

    private static var endedAlarms: [AlarmSnapshot] {
        var flood = AlarmSnapshot(
            id: "offenders/flood", severity: .warning, unixMilliseconds: unixMilliseconds - 900_000,
            title: "flood", text: "10.0.4.17 sends 4,100 frames/s; block it")
        flood.endedUnixMilliseconds = unixMilliseconds - 600_000
        return [flood]
    }

    private static let audit = [
        AuditSnapshot(
            number: 41, time: "2025-12-31T23:40:00.000Z", user: "nanogridata", way: "gateway",
            action: "start", target: "lab-gw-01", result: "done",
            sentence: "listening for devices on port 5678"),
        AuditSnapshot(
            number: 43, time: "2025-12-31T23:58:30.000Z", user: "ann", way: "socket",
            action: "acknowledge_alarm", target: "route/influx", result: "done",
            sentence: "influx fails: ann looks after it"),
        AuditSnapshot(
            number: 44, time: "2025-12-31T23:59:02.000Z", user: "root for bob", way: "console",
            action: "revoke_secret", target: "0x30 generation 3", result: "failed",
            sentence: "4 devices of 0x30 have used nothing newer within a day"),
        AuditSnapshot(
            number: 45, time: "2025-12-31T23:59:40.000Z", user: "bob", way: "cli",
            action: "skip_route", target: "cycle", result: "begun", sentence: ""),
    ]

    private static let log = [
        LogLine(
            id: 1, unixMilliseconds: unixMilliseconds, level: "info", label: "gateway",
            message: "listening for devices address=[::]:5678"),
        LogLine(
            id: 2, unixMilliseconds: unixMilliseconds + 1_000, level: "warning",
            label: "route.influx", message: "delivery failed, trying again"),
    ]
}

extension ConsoleModel {
    /// A console that has watched the sample gateway for a minute and a half.
    static let sample: ConsoleModel = {
        var model = ConsoleModel(themeName: "dusk")
        for second in 1...90 { model.receive(SampleGateway.snapshot(second: second)) }
        return model
    }()

    /// What it shows on a screen of this size.
    mutating func picture(_ width: Int, _ height: Int) -> String {
        var screen = Screen(width: width, height: height)
        draw(into: &screen)
        return screen.text
    }

    /// Presses keys one after the other.
    @discardableResult
    mutating func press(_ keys: Key...) -> [Effect] {
        keys.flatMap { handle($0) }
    }

    mutating func type(_ text: String) {
        for character in text { _ = handle(.character(character)) }
    }
}
