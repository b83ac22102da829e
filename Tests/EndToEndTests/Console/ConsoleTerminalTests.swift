import Foundation
import Testing

@Suite(.serialized) struct ConsoleTerminalTests {
    /// Where the console under test notes its process id and the terminal's modes.
    private let notes = FileManager.default.temporaryDirectory.appending(
        path: "nanogridata-\(UUID().uuidString)"
    ).path()

    /// A console on free ports with a small fleet, in a terminal.
    ///
    /// - Parameters:
    ///   - environment: Settings for `env`, in front of the command.
    ///   - options: Of the console, behind the command.
    private func start(
        environment: String = "", options: String = ""
    ) async throws -> TerminalSession {
        let session = try TerminalSession()
        let ports = try (0..<4).map { _ in try DeviceSocket.freePort() }
        try session.run("stty -a > \(notes).modes")
        try session.run(
            "(echo $BASHPID > \(notes).pid; exec env NANOGRIDATA_STATE_DIR=\(notes) \(environment) "
                + "\(RunningProcess.executable.path()) console --embedded --fleet 5 "
                + "--port \(ports[0]) --metrics-port \(ports[1]) --alba-port \(ports[2]) "
                + "--cycle-port \(ports[3]) \(options)); echo ended with $?; "
                + "stty -a | cmp - \(notes).modes && echo modes restored")
        try await session.waitFor(" balances ")
        return session
    }

    private func expectRestored(_ session: TerminalSession, exit: String) async throws {
        try await session.waitFor("ended with \(exit)")
        try await session.waitFor("modes restored")
        #expect(session.modes == "0 1")
    }

    @Test func `it watches, follows the terminal's size, and quits when confirmed`() async throws {
        let session = try await start()
        #expect(session.modes == "1 0")
        try await session.waitFor("0x10 ESP32")
        try session.resize(width: 120, height: 40)
        try await session.waitFor("Enter open")
        try session.resize(width: 40, height: 10)
        try await session.waitFor("60x16")
        try session.resize(width: 80, height: 24)
        try session.press("q")
        try await session.waitFor("Quit?")
        try session.press("Escape")
        try await eventually("the question goes away") { !session.screen.contains("Quit?") }
        try session.press("q", "y")
        try await expectRestored(session, exit: "0")
    }

    @Test func `a filter is completed, told what is wrong with it, and kept`() async throws {
        let session = try await start(options: "--colors none")
        try session.press("2")
        try await session.waitFor("last seen")
        try session.press("/", "mod", "Tab")
        try await session.waitFor("esp32  stm32  asic")
        try session.press("zz")
        try await session.waitFor("no model is called zz")
        try await session.waitFor("       ▼─\n /model:zz")
        try session.press("BSpace", "BSpace", "es", "Tab", "Enter")
        try await session.waitFor("match model:esp32")
        #expect(!session.screen.contains("STM32-"))
        try session.press("Escape", "/", "Up")
        try await session.waitFor(" /model:esp32")
        try session.press("Escape", "q")
        try await session.waitFor("Quit?")
        try session.press("y")
        try await expectRestored(session, exit: "0")
    }

    @Test func `a terminal that has grown shows nothing of the console afterwards`() async throws {
        let session = try await start()
        try session.resize(width: 140, height: 40)
        try await session.waitFor("up 00:")
        try session.press("q")
        try await session.waitFor("Quit?")
        try session.press("y")
        try await expectRestored(session, exit: "0")
        #expect(!session.screen.contains("Ledger") && !session.screen.contains("0x10"))
    }

    @Test func `what was seen is stepped through again, and played again from its file`()
        async throws
    {
        let file = notes + ".ndjson"
        defer { unlink(file) }
        let session = try await start(options: "--record \(file)")
        try await session.waitFor("0x10 ESP32")
        try await Task.sleep(for: .seconds(3))
        try session.press("<")
        try await session.waitFor(" ago ")
        try session.press("Space")
        try await eventually("it is now again") { !session.screen.contains(" ago ") }
        try session.press("q", "y")
        try await expectRestored(session, exit: "0")
        try session.run("clear; \(RunningProcess.executable.path()) console --play \(file)")
        try await session.waitFor("recording")
        try await session.waitFor("0x10 ESP32")
        try await session.waitFor("the recording ends here")
        try session.press("<")
        try await session.waitFor(" ago ")
        try session.press("q")
        try await eventually("the shell is back") { session.modes == "0 1" }
        try session.run(
            "clear; \(RunningProcess.executable.path()) console --record \(file); echo rc $?")
        try await session.waitFor("File exists")
        try await session.waitFor("rc 2")
    }

