import ArgumentParser
import Foundation
import Glibc
import NanoCore
import NanoServe
import NanoTUI

/// What a console is steered with: keys, commands that were typed before, a script.
struct HandsOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "File with keys. Default: nanogridata/keys in the user's configuration, if there.",
            valueName: "file"))
    var keys: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Run the commands in this file, or - for standard input, one a line; without a "
                + "terminal nothing is drawn, and its end is the console's.", valueName: "file"))
    var script: String?

    /// Whether there is a terminal to draw on.
    static var hasTerminal: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

    /// Whether the script is run without a screen.
    var isBlind: Bool { script != nil && !Self.hasTerminal }

    /// Which key does what.
    ///
    /// - Throws: ``CommandFailure`` with exit code 2 and a line for every mistake.
    func keyMap() throws -> KeyMap {
        let environment = ProcessInfo.processInfo.environment
        let configuration =
            environment["XDG_CONFIG_HOME"] ?? (environment["HOME"] ?? "") + "/.config"
        let usual = configuration + "/nanogridata/keys"
        guard let path = keys ?? (access(usual, F_OK) == 0 ? usual : nil) else { return .standard }
        let text = try InputFile.text(at: path, option: "--keys")
        do {
            return try KeyMap(text: text, file: SafeText.quotable(path, to: 4_096))
        } catch {
            throw CommandFailure.misuse(error.lines)
        }
    }

    /// The script with its name for messages; nil when there is none.
    ///
    /// - Throws: ``CommandFailure`` with exit code 2 when it cannot be read.
    func scriptText() throws -> (text: String, file: String)? {
        guard let script else { return nil }
        let name = script == "-" ? "standard input" : SafeText.quotable(script, to: 4_096)
        return (try InputFile.text(at: script, option: "--script"), name)
    }

    /// Adds what a console is steered with.
    ///
    /// - Throws: ``CommandFailure``.
    func complete(_ options: inout ConsoleOptions) throws {
        let history = CommandHistory(environment: ProcessInfo.processInfo.environment)
        options.keyMap = try keyMap()
        options.history = history.lines
        options.remember = { history.add($0) }
        options.script = try scriptText()
        options.write = { path, text in
            let home = ProcessInfo.processInfo.environment["HOME"]
            try SavedFile.write(text, to: path, home: home)
        }
        // What a script does must not depend on what somebody has set up.
        guard script == nil else { return }
        LastingState(environment: ProcessInfo.processInfo.environment).complete(&options)
    }

    /// Runs the script without a screen.
    ///
    /// - Parameter options: With the script.
    func session(_ gateway: any GatewayPort, _ options: ConsoleOptions) -> ScriptSession {
        ScriptSession(
            port: gateway, options: options, text: options.script?.text ?? "",
            file: options.script?.file ?? ""
        ) { sentence in
            print(SafeText.escaped(sentence))
            fflush(nil)
        }
    }
}

extension ScriptSession {
    /// Runs on a thread of its own until it ends.
    func runOnThread() async -> ConsoleEnd {
        await withCheckedContinuation { continuation in
            let thread = Thread {
                ThreadName.set("script")
                continuation.resume(returning: self.run())
            }
            thread.start()
        }
    }
}

extension ConsoleEnd {
    /// - Throws: What the process has to end with because of it.
    func check() throws {
        switch self {
        case .signal(SIGHUP): throw ExitCode(128 + SIGHUP)
        case .failed(let words): throw CommandFailure.failed(words)
        case .quit, .closed, .signal: break
        }
    }
}
