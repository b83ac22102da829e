import ArgumentParser
import Glibc
import NanoCore

/// The one executable: a console by default, and everything else as a subcommand.
@main
struct Nanogridata: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nanogridata",
        abstract: "A gateway for embedded sensors, with an operations console.",
        discussion: """
            Without a subcommand the console starts, and the gateway with it.

            Examples:
              nanogridata --embedded --fleet 100    try everything on this machine
              nanogridata serve                     run the gateway without a console
              nanogridata decode frames.hex         judge and dissect captured bytes

            Exit codes: 0 fine, 1 failed, 2 bad usage or configuration.
            """,
        version: "nanogridata \(Release.version)",
        subcommands: [
            ConsoleCommand.self, ServeCommand.self, CheckConfig.self, DecodeCommand.self,
            SimulateCommand.self, JournalCommand.self, DeadLettersCommand.self, AuditCommand.self,
            SecretsCommand.self, ProvisionCommand.self, DevicesCommand.self, ControlCommand.self,
            AttachCommand.self,
        ],
        defaultSubcommand: ConsoleCommand.self)

    /// Runs the command and maps every way of ending to the three documented exit codes.
    static func main() async {
        // A reader that goes away must end a write with an error, not the process.
        signal(SIGPIPE, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == "help", let fault = ArgumentFault(help: arguments.dropFirst()) {
            printError("nanogridata: \(fault.line)")
            Glibc.exit(2)
        }
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    private static func end(with error: any Error) -> Never {
        if let failure = error as? CommandFailure {
            for line in failure.lines { printError(line) }
            Glibc.exit(failure.exitCode)
        }
        switch exitCode(for: error) {
        case .success:
            print(fullMessage(for: error))
            Glibc.exit(0)
        case .validationFailure:
            let arguments = Array(CommandLine.arguments.dropFirst())
            let fault = ArgumentFault(message(for: error), arguments: arguments)
            printError("nanogridata: \(fault.line)")
            Glibc.exit(2)
        case let code:
            if code.rawValue == 1 { printError("nanogridata: \(fullMessage(for: error))") }
            Glibc.exit(code.rawValue)
        }
    }
}

/// A way for a command to end: clear lines for standard error and a documented exit code.
struct CommandFailure: Error {
    let lines: [String]
    let exitCode: Int32

    /// Something went wrong while running: exit code 1.
    static func failed(_ lines: String...) -> CommandFailure {
        CommandFailure(lines: lines.map { "nanogridata: " + $0 }, exitCode: 1)
    }

    /// The operator has to change arguments or configuration: exit code 2.
    static func misuse(_ lines: [String]) -> CommandFailure {
        CommandFailure(lines: lines.map { "nanogridata: " + $0 }, exitCode: 2)
    }

    /// What went wrong, to be told among other things.
    var sentence: String {
        lines.map { String($0.trimmingPrefix("nanogridata: ")) }.joined(separator: "; ")
    }
}

/// Writes one line to standard error, unless nobody takes it within a second.
func printError(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    var output = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
    guard poll(&output, 1, 1_000) == 1 else { return }
    bytes.withUnsafeBytes { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
