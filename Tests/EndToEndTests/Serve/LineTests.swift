import Foundation
import Testing

/// What is said on standard output, line by line.
@Suite struct LineTests {
    @Test func `with --status json it prints what stats answers, a line a second`() async throws {
        let gateway = try await RunningGateway(options: ["--status", "json"])
        try await eventually("three lines are there") {
            gateway.process.standardOutput.split(separator: "\n").count >= 3
        }
        gateway.process.signal(SIGTERM)
        #expect(try await gateway.process.wait() == 0)
        let lines = gateway.process.standardOutput.split(separator: "\n")
        let uptimes = try lines.map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?["ledger"] != nil)
            return try #require((object?["uptime_s"] as? NSNumber)?.doubleValue)
        }
        #expect(uptimes == uptimes.sorted() && Set(uptimes).count == uptimes.count)
    }

    @Test func `attached without a terminal it tells in lines, and goes on when told to stop`()
        async throws
    {
        let gateway = try await RunningGateway()
        let listener = try RunningProcess([
            "attach", "--linear", "--every", "1", "--state-dir", gateway.state.path(),
        ])
        try await eventually("it tells") {
            listener.standardOutput.contains("is running")
                && listener.standardOutput.split(separator: "\n").count >= 3
        }
        listener.signal(SIGTERM)
        #expect(try await listener.wait() == 0)
        #expect(gateway.process.isRunning)
        for line in listener.standardOutput.split(separator: "\n") {
            #expect(line.utf8.allSatisfy { (0x20..<0x7F).contains($0) }, "\(line)")
        }
    }
}