    @Test func `a device is opened in an attached console, with what it sends and measures`()
        async throws
    {
        let session = try await start()
        let attached = try TerminalSession()
        try attached.run(
            "env NANOGRIDATA_STATE_DIR=\(notes) \(RunningProcess.executable.path()) attach; "
                + "echo ended with $?")
        try await attached.waitFor(" balances ")
        try attached.press("2")
        try await attached.waitFor("● ESP32-0001")
        try attached.press(":")
        try attached.run("device 0x10 ESP32-0001")
        try await attached.waitFor("─ 0x10 ESP32-0001 ─")
        try await attached.waitFor("the model's secret")
        try await attached.waitFor("✓ accepted")
        try await attached.waitFor("pressure_pa Pa")
        try attached.press("Enter")
        try await attached.waitFor("✓ magic")
        try attached.press("Escape")
        try await attached.waitFor("▼ following")
        try attached.press("Escape")
        try await attached.waitFor("● ESP32-0001")
        try attached.press("q")
        try await attached.waitFor("ended with 0")
        try session.press("q", "y")
        try await expectRestored(session, exit: "0")
    }

    @Test(arguments: [
        ("TERM", "0"), ("INT", "0"), ("QUIT", "0"), ("HUP", "129"), ("SEGV", "139"),
        ("ABRT", "134"),
    ])
    func `the terminal is as it was after a signal`(signal: String, exit: String) async throws {
        let session = try await start()
        let process = try String(contentsOfFile: notes + ".pid", encoding: .utf8)
        let number = try #require(pid_t(process.trimmingCharacters(in: .whitespacesAndNewlines)))
        let signals = [
            "TERM": SIGTERM, "INT": SIGINT, "QUIT": SIGQUIT, "HUP": SIGHUP, "SEGV": SIGSEGV,
            "ABRT": SIGABRT,
        ]
        kill(number, try #require(signals[signal]))
        try await expectRestored(session, exit: exit)
    }

    @Test func `in the C locale without colours it is drawn in ASCII`() async throws {
        let session = try await start(environment: "LANG=C NO_COLOR=1")
        try await session.waitFor("0x10 ESP32")
        #expect(session.screen.utf8.allSatisfy { $0 < 0x80 })
        try session.press("q", "y")
        try await expectRestored(session, exit: "0")
    }

    @Test func `what is copied arrives at the terminal, and decode reads it back`() async throws {
        let session = try await start(environment: "TMUX=1")
        try session.acceptCopies()
        try session.press("3")
        try await session.waitFor("ESP32-0001")
        try session.press("y")
        try await session.waitFor("Copy 1 packet as")
        try session.press("Enter")
        try await eventually("hex is on the clipboard") { session.copied.hasPrefix("c153") }
        let judged = try await DecodeRun(Data(session.copied.utf8), secrets: [:])
        #expect(judged.exitCode == 0)
        #expect(judged.lines.count == 1)
        #expect(try judged.object(0)["reason"] as? String == "unknown_model")
        try await session.waitFor(".hex")
        let files = try FileManager.default.contentsOfDirectory(atPath: notes + "/dumps")
        #expect(files.count == 1 && files.allSatisfy { $0.hasSuffix(".hex") })
        try session.press("2", "y")
        try await eventually("a device is on the clipboard") {
            session.copied.range(of: "^[A-Z0-9]+-[0-9]+$", options: .regularExpression) != nil
        }
        try session.press("q", "y")
        try await expectRestored(session, exit: "0")
    }

    @Test func `stopped and continued it draws again`() async throws {
        let session = try await start()
        try session.press("C-z")
        try await session.waitFor("Stopped")
        #expect(session.modes == "0 1")
        try session.run("fg")
        try await session.waitFor(" balances ")
        #expect(session.modes == "1 0")
        try session.press("q", "y")
        // The shell drops what stood behind a stopped command, so the terminal has to tell.
        try await eventually("the terminal is given back") { session.modes == "0 1" }
    }
}
