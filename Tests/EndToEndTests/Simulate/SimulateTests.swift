import Foundation
import Testing

@Suite struct SimulateTests {
    @Test(arguments: [
        (["--devices", "0"], "--devices"), (["--rate", "0"], "--rate"),
        (["--port", "70000"], "--port"), (["--models", "esp:1"], "--models"),
        (["--models", "0x30:5"], "0x30"), (["--faults", "rust:1"], "replay"),
        (["--faults", "forged"], "forged:1"), (["--faults", "replay:200"], "0 to 100"),
        (["--faults", "foo"], "foo is not a fault"), (["--faults", "replay:x"], "0 to 100"),
        (["--levels", "0x10:huge"], "military"),
        (["--types", "telemetry:1,telemetry:2"], "once"), (["--types", "noise:1"], "calibration"),
        (["--secret", "0x40=abcdef"], "--secret"),
    ])
    func `bad usage is named and ends with 2`(arguments: [String], words: String) async throws {
        let process = try RunningProcess(
            ["simulate", "--duration", "1"] + arguments, environment: TestDevice.environment)
        #expect(try await process.wait() == 2)
        #expect(process.standardError.contains(words), "\(process.standardError)")
        #expect(!process.standardError.contains("abcdef"))
        #expect(process.standardOutput.isEmpty)
    }

    @Test func `a fleet without secrets says where they come from`() async throws {
        let process = try RunningProcess(["simulate"])
        #expect(try await process.wait() == 2)
        #expect(process.standardError.contains("NANOGRIDATA_ESP32_SECRET"))
    }

    @Test func `a mistaken option without secrets is one line about the option`() async throws {
        let process = try RunningProcess(["simulate", "--faults", "replay:200"])
        #expect(try await process.wait() == 2)
        #expect(
            process.standardError
                == "nanogridata: --faults: replay needs a percentage from 0 to 100, like replay:1; "
                + "found replay:200\n")
    }

    @Test func `a run in which nobody listens says so behind its summary and fails`() async throws {
        let process = try RunningProcess(
            [
                "simulate", "--duration", "2", "--seed", "5", "--port", "1", "--faults",
                "replay:1",
            ],
            environment: TestDevice.environment)
        #expect(try await process.wait() == 1)
        let lines = process.standardError.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].hasPrefix("100 honest devices and 1 with faults ("))
        #expect(lines.last?.hasPrefix("nanogridata: no connection to 127.0.0.1 port 1 ") == true)
        let summary =
            try JSONSerialization.jsonObject(
                with: Data(process.standardOutput.utf8)) as? [String: Any]
        #expect(summary?["seed"] as? Int == 5)
        #expect(summary?["failed_connects"] as? Int ?? 0 > 0)
    }

    @Test func `a run whose connections were all turned away says so and fails`() async throws {
        let file = FileManager.default.temporaryDirectory.appending(
            path: "nanogridata-\(UUID().uuidString).yaml")
        try Data("devices: {deny: [127.0.0.0/8]}\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let gateway = try await RunningGateway(options: ["--config", file.path()])
        defer { gateway.process.signal(SIGTERM) }
        func simulate() async throws -> (code: Int32, errors: String) {
            let process = try RunningProcess(
                [
                    "simulate", "--devices", "5", "--duration", "1", "--port",
                    "\(gateway.devicePort)",
                ],
                environment: TestDevice.environment)
            return (try await process.wait(), process.standardError)
        }
        var run = try await simulate()
        // Where the machine stands still for a second, a connection lasts longer than that.
        for _ in 0..<4 where run.code == 0 { run = try await simulate() }
        #expect(run.code == 1)
        #expect(
            run.errors.contains("were closed within a second; connections.turned_away_by"),
            "\(run.errors)")
    }
}
