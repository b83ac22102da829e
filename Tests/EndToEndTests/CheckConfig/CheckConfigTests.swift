import Foundation
import Testing

@Suite struct CheckConfigTests {
    private func check(
        _ yaml: String, environment: [String: String] = [:]
    ) async throws -> (status: Int32, process: RunningProcess) {
        let file = FileManager.default.temporaryDirectory.appending(
            path: "nanogridata-\(UUID().uuidString).yaml")
        try yaml.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = try RunningProcess(
            ["check-config", file.path()], environment: environment)
        return (try await process.wait(), process)
    }

    @Test func `a good file is ok, with what is in effect and no secret`() async throws {
        let (status, process) = try await check(
            "routes: {alba: {endpoint: 'http://alba', batch_events: 50}}",
            environment: TestDevice.environment)
        #expect(status == 0)
        #expect(process.standardOutput.hasPrefix("ok\n"))
        #expect(process.standardOutput.contains("http://alba:80/telemetry/ingest, 50 events"))
        for secret in TestDevice.environment.values {
            #expect(!process.standardOutput.contains(secret))
        }
    }

    @Test func `every mistake is a line on standard error, and the exit code is 2`() async throws {
        let (status, process) = try await check(
            "devices:\n  port: abc\nroutes:\n  alba:\n    batch_events: 0\n")
        #expect(status == 2)
        #expect(process.standardOutput.isEmpty)
        let lines = process.standardError.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[0].contains(".yaml:2: devices.port: \"abc\" is not a port"))
        #expect(lines[1].contains(".yaml:5: routes.alba.batch_events: 0 is not allowed"))
    }
}
