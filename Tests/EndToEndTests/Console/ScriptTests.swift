import Foundation
import Testing

/// Scripts on a running gateway, and keys and commands in a terminal.
@Suite(.serialized) struct ScriptTests {
    private func attach(
        _ script: String, to gateway: RunningGateway, _ options: [String] = []
    ) async throws -> (code: Int32, output: String, errors: String) {
        let process = try RunningProcess(
            ["attach", "--state-dir", gateway.state.path(), "--script", "-"] + options,
            input: Data(script.utf8))
        let code = try await process.wait()
        return (code, process.standardOutput, process.standardError)
    }

    @Test func `a script does what it says, and what it did is in the audit trail`() async throws {
        let gateway = try await RunningGateway(options: ["--fleet", "3"])
        let done = try await attach(
            """
            # one night
            wait until accepted >= 1
            pause alba --yes
            expect route alba paused
            wait 1s
            resume alba
            wait until route alba flowing within 120s
            quit
            """, to: gateway)
        #expect(done.code == 0, "\(done.errors)")
        #expect(done.output.hasPrefix("alba is paused; its packets wait\n"))
        #expect(done.output.split(separator: "\n").count == 2)
        let audit = try RunningProcess(["audit", "list", "--state-dir", gateway.state.path()])
        #expect(try await audit.wait() == 0)
        for words in ["pause", "resume"] { #expect(audit.standardOutput.contains(words)) }
        gateway.process.signal(SIGTERM)
        #expect(try await gateway.process.wait() == 0)
    }

    @Test func `a script saves the log to a file, and writes over none`() async throws {
        let gateway = try await RunningGateway()
        let file = gateway.state.path() + "/saved.log"
        let script = "show log\nfilter level:info\nsave \(file)\n"
        let saved = try await attach(script, to: gateway, ["--read-only"])
        #expect(saved.code == 0, "\(saved.errors)")
        #expect(saved.output.contains("of the log are in \(file)"), "\(saved.output)")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.split(separator: "\n").allSatisfy { $0.contains("Z info ") }, "\(text)")
        let again = try await attach(script, to: gateway)
        #expect(again.code == 1)
        #expect(
            again.errors
                == "nanogridata: standard input:3: not saved: cannot create \(file): File exists\n")
        gateway.process.signal(SIGTERM)
        #expect(try await gateway.process.wait() == 0)
    }

    @Test func `a console that may only look has its own gateway do nothing`() async throws {
        let state = FileManager.default.temporaryDirectory.appending(
            path: "nanogridata-looking-\(UUID().uuidString)"
        ).path()
        defer { try? FileManager.default.removeItem(atPath: state) }
        func console(_ script: String) async throws -> (code: Int32, errors: String) {
            let process = try RunningProcess(
                [
                    "console", "--read-only", "--fleet", "2", "--port", "0", "--metrics-port",
                    "0", "--alba-endpoint", "discard:", "--cycle-endpoint", "discard:",
                    "--state-dir", state, "--script", "-",
                ], input: Data(script.utf8))
            return (try await process.wait(), process.standardError)
        }
        let looking = try await console("wait until accepted >= 1\nquit\n")
        #expect(looking.code == 0, "\(looking.errors)")
        let pausing = try await console("pause alba --yes\n")
        #expect(pausing.code == 1)
        #expect(pausing.errors.contains("pause changes the gateway, which this console may not"))
    }

