import Foundation
import NanoCore
import TestProcesses
import Testing

@Suite struct EncryptionTests {
    private static let configuration = """
        models:
          0x10: {keying: device, encryption: aes-256-gcm, minimum_level: high}
          0x20: {keying: device}
        """
    private static let options = [
        "--models", "0x10:1,0x20:1", "--keying", "0x10=device", "--keying", "0x20=device",
        "--encryption", "0x10=aes-256-gcm", "--levels", "0x10:high,0x20:standard",
    ]

    private func configurationFile() throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(
            path: "nanogridata-\(UUID().uuidString).yaml")
        try Data(Self.configuration.utf8).write(to: file)
        return file.path()
    }

    @Test func `encrypted packets are kept and delivered opened, over a restart too`() async throws
    {
        let arguments = ["--config", try configurationFile()]
        let nobody = "http://127.0.0.1:\(try FreePort.next())"
        let first = try await RunningGateway(
            embedded: false, extra: ["ALBA_ENDPOINT": nobody, "CYCLE_ENDPOINT": nobody],
            options: arguments)
        let fleet = try RunningProcess(
            [
                "simulate", "--devices", "20", "--rate", "20", "--duration", "1.5", "--port",
                "\(first.devicePort)", "--seed", "3",
            ] + Self.options, environment: TestDevice.environment)
        #expect(try await fleet.wait() == 0, "\(fleet.standardError)")
        let summary =
            try JSONSerialization.jsonObject(with: Data(fleet.standardOutput.utf8))
            as? [String: Any]
        let frames = try #require(summary?["frames"] as? Int)
        try await eventually("all are judged") { try await first.hasJudged(frames) }
        #expect(try await first.number("packets.accepted") == frames)
        #expect(try await first.number("models.0x10.accepted") > 100)
        first.process.signal(SIGTERM)
        #expect(try await first.process.wait() == 0)

        let export = try RunningProcess(["journal", "export", "--state-dir", first.state.path()])
        #expect(try await export.wait() == 0, "\(export.standardError)")
        let lines = export.standardOutput.split(separator: "\n")
        #expect(lines.contains { $0.contains("\"opened\":\"a") })

        let second = try await RunningGateway(state: first.state, options: arguments)
        try await eventually("all are delivered") {
            let waiting = try await second.number("routes.alba.waiting")
            let flying = try await second.number("routes.alba.in_flight")
            return waiting == 0 && flying == 0
        }
        #expect(try await second.number("routes.alba.delivered") > 100)
        #expect(try await second.number("routes.alba.dead_letters") == 0)
        let events = try await second.albaEvents()
        #expect(events.contains("\"device_id\":\"ESP32-00") && events.contains("nanogridata_0x10"))
    }

    @Test func `decode opens what the device encrypted, and says where it cannot`() async throws {
        let keys = DeviceKeys(
            secret: DecodeRun.secret, model: .esp32Pressure, device: DecodeRun.device.id,
            keying: .device, encryption: .aes256GCM)
        func frame(_ change: (inout [UInt8]) -> Void = { _ in }) -> [UInt8] {
            var payload = CBORWriter()
            payload.map(2)
            payload.text("device_id")
            payload.text(DecodeRun.device.id)
            payload.text("pressure_pa")
            payload.unsigned(101_325)
            var frame = FrameBuilder(
                model: .esp32Pressure, type: .telemetry, level: .high, timestamp: DecodeRun.now
            ).build(payload: payload.bytes, keys: keys, nonce: Array(1...12))
            change(&frame)
            return frame
        }
        let input = Hexadecimal.text(frame()) + "\n" + Hexadecimal.text(frame { $0[60] ^= 1 })
        let options = ["--keying", "0x10=device", "--encryption", "0x10=aes-256-gcm"]
        let run = try await DecodeRun(Data(input.utf8), ["--format", "json"] + options)
        #expect(run.exitCode == 0, "\(run.errors)")
        let payload = try run.object(0)["payload"] as? [String: Any]
        #expect(payload?["pressure_pa"] as? Int == 101_325)
        #expect(try run.object(1)["reason"] as? String == "mac_mismatch")
        let text = try await DecodeRun(Data(Hexadecimal.text(frame()).utf8), options)
        #expect(text.lines.contains { $0.contains("✓") && $0.contains("pressure_pa: 101325") })
        let unkeyed = try await DecodeRun(Data(input.utf8), Array(options.suffix(2)))
        #expect(unkeyed.exitCode == 2)
        #expect(unkeyed.errors.contains("--keying 0x10=device"))
    }

    @Test func `encryption without keys of the devices' own is refused at its line`() async throws {
        let file = FileManager.default.temporaryDirectory.appending(
            path: "nanogridata-\(UUID().uuidString).yaml")
        try Data("models:\n  0x20:\n    encryption: aes-256-gcm\n".utf8).write(to: file)
        let check = try RunningProcess(["check-config", file.path()])
        #expect(try await check.wait() == 2)
        #expect(check.standardError.contains("\(file.lastPathComponent):3"))
        #expect(check.standardError.contains("keying: device"))
    }
}
