import Foundation
import NanoCore
import Testing

/// Steps with secrets while a gateway runs: what is said of them is so for the gateway.
@Suite struct SecretsBesideGatewayTests {
    private let folder: String

    init() throws {
        folder = try NewFolder.make().path()
    }

    private func run(
        _ arguments: [String], _ environment: [String: String] = [:]
    ) async throws -> (status: Int32, output: String, errors: String) {
        let process = try RunningProcess(
            ["secrets"] + arguments,
            environment: ["NANOGRIDATA_STATE_DIR": folder].merging(environment) { $1 })
        let status = try await process.wait()
        return (status, process.standardOutput, process.standardError)
    }

    /// A gateway whose model 0x10 has a secret of the keystore's.
    private func gateway(_ options: [String] = []) async throws -> RunningGateway {
        #expect(try await run(["init", "0x10"]).status == 0)
        return try await RunningGateway(
            state: URL(filePath: folder), extra: ["NANOGRIDATA_SECRET_0x10": ""], options: options)
    }

    private func secret(_ generation: Int) throws -> [UInt8] {
        let file = folder + "/secrets/0x10-gen\(generation).hex"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        return try SecretPolicy.decode(
            hexadecimal: text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Has a device send a frame, and waits until it is accepted.
    private func send(
        _ device: String, under secret: [UInt8], to gateway: RunningGateway, total: Int
    ) async throws {
        let frame = TestDevice(model: .esp32Pressure, id: device, secret: secret)
            .pressureFrame(pascal: UInt16(total))
        try DeviceSocket(port: gateway.devicePort).send(frame)
        try await eventually("the frame is accepted") {
            try await gateway.number("packets.accepted") == total
        }
    }

    @Test func `a step that a gateway cannot take over fails, and is an alarm until it can`()
        async throws
    {
        let gateway = try await gateway()
        let former = try secret(1)
        _ = try await run(["stage", "0x10"])
        _ = try await run(["promote", "0x10", "--force"])
        let key = folder + "-new.key"
        defer { try? FileManager.default.removeItem(atPath: key) }
        #expect(try await run(["rekey", "--new-key-file", key]).status == 0)
        let new = ["NANOGRIDATA_KEYSTORE_KEY_FILE": key]
        let revoked = try await run(["revoke", "0x10", "1", "--force"], new)
        #expect(revoked.status == 1)
        #expect(
            revoked.output == "in the keystore, and in force once the gateway goes by it: 0x10: "
                + "generation 1 is revoked; frames under it are refused\n")
        #expect(
            revoked.errors.contains("does not go by it, since it cannot read the keystore: "),
            "\(revoked.errors)")
        func alarms() async throws -> String {
            let process = try RunningProcess(["ctl", "alarms", "--state-dir", folder])
            try await process.wait()
            return process.standardOutput
        }
        try await eventually("an alarm stands") {
            try await alarms().contains("keystore not readable")
        }
        // What the alarm says is so.
        try await send("ESP32-001", under: former, to: gateway, total: 1)
        let back = try await run(["rekey", "--new-key-file", folder + "/keystore.key"], new)
        #expect(back.status == 0, "\(back.errors)")
        try await eventually("it is over") {
            try await !alarms().contains("keystore not readable")
        }
    }

    @Test func `a device that was heard a moment ago is not cut off unforced`() async throws {
        let gateway = try await gateway()
        #expect(try await run(["stage", "0x10"]).status == 0)
        try await send("ESP32-001", under: try secret(1), to: gateway, total: 1)
        let promoted = try await run(["promote", "0x10", "--grace-hours", "0"])
        #expect(promoted.status == 1)
        #expect(promoted.errors.contains("1 of 1 devices active"), "\(promoted.errors)")
        #expect(promoted.errors.contains("ESP32-001"))
        #expect(try await run(["list"]).output.contains("0x10   1    current  1 "))
        let forced = try await run(["promote", "0x10", "--grace-hours", "1", "--force"])
        #expect(forced.status == 0, "\(forced.errors)")
        try await send("ESP32-002", under: try secret(1), to: gateway, total: 2)
        let revoked = try await run(["revoke", "0x10", "1"])
        #expect(revoked.status == 1)
        #expect(revoked.errors.contains("ESP32-001, ESP32-002"), "\(revoked.errors)")
    }

    @Test func `a gateway that cannot be asked is told of, and what it has written down counts`()
        async throws
    {
        let file = folder + "/nanogridata.yaml"
        try "admin: {enabled: false}\n".write(toFile: file, atomically: true, encoding: .utf8)
        let gateway = try await gateway(["--config", file])
        try await eventually("it has written down whom it has heard") {
            FileManager.default.fileExists(atPath: folder + "/adoption.json")
        }
        let staged = try await run(["stage", "0x10"])
        #expect(staged.status == 0)
        #expect(
            staged.output.hasPrefix("in the keystore, and in force once the gateway goes by it"))
        #expect(staged.errors.contains("whether the gateway goes by it is not known"))
        let promoted = try await run(["promote", "0x10"])
        #expect(promoted.status == 0)
        #expect(promoted.errors.contains("since it cannot be asked"), "\(promoted.errors)")
        gateway.process.signal(SIGTERM)
        try await gateway.process.wait()
        let alone = try await run(["stage", "0x10"])
        #expect(alone.status == 0 && alone.errors.isEmpty, "\(alone.errors)")
        #expect(alone.output.hasPrefix("0x10: generation 3 is staged"))
    }
}
