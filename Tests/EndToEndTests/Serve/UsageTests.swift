import Foundation
import Testing

@Suite struct UsageTests {
    @Test func `a console without a terminal says so in one line and names serve`() async throws {
        let process = try RunningProcess(["console"], environment: TestDevice.environment)
        #expect(try await process.wait() == 2)
        #expect(process.standardError.split(separator: "\n").count == 1)
        #expect(process.standardError.contains("serve"))
        #expect(process.standardOutput.isEmpty)
    }

    @Test(arguments: [
        ["serve", "--no-such-option"], ["serve", "--port", "70000"], ["nonsense"],
        ["decode", "--input", "morse"], ["simulate", "--devices", "-1"],
    ])
    func `bad usage ends with 2 and an explanation`(arguments: [String]) async throws {
        let process = try RunningProcess(arguments, environment: TestDevice.environment)
        #expect(try await process.wait() == 2)
        #expect(!process.standardError.isEmpty)
        #expect(process.standardOutput.isEmpty)
    }

    @Test func `a secret that is too short is named and never repeated`() async throws {
        let process = try RunningProcess(
            ["serve"], environment: ["NANOGRIDATA_ESP32_SECRET": "deadbeefdeadbeef"])
        #expect(try await process.wait() == 2)
        #expect(process.standardError.contains("NANOGRIDATA_ESP32_SECRET"))
        #expect(process.standardError.contains("32"))
        #expect(!process.standardError.contains("deadbeef"))
    }

    @Test func `nothing is written to a state folder that is refused`() async throws {
        let shared = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: shared, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: shared) }
        try #require(chmod(shared.path(), 0o1777) == 0)
        let process = try RunningProcess(
            ["serve", "--fleet", "1", "--state-dir", shared.path()],
            environment: TestDevice.environment)
        #expect(try await process.wait() != 0)
        #expect(process.standardError.contains("is shared with other users"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: shared.path()).isEmpty)
    }

    @Test(arguments: [
        ["--help"], ["serve", "--help"], ["decode", "--help"], ["simulate", "--help"],
    ])
    func `help has examples and ends with 0`(arguments: [String]) async throws {
        let process = try RunningProcess(arguments)
        #expect(try await process.wait() == 0)
        #expect(process.standardOutput.contains("Example"))
    }

    @Test func `the version is one line`() async throws {
        let process = try RunningProcess(["--version"])
        #expect(try await process.wait() == 0)
        #expect(process.standardOutput.split(separator: "\n").count == 1)
        #expect(process.standardOutput.hasPrefix("nanogridata "))
    }
}
