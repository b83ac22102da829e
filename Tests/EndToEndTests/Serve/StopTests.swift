import Foundation
import TestProcesses
import Testing

/// How `serve` ends.
@Suite struct StopTests {
    /// A gateway with a packet that it cannot deliver: nobody listens at its destination.
    private func stuckGateway(_ extra: [String: String] = [:]) async throws -> RunningGateway {
        let nobody = try FreePort.next()
        let environment = ["ALBA_ENDPOINT": "http://127.0.0.1:\(nobody)"]
        let gateway = try await RunningGateway(
            embedded: false, extra: environment.merging(extra) { $1 })
        let frame = TestDevice.pressure("ESP32-001").pressureFrame(pascal: 1)
        try DeviceSocket(port: gateway.devicePort).send(frame)
        try await eventually("accepted") { try await gateway.number("packets.accepted") == 1 }
        return gateway
    }

    private func configuration(_ yaml: String) throws -> URL {
        let file = FileManager.default.temporaryDirectory.appending(
            path: "nanogridata-\(UUID().uuidString).yaml")
        try Data(yaml.utf8).write(to: file)
        return file
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a signal a second after the first ends the process at once, one beside it does not`(
        second: Int32
    ) async throws {
        let config = try configuration("delivery: {drain_s: 600}\n")
        defer { try? FileManager.default.removeItem(at: config) }
        let gateway = try await stuckGateway(["NANOGRIDATA_CONFIG": config.path()])
        // As `timeout` does to a process and its group.
        gateway.process.signal(SIGTERM)
        gateway.process.signal(SIGINT)
        try await eventually("draining") { await gateway.status("/ready") == 503 }
        try await Task.sleep(for: .seconds(1.2))
        #expect(gateway.process.isRunning)
        gateway.process.signal(second)
        #expect(try await gateway.process.wait() == 1)
        #expect(gateway.process.standardError.contains("a second time"))
    }

    @Test func `packets that wait are no reason to fail, and a line names their route`()
        async throws
    {
        let config = try configuration("delivery: {drain_s: 0}\n")
        defer { try? FileManager.default.removeItem(at: config) }
        let gateway = try await stuckGateway(["NANOGRIDATA_CONFIG": config.path()])
        gateway.process.signal(SIGTERM)
        #expect(try await gateway.process.wait() == 0)
        #expect(gateway.process.standardError.contains("until the next start: alba 1"))
    }
}
