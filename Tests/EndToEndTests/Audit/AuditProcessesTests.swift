import Foundation
import NanoSim
import Testing

/// Several processes that write to one audit trail, and some that are killed while they do.
@Suite struct AuditProcessesTests {
    private func start(_ arguments: [String], in state: URL) throws -> RunningProcess {
        try RunningProcess(arguments, environment: ["NANOGRIDATA_STATE_DIR": state.path()])
    }

    private func verify(_ state: URL) async throws -> (code: Int32, output: String) {
        let process = try start(["audit", "verify"], in: state)
        return (try await process.wait(), process.standardOutput + process.standardError)
    }

    /// The folder of a gateway that has been killed, with a dead letter in it.
    private func folderWithLetter() async throws -> URL {
        let sink = try CondemningSink()
        defer { sink.stop() }
        let gateway = try await RunningGateway(
            embedded: false,
            extra: [
                "ALBA_ENDPOINT": "http://127.0.0.1:\(sink.port)", "CYCLE_ENDPOINT": "discard:",
            ])
        let device = try DeviceSocket(port: gateway.devicePort)
        try device.send(TestDevice.pressure("ESP32-001").pressureFrame(pascal: 900))
        try await eventually("it is refused for good") {
            try await gateway.number("routes.alba.dead_letters") == 1
        }
        gateway.process.signal(SIGKILL)
        try await gateway.process.wait()
        return gateway.state
    }

    @Test func `processes that write at once leave one whole chain, beside a reader`() async throws
    {
        let state = try await folderWithLetter()
        defer { try? FileManager.default.removeItem(at: state) }
        for _ in 0..<3 {
            let writers = try (0..<6).map { _ in
                try start(["dead-letters", "redrive", "--all"], in: state)
            }
            let meanwhile = try await verify(state)
            #expect(meanwhile.code == 0, "\(meanwhile.output)")
            for writer in writers { try await writer.wait() }
        }
        let found = try await verify(state)
        // The start, and for each that it was begun and its result.
        #expect(
            found.code == 0 && found.output.contains("entries: 37 chained\n"), "\(found.output)")
    }

    @Test func `killed at any moment, a writer leaves a trail that is whole`() async throws {
        let state = try await folderWithLetter()
        defer { try? FileManager.default.removeItem(at: state) }
        let seed: UInt64 = 20_261_126
        var chance = SplitMix64(seed: seed)
        let started = ContinuousClock.now
        try await start(["dead-letters", "redrive", "--all"], in: state).wait()
        let usual = max(20, (ContinuousClock.now - started) / .milliseconds(1))
        for kill in 0..<40 {
            let writer = try start(["dead-letters", "redrive", "--all"], in: state)
            let moment = Double.random(in: 0.2...1, using: &chance) * usual
            try await Task.sleep(for: .milliseconds(Int(moment)))
            writer.signal(SIGKILL)
            try await writer.wait()
            let found = try await verify(state)
            #expect(found.code == 0, "seed \(seed), kill \(kill): \(found.output)")
        }
        let last = try start(["dead-letters", "redrive", "--all"], in: state)
        #expect(try await last.wait() == 0)
        let found = try await verify(state)
        #expect(found.code == 0 && !found.output.contains("note: "), "\(found.output)")
    }

    @Test func `verify names what was tampered with, and a gateway starts and writes all the same`()
        async throws
    {
        let gateway = try await RunningGateway()
        let state = gateway.state
        defer { try? FileManager.default.removeItem(at: state) }
        let first = try await verify(state)
        #expect(first.code == 0 && first.output.hasPrefix("entries: 1 chained\nhead 1:"))
        let head = try #require(first.output.firstMatch(of: /head (1:[0-9a-f]{64})/)?.output.1)
        // What a syslog elsewhere has.
        #expect(gateway.process.standardError.contains("msg=\"audit trail\" head=\(head)"))
        gateway.process.signal(SIGTERM)
        try await gateway.process.wait()

        let file = state.appending(path: "audit.jsonl")
        let text = try String(contentsOf: file, encoding: .utf8)
        try Data(text.replacing("listening for", with: "listening to").utf8).write(to: file)
        let found = try await verify(state)
        #expect(found.code == 1)
        #expect(found.output.contains("audit.jsonl:1: entry 1, byte 0: was changed\n"))
        #expect(found.output.contains("the audit trail is not whole: 1 fault"))

        let second = try await RunningGateway(state: state)
        let alarms = second.process.standardError
        #expect(alarms.contains("the audit trail is damaged or was tampered with"), "\(alarms)")
        second.process.signal(SIGTERM)
        try await second.process.wait()
        let third = try await RunningGateway(state: state)
        #expect(!third.process.standardError.contains("tampered"))
        third.process.signal(SIGTERM)
        try await third.process.wait()
        let after = try await verify(state)
        #expect(after.code == 1 && after.output.contains("began a new chain, since "))

        for (expected, code) in [(String(head), 1), ("7:" + head.dropFirst(2), 1), ("ab", 2)] {
            let process = try start(["audit", "verify", "--expect", expected], in: state)
            #expect(try await process.wait() == Int32(code))
        }
    }

    @Test func `entries are exported as lines and as a spreadsheet, chosen by time`() async throws {
        let gateway = try await RunningGateway()
        gateway.process.signal(SIGTERM)
        try await gateway.process.wait()
        defer { try? FileManager.default.removeItem(at: gateway.state) }
        func export(_ options: String...) async throws -> String {
            let process = try start(["audit", "export"] + options, in: gateway.state)
            #expect(try await process.wait() == 0, "\(process.standardError)")
            return process.standardOutput
        }
        let file = gateway.state.appending(path: "audit.jsonl")
        #expect(try await export() == String(contentsOf: file, encoding: .utf8))
        let rows = try await export("--format", "csv").components(separatedBy: "\r\n")
        #expect(rows.count == 4 && rows[0].hasPrefix("number,time,user,uid,via,"))
        #expect(rows[1].hasPrefix("1,") && rows[2].hasPrefix("2,") && rows[3].isEmpty)
        #expect(try await export("--until", "2026-01-17").isEmpty)
        #expect(try await export("--since", "1h", "--until", "2100-01-01").contains("\"start\""))
    }
}