    @Test
    func `all models get new secrets, each in a file of its own, and each in the audit trail`()
        async throws
    {
        let gateway = try await RunningGateway()
        let script = "show secrets\nsecrets rotate-all --yes 2\n"
        let looking = try await attach(script, to: gateway, ["--read-only"])
        #expect(looking.code == 1 && looking.errors.contains("which this console may not"))
        let done = try await attach(script, to: gateway)
        #expect(done.code == 0, "\(done.errors)")
        let files = done.output.matches(of: /secret is in ([^;]+);/).map { String($0.output.1) }
        #expect(files.count == 2 && Set(files).count == 2, "\(done.output)")
        for file in files {
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
        let audit = try RunningProcess(["audit", "list", "--state-dir", gateway.state.path()])
        #expect(try await audit.wait() == 0)
        let entries = audit.standardOutput.split(separator: "\n").filter {
            $0.contains("rotate_secret")
        }
        for model in ["0x10", "0x20"] { #expect(entries.contains { $0.contains(model) }) }
        gateway.process.signal(SIGTERM)
        #expect(try await gateway.process.wait() == 0)
    }

    @Test func `a script that is ended before its end fails, and says where it was`() async throws {
        let gateway = try await RunningGateway()
        func errors(whenEndedAfter seconds: Int) async throws -> String {
            let process = try RunningProcess(
                ["attach", "--state-dir", gateway.state.path(), "--script", "-"],
                input: Data("show log\nwait 600s\n".utf8))
            try await Task.sleep(for: .seconds(seconds))
            process.signal(SIGTERM)
            #expect(try await process.wait() == 1)
            return process.standardError
        }
        var found = try await errors(whenEndedAfter: 2)
        // It may not have come to its second line by then, on a machine that is busy.
        if !found.contains(":2:") { found = try await errors(whenEndedAfter: 20) }
        #expect(found == "nanogridata: standard input:2: ended before this was done\n")
    }

    @Test func `the first error ends it with 1, file and line, before anything acts`() async throws
    {
        let gateway = try await RunningGateway()
        let wrong = try await attach("pause alba --yes\npuase cycle\n", to: gateway)
        #expect(wrong.code == 1 && wrong.output.isEmpty)
        #expect(
            wrong.errors
                == "nanogridata: standard input:2: no command is called puase; did you mean pause?\n"
        )
        let unasked = try await attach("pause alba\n", to: gateway)
        #expect(unasked.code == 1)
        #expect(unasked.errors.hasPrefix("nanogridata: standard input:1: Pause alba?"))
        #expect(unasked.errors.hasSuffix("Agree with --yes behind it\n"))
        let looking = try await attach("pause alba --yes\n", to: gateway, ["--read-only"])
        #expect(looking.code == 1 && looking.errors.contains("which this console may not"))
        let late = try await attach("wait until devices > 99 within 1s\n", to: gateway)
        #expect(late.errors.contains("standard input:1: devices is 0 after 1 s"))
        let routes = try RunningProcess(["ctl", "routes", "--state-dir", gateway.state.path()])
        #expect(try await routes.wait() == 0)
        #expect(!routes.standardOutput.contains("paused"))
    }

    @Test func `a file of keys that is wrong ends with 2 and a line for each mistake`() async throws
    {
        let file = FileManager.default.temporaryDirectory.appending(
            path: "nanogridata-keys-\(UUID().uuidString)"
        ).path()
        try Data("p = puase\n[rutes]\n".utf8).write(to: URL(filePath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let process = try RunningProcess(["console", "--print-keys", "--keys", file])
        #expect(try await process.wait() == 2)
        let lines = process.standardError.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.contains("\(file):1: no command is called puase") == true)
    }

    @Test func `commands are typed, completed, done, remembered and taken back`() async throws {
        let gateway = try await RunningGateway(options: ["--fleet", "3"])
        let keys = gateway.state.path() + "/keys"
        try Data("ctrl-x = quit\n".utf8).write(to: URL(filePath: keys))
        let command =
            "XDG_STATE_HOME=\(gateway.state.path())/xdg \(RunningProcess.executable.path()) attach "
            + "--state-dir \(gateway.state.path()) --keys \(keys); echo left with $?"
        let session = try TerminalSession()
        try session.run(command)
        try await session.waitFor("0x10 ESP32")
        try session.press(":", "p", "a", "u", "Tab", "a", "l", "Tab")
        try await session.waitFor(":pause alba")
        try session.press("Enter")
        try await session.waitFor("Pause alba?")
        try session.press("y")
        try await session.waitFor("alba is paused")
        try session.press("C-r")
        try await session.waitFor("alba flows again")
        try session.press("5")
        try await eventually("alba flows again") { !session.screen.contains("paused") }
        try session.press(":", "q", "x", "Enter")
        try await session.waitFor("no command is called qx")
        try session.press("Escape", "C-x")
        try await session.waitFor("left with 0")
        try session.run("clear; " + command)
        try await session.waitFor("0x10 ESP32")
        try session.press(":", "Up")
        try await session.waitFor(":pause alba")
        try session.press("Escape", "q")
        try await session.waitFor("left with 0")
        gateway.process.signal(SIGTERM)
        #expect(try await gateway.process.wait() == 0)
    }
}
