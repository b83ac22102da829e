import Foundation
import Glibc

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
            "env -i PATH=/usr/bin:/bin TERM=screen-256color LANG=C.UTF-8 PS1='$ ' bash --norc")
    }

    deinit {
        _ = try? tmux("kill-server")
    }

    @discardableResult
    private func tmux(_ arguments: String...) throws -> String {
        // Not Foundation's Process: it waits by a run loop, which a test's thread does not have.
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path()
        defer { unlink(file) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, file, O_CREAT | O_WRONLY | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var attributes = Self.plainSignals()
        defer { posix_spawnattr_destroy(&attributes) }
        var words = (["tmux", "-L", server] + arguments).map { strdup($0) }
        defer { for word in words { free(word) } }
        words.append(nil)
        var (process, status): (pid_t, Int32) = (0, 0)
        guard posix_spawn(&process, "/usr/bin/tmux", &actions, &attributes, words, environ) == 0
        else {
            throw RunningProcess.Failure(description: "tmux cannot be started")
        }
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return try String(contentsOfFile: file, encoding: .utf8)
    }

    /// No signal blocked or ignored, as in a terminal that a person opens. A test's thread blocks
    /// nearly all, and a tmux that inherits that can't even be stopped.
    private static func plainSignals() -> posix_spawnattr_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        return attributes
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

    func waitFor(_ text: String, seconds: Double = 40) async throws {
        try await eventually("\"\(text)\" on screen", seconds: seconds) { screen.contains(text) }
    }
}
