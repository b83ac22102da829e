import Foundation
import NanoCore
import TestProcesses
import Testing

/// A device is set up, its firmware built by a C compiler, and what that sends is judged by a gateway.
@Suite struct ProvisionTests {
    private let folder: URL

    init() throws {
        folder = try NewFolder.make()
    }

    private func run(
        _ arguments: [String], config: String? = nil, environment: [String: String] = [:]
    ) async throws -> (status: Int32, output: String, errors: String) {
        let file = folder.path() + ".yaml"
        if let config { try Data(config.utf8).write(to: URL(filePath: file)) }
        let process = try RunningProcess(
            arguments + (config == nil ? [] : ["--config", file]),
            environment: ["NANOGRIDATA_STATE_DIR": folder.path()].merging(environment) { $1 })
        let status = try await process.wait()
        return (status, process.standardOutput, process.standardError)
    }

    /// Compiles a device around a header, and gives the frame that it would send.
    private func frame(of header: String) throws -> [UInt8] {
        let base = folder.path() + "-firmware"
        try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true)
        try Data(header.utf8).write(to: URL(filePath: base + "/nanogridata.h"))
        let program = """
            #include <stdio.h>
            #include <time.h>
            #include "nanogridata.h"
            int main(void) {
                uint8_t frame[NANOGRIDATA_FRAME_MAX];
                size_t length = nanogridata_frame(frame, 3, (uint32_t)time(NULL), nanogridata_hello,
                                                  sizeof nanogridata_hello);
                return fwrite(frame, 1, length, stdout) == length && length > 0 ? 0 : 1;
            }
            """
        try Data(program.utf8).write(to: URL(filePath: base + "/device.c"))
        _ = try output(
            of: "/usr/bin/cc",
            [
                "-std=c99", "-Wall", "-Wextra", "-Werror", "-o", base + "/device",
                base + "/device.c", "-lcrypto",
            ])
        return Array(try output(of: base + "/device", []))
    }

    private func output(of program: String, _ arguments: [String]) throws -> Data {
        try ProgramRun(program, arguments).succeeding().output
    }

    @Test(arguments: [
        ("{}", "standard", "ESP32-001"),
        ("{minimum_level: high}", "high", "ESP32-001"),
        ("{keying: device, minimum_level: high, encryption: aes-256-gcm}", "high", "ESP32-001"),
        (
            "{keying: device, minimum_level: high, encryption: aes-256-gcm}", "high",
            String(repeating: "lang \u{1F321}-", count: 32)
        ),
        ("{keying: device}", "standard", "pump \"7\" \\ ?? Ü"),
    ])
    func `what is printed compiles, and what it sends is accepted`(
        model: String, level: String, device: String
    ) async throws {
        let config = "models: {0x10: \(model)}"
        let made = try await run(
            ["provision", "0x10", device, "--address", "gw.example", "--no-wait"], config: config)
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.errors.contains("its first secret is accepted"))
        #expect(made.output.contains("#define NANOGRIDATA_HOST \"gw.example\""))
        #expect(made.output.contains("/* \(level) */"))
        let file = folder.path() + ".yaml"
        let gateway = try await RunningGateway(
            state: folder, extra: ["NANOGRIDATA_SECRET_0x10": ""], options: ["--config", file])
        try DeviceSocket(port: gateway.devicePort).send(try frame(of: made.output))
        try await eventually("its frame is accepted") {
            try await gateway.number("packets.accepted") == 1
        }
        #expect(try await gateway.number("packets.rejected") == 0)
        let trail = try String(contentsOfFile: folder.path() + "/audit.jsonl", encoding: .utf8)
        #expect(trail.contains("provision_device"))
        let secret = try String(
            contentsOfFile: folder.path() + "/secrets/0x10-gen1.hex", encoding: .utf8)
        #expect(!trail.contains(secret.prefix(16)))
        if model.contains("device") {
            // A device's own key tells nothing about the secret of its model.
            let bytes = try SecretPolicy.decode(hexadecimal: String(secret.prefix(8)))
            let digits = bytes.map { "0x\(Hexadecimal.text([$0]))" }.joined(separator: ", ")
            #expect(!made.output.contains(digits))
        }
    }

    @Test func `keys are told as JSON too, of the staged secret while there is one`() async throws {
        _ = try await run(["secrets", "init", "0x10"])
        _ = try await run(["secrets", "stage", "0x10"])
        let made = try await run(["provision", "0x10", "--format", "json", "--no-wait"])
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(made.output.utf8)) as? [String: Any])
        #expect(object["generation"] as? Int == 2 && object["port"] as? Int == 5_678)
        let staged = try await run(["secrets", "export", "0x10", "--generation", "2"]).output
        #expect((object["mac_key"] as? String).map { $0 + "\n" } == staged)
    }

    @Test(arguments: [
        (["0x10"], "models: {0x10: {keying: device}}", "name the device"),
        (["0x10", ""], "{}", "no device_id"),
        (["0x10", "a\u{202E}b"], "{}", "no device_id"),
        (["0x77"], "{}", "not configured"),
    ])
    func `what cannot be a device is said, and nothing made`(
        arguments: [String], config: String, words: String
    ) async throws {
        let refused = try await run(["provision"] + arguments, config: config)
        #expect(refused.status == 2 && refused.output.isEmpty)
        #expect(refused.errors.contains(words), "\(refused.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path() + "/keystore.sealed"))
    }

    @Test func `a secret that only the environment has is not hidden by another`() async throws {
        let refused = try await run(
            ["provision", "0x10", "--no-wait"],
            environment: [
                "NANOGRIDATA_ESP32_SECRET": String(repeating: "0123456789abcdef", count: 4)
            ])
        #expect(refused.status == 1 && refused.errors.contains("start the gateway first"))
    }

    /// A frame signed with the model's secret, where the device should use a key of its own.
    private func wrong() throws -> [UInt8] {
        let text = try String(
            contentsOfFile: folder.path() + "/secrets/0x10-gen1.hex", encoding: .utf8)
        let secret = try SecretPolicy.decode(
            hexadecimal: text.trimmingCharacters(in: .whitespacesAndNewlines))
        return TestDevice(model: .esp32Pressure, id: "ESP32-001", secret: secret)
            .pressureFrame(pascal: 1)
    }

    @Test(arguments: ["text", "json"])
    func `what is wrong with a device is told until its first packet is accepted`(format: String)
        async throws
    {
        let file = folder.path() + ".yaml"
        try Data("models: {0x10: {keying: device}}".utf8).write(to: URL(filePath: file))
        let gateway = try await RunningGateway(
            state: folder, extra: ["NANOGRIDATA_SECRET_0x10": ""], options: ["--config", file])
        let command = try RunningProcess(
            ["provision", "0x10", "ESP32-001", "--format", format, "--config", file],
            environment: ["NANOGRIDATA_STATE_DIR": folder.path()])
        try await eventually("it waits") { command.standardError.contains("waits for the first") }
        let device = try DeviceSocket(port: gateway.devicePort)
        var told: String { format == "json" ? command.standardOutput : command.standardError }
        try await eventually("what is wrong is told") {
            // The gateway takes the new secret over within a second.
            try device.send(try wrong())
            return told.contains("valid with the model's secret itself")
        }
        #expect(command.isRunning)
        let lines = command.standardOutput
        let header: String
        if format == "json" {
            let first = Data((lines.split(separator: "\n").first ?? "").utf8)
            let object = try JSONSerialization.jsonObject(with: first) as? [String: Any]
            header = try #require(object?["header"] as? String)
        } else {
            header = lines
        }
        try DeviceSocket(port: gateway.devicePort).send(try frame(of: header))
        #expect(try await command.wait() == 0)
        #expect(told.contains("first packet of ESP32-001 accepted, from 127.0.0.1:"))
    }

    @Test func `what does not come in time is a failure, and tells what came instead`() async throws
    {
        let gateway = try await RunningGateway(
            state: folder, extra: ["NANOGRIDATA_SECRET_0x10": ""])
        let silent = try await run(["provision", "0x10", "ESP32-001", "--timeout", "1s"])
        #expect(silent.status == 1 && silent.errors.contains("nothing came from it within 1s"))
        let command = try RunningProcess(
            ["provision", "0x10", "ESP32-001", "--timeout", "3s"],
            environment: ["NANOGRIDATA_STATE_DIR": folder.path()])
        try await eventually("it waits") { command.standardError.contains("waits for the first") }
        let late = TestDevice(
            model: .esp32Pressure, id: "ESP32-001", secret: [UInt8](repeating: 7, count: 32))
        try DeviceSocket(port: gateway.devicePort).send(late.pressureFrame(pascal: 1))
        #expect(try await command.wait() == 1)
        #expect(
            command.standardError.contains(
                "no packet was accepted within 3s: the MAC differs under every valid secret"))
    }

    @Test func `without a gateway nothing is printed that could not be waited for`() async throws {
        _ = try await run(["secrets", "init", "0x10"])
        let refused = try await run(["provision", "0x10"])
        #expect(refused.status == 1 && refused.output.isEmpty)
        #expect(
            refused.errors.contains("no gateway answers") && refused.errors.contains("--no-wait"))
        let trail = try String(contentsOfFile: folder.path() + "/audit.jsonl", encoding: .utf8)
        #expect(!trail.contains("provision_device"))
    }
}
