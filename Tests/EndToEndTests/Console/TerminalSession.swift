import Foundation
import TestProcesses

/// A shell in a terminal of its own, typed into and read like a person would.
final class TerminalSession {
    private let server = "nanogridata-\(UUID().uuidString.prefix(8))"

    /// - Throws: ``RunningProcess/Failure`` with the command that installs tmux, when it is missing.
    init(width: Int = 80, height: Int = 24) throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/tmux") else {
            throw RunningProcess.Failure(
                description: "tmux is missing; install it: apt-get install tmux")
        }
        try tmux(
            "-f", "/dev/null", "new-session", "-d", "-s", "t", "-x", "\(width)", "-y", "\(height)",
            "env -i PATH=/usr/bin:/bin TERM=screen-256color LANG=C.UTF-8 PS1='$ ' \(Self.sanitizer)"
                + "bash --norc")
    }

    /// How a sanitizer is told to work, which holds for the console too.
    private static var sanitizer: String {
        ProcessInfo.processInfo.environment
            .filter { $0.key.hasSuffix("SAN_OPTIONS") || $0.key == "LD_PRELOAD" }
            .map { "\($0)='\($1)' " }.joined()
    }

    deinit {
        _ = try? tmux("kill-server")
    }

    @discardableResult
    private func tmux(_ arguments: String...) throws -> String { try tmux(arguments) }

    @discardableResult
    private func tmux(_ arguments: [String]) throws -> String {
        try ProgramRun("tmux", ["-L", server] + arguments).text
    }

    /// Types a line and Enter.
    func run(_ line: String) throws {
        try tmux("send-keys", "-t", "t", "-l", line)
        try tmux("send-keys", "-t", "t", "Enter")
    }

    /// Presses keys by tmux's names.
    func press(_ keys: String...) throws {
        for key in keys { try tmux("send-keys", "-t", "t", key) }
    }

    func resize(width: Int, height: Int) throws {
        try tmux("resize-window", "-t", "t", "-x", "\(width)", "-y", "\(height)")
    }

    /// What the terminal shows.
    var screen: String { (try? tmux("capture-pane", "-p", "-t", "t")) ?? "" }

    /// Whether the alternate screen is shown, and whether the cursor is.
    var modes: String {
        (try? tmux("display", "-p", "-t", "t", "#{alternate_on} #{cursor_flag}"))?
            .trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    }

    /// Lets programs in it fill the buffer of tmux, as they fill a clipboard elsewhere.
    func acceptCopies() throws {
        try tmux("set", "-s", "set-clipboard", "on")
    }

    /// What was copied last; empty before that.
    var copied: String { (try? tmux("show-buffer")) ?? "" }

    /// Whether the terminal tells of the mouse, and whether in SGR's form.
    var mouseModes: String {
        (try? tmux("display", "-p", "-t", "t", "#{mouse_standard_flag} #{mouse_sgr_flag}"))?
            .trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    }

    /// Writes every byte that programs send to the terminal to a file, from now on.
    func record(to file: String) throws {
        try tmux("pipe-pane", "-o", "-t", "t", "cat >> \(file)")
    }

    /// Sends bytes as a terminal does.
    func send(hex bytes: String...) throws {
        try tmux(["send-keys", "-t", "t", "-H"] + bytes)
    }

    func waitFor(_ text: String, seconds: Double = 120) async throws {
        try await eventually("\"\(text)\" on screen", seconds: seconds) { screen.contains(text) }
    }
}
