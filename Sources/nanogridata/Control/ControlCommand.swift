import ArgumentParser
import NanoCore
import NanoServe

/// Asks a running gateway, and tells it what to do.
struct ControlCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ctl",
        abstract: "Ask a running gateway, and tell it what to do.",
        discussion: """
            Speaks to the gateway's admin socket as the user that runs this. What is done stands in \
            the gateway's audit trail.

            Examples:
              nanogridata ctl status               is all well? what stands?
              nanogridata ctl routes               the destinations and what waits for them
              nanogridata ctl pause alba           deliver nothing more to alba for now
              nanogridata ctl skip cycle --yes     give up what waits for cycle
              nanogridata ctl acknowledge route/alba   I look after this alarm
              nanogridata ctl capture start        write all that comes in to files

            Exit codes: 0 fine, 1 failed, also when no gateway answers, 2 bad usage.
            """,
        subcommands: [
            ControlStatus.self, ControlRoutes.self, ControlPause.self, ControlResume.self,
            ControlSkip.self, ControlAlarms.self, ControlAcknowledge.self, ControlReopen.self,
            ControlCapture.self, ControlStop.self,
        ],
        defaultSubcommand: ControlStatus.self)

    /// How an answer is shown.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }
}

extension AdminOption {
    /// Has something done, and prints what was done.
    ///
    /// - Throws: ``CommandFailure`` with exit code 1 when it was not.
    func perform(_ command: Command) throws {
        let client = try connect()
        let result: CommandResult
        do {
            result = try client.perform(command)
        } catch {
            throw CommandFailure.failed("\(error); whether it was done is not known")
        }
        switch result {
        case .done(let sentence), .unchanged(let sentence): print(sentence)
        case .counted(let count): print(count)
        case .failed(let sentence): throw CommandFailure.failed(sentence)
        }
    }

    /// Looks at the gateway.
    func look(_ parts: SnapshotParts = []) throws -> Snapshot {
        do {
            return try connect().snapshot(parts)
        } catch let fault as AdminFault {
            throw CommandFailure.failed("\(fault)")
        }
    }
}

/// Asks before something is lost.
struct ConsentOption: ParsableArguments {
    @Flag(help: "Do not ask.")
    var yes = false

    /// - Parameter word: What has to be typed to agree; nil for a yes.
    /// - Throws: ``CommandFailure`` unless the operator agrees; without a terminal nobody can.
    func obtain(_ question: String, typed word: String? = nil) throws {
        guard !yes else { return }
        guard try Confirmation.isGiven(question, typed: word) else {
            throw CommandFailure.failed("nothing was done")
        }
    }
}
