import Foundation
import TestProcesses
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
        let ports = try (0..<4).map { _ in try FreePort.next() }
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
        #expect(session.mouseModes == "0 0")
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
        // Nothing happens until there is something to step back to.
        try await eventually("it is earlier") {
            try session.press("<")
            try await Task.sleep(for: .milliseconds(500))
            return session.screen.contains(" ago ")
        }
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
        // Takes away what is said at the start: that the gateway's own console steers.
        try attached.press("Escape", "2")
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
        try await attached.waitFor("End follows")
        try attached.press("Escape")
        try await attached.waitFor("● ESP32-0001")
        try attached.press("q")
        try await attached.waitFor("ended with 0")
        try session.press("q", "y")
        try await expectRestored(session, exit: "0")
    }

    @Test(arguments: [
        ("TERM", "0"), ("INT", "0"), ("QUIT", "0"), ("HUP", "129"), ("SEGV", "139"),
        ("ABRT", "134"), ("BUS", "135"), ("ILL", "132"), ("TRAP", "133"), ("FPE", "136"),
    ])
    func `the terminal is as it was after a signal`(signal: String, exit: String) async throws {
        let session = try await start(options: "--mouse")
        #expect(session.mouseModes == "1 1")
        let sent = notes + ".sent"
        defer { unlink(sent) }
        try session.record(to: sent)
        kill(try process(), try #require(Self.signals[signal]))
        try await expectRestored(session, exit: exit)
        // The shell asks for pastes of its own afterwards.
        try await eventually("pastes are the terminal's again") {
            let bytes = (try? String(contentsOfFile: sent, encoding: .isoLatin1)) ?? ""
            let after = bytes.components(separatedBy: "ended with").first ?? ""
            return after.contains("\u{1B}[?1006l\u{1B}[?1000l\u{1B}[?2004l")
        }
    }

    @Test func `the terminal is as it was after a fatal error`() async throws {
        let session = try TerminalSession()
        let console = RunningProcess.executable.deletingLastPathComponent()
            .appending(path: "CrashingConsole").path()
        try session.run("stty -a > \(notes).modes")
        try session.run(
            "SWIFT_BACKTRACE=enable=no \(console) 2> \(notes).errors; echo ended with $?; "
                + "stty -a | cmp - \(notes).modes && echo modes restored")
        try await session.waitFor(" balances ")
        #expect(session.modes == "1 0")
        // What it ends with is a trap: SIGILL, or SIGTRAP on other processors.
        try await session.waitFor("ended with 13")
        try await session.waitFor("modes restored")
        #expect(session.modes == "0 1" && session.mouseModes == "0 0")
        let errors = try String(contentsOfFile: notes + ".errors", encoding: .utf8)
        #expect(errors.contains("Fatal error: the gateway was thought to have no end"))
    }

    private static let signals = [
        "TERM": SIGTERM, "INT": SIGINT, "QUIT": SIGQUIT, "HUP": SIGHUP, "SEGV": SIGSEGV,
        "ABRT": SIGABRT, "BUS": SIGBUS, "ILL": SIGILL, "TRAP": SIGTRAP, "FPE": SIGFPE,
    ]

    /// The console's number in the system.
    private func process() throws -> pid_t {
        let text = try String(contentsOfFile: notes + ".pid", encoding: .utf8)
        return try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    @Test func `one key does not stop the gateway with its console`() async throws {
        let session = try await start()
        try session.send(hex: "1a")
        try await session.waitFor("Ctrl-Z would stop the gateway too")
        #expect(session.modes == "1 0")
        try session.press("q", "y")
        try await expectRestored(session, exit: "0")
    }

    @Test
    func `stopped from outside it gives the terminal back, mouse and all, and takes it again`()
        async throws
    {
        let session = try await start(options: "--mouse")
        kill(try process(), SIGTSTP)
        try await session.waitFor("Stopped")
        #expect(session.modes == "0 1" && session.mouseModes == "0 0")
        try session.run("fg")
        try await session.waitFor(" balances ")
        #expect(session.modes == "1 0" && session.mouseModes == "1 1")
        try session.press("O")
        try await eventually("the mouse is the terminal's") { session.mouseModes == "0 0" }
        try session.press("q", "y")
        try await eventually("the terminal is given back") { session.modes == "0 1" }
    }

    @Test func `the mouse selects, opens and scrolls, and a paste is no key`() async throws {
        let session = try await start(options: "--mouse --colors none")
        try session.press("2")
        try await session.waitFor("Devices · 5")
        // ESC [ < 0 ; 6 ; 5 M: the second device.
        for _ in 0..<2 {
            try session.send(hex: "1b", "5b", "3c", "30", "3b", "36", "3b", "35", "4d")
        }
        try await session.waitFor("signs with")
        // ESC [ 200 ~ q y ESC [ 201 ~
        try session.send(
            hex: "1b", "5b", "32", "30", "30", "7e", "71", "79", "1b", "5b", "32", "30", "31", "7e")
        try await session.waitFor("what is pasted goes into a line")
        #expect(session.modes == "1 0")
        try session.press("q", "y")
        try await expectRestored(session, exit: "0")
    }

    @Test func `an edited theme is taken over, what is wrong with it is said until it is mended`()
        async throws
    {
        let folder = notes + ".themes"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let file = folder + "/mine.theme"
        let source = RunningProcess.executable.deletingLastPathComponent()
            .appending(path: "../../../themes/dusk.theme").standardized
        let text = try String(contentsOf: source, encoding: .utf8)
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        let session = try await start(
            options: "--themes-dir \(folder) --theme mine --colors truecolor")
        try await session.waitFor("theme mine")
        let sent = notes + ".sent"
        defer { unlink(sent) }
        try session.record(to: sent)
        try text.replacing("#c8ccd4", with: "#010203").write(
            toFile: file, atomically: true, encoding: .utf8)
        try await eventually("the new colour is sent") {
            // The terminal's program makes the file with the first bytes.
            let bytes = try? String(contentsOfFile: sent, encoding: .isoLatin1)
            return bytes?.contains("38;2;1;2;3m") == true
        }
        try (text + "theme[title]=\"red\"\n").write(
            toFile: file, atomically: true, encoding: .utf8)
        let fault = "theme[title]: \"red\" is no colour"
        try await session.waitFor(fault)
        try session.press("2")
        try await session.waitFor("last seen")
        #expect(session.screen.contains(fault))
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        try await eventually("it is mended") { !session.screen.contains(fault) }
        unlink(file)
        try session.press("q", "y")
        try await expectRestored(session, exit: "0")
    }

    @Test func `what is set up lasts, but not for scripts, and not when the file is damaged`()
        async throws
    {
        let home = notes + ".xdg"
        defer { try? FileManager.default.removeItem(atPath: home) }
        let state = home + "/nanogridata/console.json"
        let session = try await start(environment: "XDG_STATE_HOME=\(home)")
        try session.press("2")
        try await session.waitFor("last seen")
        try session.press("s", ":", "columns hide last-seen", "Enter", ":", "theme paper", "Enter")
        try await session.waitFor("state↓")
        try await eventually("it is kept") {
            let text = (try? String(contentsOfFile: state, encoding: .utf8)) ?? ""
            return ["paper", "last-seen", "state descending"].allSatisfy(text.contains)
        }
        try session.press("q", "y")
        try await expectRestored(session, exit: "0")
        try session.run("clear")
        let again = try await start(environment: "XDG_STATE_HOME=\(home)")
        try await again.waitFor("paper")
        try again.press("2")
        try await again.waitFor("state↓")
        #expect(!again.screen.contains("last seen"))
        try again.press("q", "y")
        try await expectRestored(again, exit: "0")
        try "{ \"theme\"".write(toFile: state, atomically: true, encoding: .utf8)
        let third = try await start(environment: "XDG_STATE_HOME=\(home)")
        try await third.waitFor("the console is as it comes")
        #expect(try String(contentsOfFile: state, encoding: .utf8) == "{ \"theme\"")
        try third.press("2", "s")
        try await eventually("it is moved aside") {
            FileManager.default.fileExists(atPath: state + ".damaged")
        }
        try third.press("q", "y")
        try await expectRestored(third, exit: "0")
    }

    @Test func `in the C locale without colours it is drawn in ASCII`() async throws {
        let session = try await start(environment: "LANG=C NO_COLOR=1")
        let sent = notes + ".sent"
        defer { unlink(sent) }
        try session.record(to: sent)
        try session.press("C-l")
        for (key, text) in [("2", "last seen"), ("5", "p50/p99"), ("8", "message"), ("?", "Esc")] {
            try session.press(key)
            try await session.waitFor(text)
        }
        #expect(session.screen.utf8.allSatisfy { $0 < 0x80 })
        try session.press("Escape", "q", "y")
        try await expectRestored(session, exit: "0")
        let bytes = try #require(FileManager.default.contents(atPath: sent))
        #expect(bytes.count > 1_000 && bytes.allSatisfy { $0 < 0x80 })
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
        try session.press("2")
        // A key that comes before the rows have come finds none.
        try await session.waitFor("last seen")
        try session.press("y")
        try await eventually("a device is on the clipboard") {
            session.copied.range(of: "^[A-Z0-9]+-[0-9]+$", options: .regularExpression) != nil
        }
        try session.press("q", "y")
        try await expectRestored(session, exit: "0")
    }

    @Test func `an attached console that is stopped and continued draws again`() async throws {
        let gateway = try await RunningGateway()
        let session = try TerminalSession()
        try session.run(
            "\(RunningProcess.executable.path()) attach \(gateway.state.path())/admin.sock")
        try await session.waitFor(" balances ")
        try session.press("C-z")
        try await session.waitFor("Stopped")
        #expect(session.modes == "0 1")
        #expect(await gateway.status("/health") == 200)
        try session.run("fg")
        try await session.waitFor(" balances ")
        #expect(session.modes == "1 0")
        try session.press("q")
        try await eventually("the terminal is given back") { session.modes == "0 1" }
    }
}
