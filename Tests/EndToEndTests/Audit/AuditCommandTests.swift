import Foundation
import Testing

/// The audit trail of a real gateway, looked at from the command line.
@Suite struct AuditCommandTests {
    private func list(_ state: URL, _ options: [String]) async throws -> (
        code: Int32, output: [String], errors: String
    ) {
        let process = try RunningProcess(["audit", "list", "--state-dir", state.path()] + options)
        let code = try await process.wait()
        return (
            code, process.standardOutput.split(separator: "\n").map(String.init),
            process.standardError
        )
    }

    @Test func `start and stop are listed as text and JSON, chosen by time and action`()
        async throws
    {
        let gateway = try await RunningGateway()
        let whileRunning = try await list(gateway.state, [])
        #expect(whileRunning.code == 0 && whileRunning.output.count == 1)
        gateway.process.signal(SIGTERM)
        #expect(try await gateway.process.wait() == 0)

        let all = try await list(gateway.state, ["--since", "1h"])
        #expect(all.code == 0 && all.errors.isEmpty)
        let form = /\d+  \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z  .+ \(\d+\) .*by gateway  .+/
        #expect(all.output.allSatisfy { $0.wholeMatch(of: form) != nil }, "\(all.output)")
        #expect(all.output.first?.contains("port \(gateway.devicePort)") == true)
        #expect(all.output.last?.contains("stop") == true)

        let stops = try await list(gateway.state, ["--action", "stop", "--format", "json"])
        #expect(stops.output.count == 1)
        let json = try JSONSerialization.jsonObject(with: Data(stops.output.joined().utf8))
        let entry = try #require(json as? [String: Any])
        #expect(entry["number"] as? Int == 2 && entry["result"] as? String == "done")
        #expect(entry["uid"] as? UInt32 == getuid())
        for moment in ["2100-01-01T00:00:00Z", "2100-01-01"] {
            #expect(try await list(gateway.state, ["--since", moment]).output.isEmpty)
        }
        #expect(try await list(gateway.state, ["--since", "2026-01-17"]).output.count == 2)
    }

    @Test
    func `a torn line is noted, damaged ones are named with file and line, the others listed`()
        async throws
    {
        let gateway = try await RunningGateway()
        let file = gateway.state.path() + "/audit.jsonl"
        let torn = try String(contentsOfFile: file, encoding: .utf8) + "{\"version\":1,"
        try torn.write(toFile: file, atomically: false, encoding: .utf8)
        gateway.process.signal(SIGTERM)
        try await gateway.process.wait()
        let explained = try await list(gateway.state, [])
        #expect(explained.code == 0 && explained.output.count == 2)
        #expect(explained.errors.contains("note: \(file):2: is torn"), "\(explained.errors)")

        let damaged = try String(contentsOfFile: file, encoding: .utf8) + "{}\n"
        try damaged.write(toFile: file, atomically: false, encoding: .utf8)
        let found = try await list(gateway.state, [])
        #expect(found.code == 1 && found.output.count == 2)
        #expect(found.errors.contains("audit.jsonl:4: is no entry of an audit trail"))
        #expect(found.errors.contains("damaged in 1 line\n"))
    }

    @Test func `a folder without a trail and bad arguments are told apart`() async throws {
        let nowhere = FileManager.default.temporaryDirectory.appending(path: "no-such-folder")
        let missing = try await list(nowhere, [])
        #expect(missing.code == 2 && missing.errors.contains("there is no such state folder"))
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "nanogridata-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let empty = try await list(folder, [])
        #expect(empty.code == 1 && empty.errors.contains("there is no audit trail in "))
        for (option, value, allowed) in [
            ("--since", "yesterday", "24h"), ("--since", "-5m", "24h"),
            ("--since", "2026-01-17 10:00", "a date like 2026-01-17 (from midnight UTC)"),
            ("--since", "2026-02-30", "a time like 2026-01-17T14:30:00Z"),
            ("--since", "2026-01-17T14:30:00Zx", "see 'nanogridata audit list --help'"),
            ("--action", "sing", ": use pause_route, resume_route, "),
            ("--format", "xml", ": use 'text' or 'json'; see "),
        ] {
            let wrong = try await list(nowhere, [option, value])
            #expect(wrong.code == 2 && wrong.errors.contains(allowed), "\(wrong.errors)")
        }
    }
}
