import Foundation
import TestProcesses

/// `nanogridata console` on free ports, in a terminal of which every byte is read.
final class RunningConsole {
    let terminal: PseudoTerminal
    let process: ChildProcess
    let devicePort: Int

    /// - Parameters:
    ///   - term: What the terminal calls itself.
    ///   - extra: Settings on top of the tests' secrets.
    init(
        width: Int = 80, height: Int = 24, term: String = "xterm-256color",
        extra: [String: String] = [:]
    ) async throws {
        terminal = try PseudoTerminal(width: width, height: height)
        devicePort = try FreePort.next()
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "nanogridata-\(UUID().uuidString)")
        var environment = TestDevice.environment
        environment["PATH"] = "/usr/bin:/bin"
        environment["TERM"] = term
        environment["COLORTERM"] = "truecolor"
        environment["LANG"] = "C.UTF-8"
        environment["NANOGRIDATA_PORT"] = "\(devicePort)"
        environment["METRICS_PORT"] = "\(try FreePort.next())"
        environment["NANOGRIDATA_STATE_DIR"] = folder.path()
        environment["ALBA_ENDPOINT"] = "discard:"
        environment["CYCLE_ENDPOINT"] = "discard:"
        environment.merge(extra) { $1 }
        process = try terminal.start(
            RunningProcess.executable.path(), ["console"], environment: environment)
        try await waitFor(" balances ")
        // The console draws before the gateway listens.
        try await eventually("devices can come in") { [devicePort] in
            (try? DeviceSocket(port: devicePort)) != nil
        }
    }

    /// Devices that send it two hundred packets a second, until they are stopped.
    func fleet(seed: UInt64, faults: String = "none") throws -> RunningProcess {
        try RunningProcess(
            [
                "simulate", "--port", "\(devicePort)", "--devices", "200", "--rate", "1", "--seed",
                "\(seed)", "--faults", faults,
            ], environment: TestDevice.environment)
    }

    func type(_ text: String) { terminal.type(text) }

    func waitFor(_ text: String, seconds: Double = 120) async throws {
        try await eventually("\"\(text)\" on screen", seconds: seconds) {
            try terminal.screen.text.contains(text)
        }
    }

    /// Waits until this many frames more are whole.
    func waitForFrames(_ count: Int) async throws {
        let before = try terminal.screen.frames
        try await eventually("\(count) frames") { try terminal.screen.frames >= before + count }
    }

    /// What is shown, and what is shown once all is drawn anew.
    func repainted() async throws -> (before: TerminalScreen, after: TerminalScreen) {
        try await eventually("a whole frame") { try !terminal.screen.isInFrame }
        let before = try terminal.screen
        type("\u{0C}")
        try await eventually("all is drawn anew") {
            let screen = try terminal.screen
            return screen.paints > before.paints && !screen.isInFrame
        }
        return (before, try terminal.screen)
    }

    /// Quits, and gives the exit code.
    func quit() async throws -> Int32 {
        type("qy")
        try await eventually("it has quit") { !process.isRunning }
        return process.wait()
    }
}
