import Foundation
import Testing

/// `nanogridata dead-letters` beside a running gateway, and without one.
@Suite struct DeadLettersCommandTests {
    private struct Ended {
        var code: Int32
        var output: String
        var errors: String
    }

    private func run(_ arguments: String..., state: URL) async throws -> Ended {
        let process = try RunningProcess(
            ["dead-letters"] + arguments, environment: ["NANOGRIDATA_STATE_DIR": state.path()])
        let code = try await process.wait()
        return Ended(
            code: code, output: process.standardOutput, errors: process.standardError)
    }

    /// The numbers of the letters that are listed.
    private func numbers(_ state: URL) async throws -> [Int] {
        try await run("list", "--format", "json", state: state).output.split(separator: "\n").map {
            let object = try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            return object?["id"] as? Int ?? 0
        }
    }

    /// A gateway whose `alba` has refused so many packets for good.
    private func gateway(_ sink: CondemningSink, letters: Int) async throws -> RunningGateway {
        let gateway = try await RunningGateway(
            embedded: false,
            extra: [
                "ALBA_ENDPOINT": "http://127.0.0.1:\(sink.port)", "CYCLE_ENDPOINT": "discard:",
            ])
        let device = try DeviceSocket(port: gateway.devicePort)
        for number in 0..<letters {
            try device.send(TestDevice.pressure("ESP32-00\(number)").pressureFrame(pascal: 900))
        }
        try await eventually("all are refused for good") {
            try await gateway.number("routes.alba.dead_letters") == letters
        }
        return gateway
    }

    @Test func `a running gateway sends what is redriven, and forgets what is dropped`()
        async throws
    {
        let sink = try CondemningSink()
        defer { sink.stop() }
        let gateway = try await gateway(sink, letters: 4)
        defer { try? FileManager.default.removeItem(at: gateway.state) }
        let list = try await run("list", "--route", "alba", state: gateway.state)
        #expect(list.code == 0)
        let lines = list.output.split(separator: "\n")
        #expect(lines.count == 5)
        #expect(lines.dropFirst().allSatisfy { $0.contains("422 Unprocessable") })
        let known = try await numbers(gateway.state)
        try #require(known.count == 4)

        let show = try await run("show", "\(known[0])", state: gateway.state)
        #expect(show.code == 0 && show.output.contains("\"pressure_pa\":900"))
        let identity = try #require(
            show.output.split(separator: "\n").first { $0.hasPrefix("identity") }?
                .split(separator: " ").last.map(String.init))
        #expect(try await run("show", identity, state: gateway.state).output == show.output)

        sink.mend()
        let redrive = try await run("redrive", identity, "\(known[1])", state: gateway.state)
        #expect(
            redrive.output
                == "2 dead letters go out once more; the running gateway sends them\n")
        try await eventually("they are delivered") {
            try await gateway.number("routes.alba.delivered") == 2
        }
        #expect(sink.taken.count == 2)

        let asked = try await run("drop", "--route", "alba", "--all", state: gateway.state)
        #expect(asked.code == 2 && asked.errors.contains("--yes"))
        let drop = try await run("drop", "--route", "alba", "--all", "--yes", state: gateway.state)
        #expect(drop.code == 0)
        #expect(
            drop.output == "2 dead letters to be dropped; the running gateway does it\n")
        try await eventually("they are dropped") {
            try await gateway.number("routes.alba.skipped") == 2
        }
        #expect(try await gateway.number("routes.alba.dead_letters") == 0)
        #expect(try await gateway.number("routes.alba.accepted") == 4)
        let trail = try RunningProcess(["audit", "list", "--state-dir", gateway.state.path()])
        try await trail.wait()
        for words in [
            "redrive_dead_letters \(identity) \(known[1])", "drop_dead_letters alba: all",
        ] {
            #expect(trail.standardOutput.contains(words), "\(trail.standardOutput)")
        }
        let nothing = try await run("list", state: gateway.state)
        #expect(nothing.code == 0 && nothing.output == "no dead letters\n")
        gateway.process.signal(SIGTERM)
        #expect(try await gateway.process.wait() == 0)
    }

    @Test func `without a gateway, letters are dropped at once, and redriven at the next start`()
        async throws
    {
        let sink = try CondemningSink()
        defer { sink.stop() }
        let first = try await gateway(sink, letters: 3)
        defer { try? FileManager.default.removeItem(at: first.state) }
        first.process.signal(SIGKILL)
        _ = try await first.process.wait()
        let known = try await numbers(first.state)
        #expect(known.count == 3)
        let drop = try await run("drop", "\(known[0])", "--yes", state: first.state)
        #expect(drop.code == 0 && drop.output == "1 dead letter dropped\n")
        let redrive = try await run("redrive", "--all", state: first.state)
        #expect(redrive.output == "2 dead letters go out once more when a gateway starts\n")
        let again = try await run("redrive", "--all", state: first.state)
        #expect(again.code == 0 && again.output == "they are all to be sent already\n")
        sink.mend()
        let second = try await RunningGateway(
            state: first.state, embedded: false,
            extra: [
                "ALBA_ENDPOINT": "http://127.0.0.1:\(sink.port)", "CYCLE_ENDPOINT": "discard:",
            ])
        try await eventually("they are delivered") { sink.taken.count >= 2 }
        try await eventually("and gone") { try await numbers(first.state).isEmpty }
        second.process.signal(SIGTERM)
        #expect(try await second.process.wait() == 0)
    }

    @Test func `those that match a filter are listed, dropped and sent once more`() async throws {
        let sink = try CondemningSink()
        defer { sink.stop() }
        let gateway = try await gateway(sink, letters: 3)
        defer { try? FileManager.default.removeItem(at: gateway.state) }
        let state = gateway.state
        let all = try await run("list", "--filter", "status:422* model:esp32", state: state)
        #expect(all.code == 0 && all.output.split(separator: "\n").count == 4)
        let newest = try await run(
            "list", "--filter", "-device:ESP32-002", "--limit", "1", state: state)
        #expect(newest.output.contains("ESP32-00") && !newest.output.contains("ESP32-002"))
        let none = try await run("list", "--filter", "device:A", "--route", "alba", state: state)
        #expect(none.code == 0)
        #expect(none.output == "no dead letters of alba that match 'device:A'\n")
        let drop = try await run("drop", "--filter", "device:ESP32-001", "--yes", state: state)
        #expect(drop.output == "1 dead letter to be dropped; the running gateway does it\n")
        sink.mend()
        let redrive = try await run(
            "redrive", "--route", "alba", "--filter", "since:1h state:dead device:*0",
            state: state)
        #expect(
            redrive.output == "1 dead letter goes out once more; the running gateway sends them\n")
        try await eventually("they are settled") {
            try await gateway.number("routes.alba.dead_letters") == 1
        }
        let left = try await run("list", state: state).output
        #expect(left.contains("ESP32-002") && left.split(separator: "\n").count == 2)
        let trail = try RunningProcess(["audit", "list", "--state-dir", state.path()])
        try await trail.wait()
        #expect(trail.standardOutput.contains("drop_dead_letters device:ESP32-001"))
        #expect(trail.standardOutput.contains("alba: since:1h state:dead device:*0"))
        gateway.process.signal(SIGTERM)
        #expect(try await gateway.process.wait() == 0)
    }

    @Test func `what is asked wrongly, or for nothing, is said in one line`() async throws {
        let sink = try CondemningSink()
        defer { sink.stop() }
        let gateway = try await gateway(sink, letters: 1)
        defer { try? FileManager.default.removeItem(at: gateway.state) }
        let cases: [(arguments: [String], code: Int32, words: String)] = [
            (["show", "99"], 1, "no dead letter is called 99"),
            (["redrive", "--route", "cycle", "1"], 1, "no dead letter of cycle is called 1"),
            (["redrive", "1", "99"], 1, "no dead letter is called 99"),
            (["list", "--route", "albs"], 1, "is called albs; there are alba, cycle, local"),
            (["redrive", "--route", "cycle", "--all"], 1, "of cycle; there are some of alba (1)"),
            (["show", "alba"], 2, "\"alba\" is no id of a dead letter"),
            (["redrive"], 2, "ids, --filter, or --all"),
            (["drop", "1", "--all"], 2, "one of them alone"),
            (["drop", "--filter", "a", "--all"], 2, "one of them alone"),
            (["list", "--filter", "reason:replay"], 2, "keys here: model, device, state, status"),
            (["redrive", "--filter", ""], 2, "use --all"),
            (["drop", "--filter", "status:500*"], 1, "no dead letters that match 'status:500*'"),
            (["list", "--limit", "0"], 2, "1…10000000"),
        ]
        for (arguments, code, words) in cases {
            let process = try RunningProcess(
                ["dead-letters"] + arguments,
                environment: ["NANOGRIDATA_STATE_DIR": gateway.state.path()])
            #expect(try await process.wait() == code, "\(arguments)")
            let errors = process.standardError
            #expect(errors.contains(words), "\(arguments): \(errors)")
            #expect(errors.split(separator: "\n").count == 1, "\(errors)")
            #expect(process.standardOutput.isEmpty)
        }
        let none = try await run("list", "--route", "cycle", state: gateway.state)
        #expect(none.code == 0 && none.output == "no dead letters of cycle\n")
        let json = try await run(
            "list", "--route", "cycle", "--format", "json", state: gateway.state)
        #expect(json.code == 0 && json.output.isEmpty)
        #expect(try await gateway.number("routes.alba.dead_letters") == 1)
        gateway.process.signal(SIGTERM)
        #expect(try await gateway.process.wait() == 0)
    }

    @Test func `a folder without dead letters is named`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        let list = try await run("list", state: folder)
        #expect(list.code == 1)
        #expect(list.errors.contains("there are no dead letters in \(folder.path())"))
    }
}
