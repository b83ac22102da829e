import Foundation
import Logging
public import NanoCore
import Synchronization

extension Gateway: AdminGateway {
    public func perform(
        _ command: Command, completion: @escaping @Sendable (CommandResult) -> Void
    ) {
        perform(command, by: actor(.console), completion: completion)
    }

    public func perform(
        _ command: Command, by actor: AuditActor,
        completion: @escaping @Sendable (CommandResult) -> Void
    ) {
        let now = Moment.now
        let isTaken = commands.run {
            let result = self.executeAudited(command, by: actor, now: now)
            self.logger.log(
                level: result.isFailure ? .warning : .notice, "operator's command",
                metadata: [
                    "command": "\(command.summary)", "user": "\(actor.user)",
                    "via": "\(actor.way.rawValue)", "result": "\(result.words)",
                ])
            completion(result)
        }
        if !isTaken { completion(.failed("not done, since the gateway has stopped")) }
    }

    /// Waits for the commands under way, so that none of them acts on a folder that is somebody
    /// else's, or loses its entry in the audit trail.
    func finishCommands() async {
        let left = await commands.close(within: Self.commandPatience)
        guard left > 0 else { return }
        logger.error(
            "operators' commands are under way still; their entries in the audit trail may be lost",
            metadata: ["commands": "\(left)"])
    }

    /// A little more than a command may wait for the trail, before it acts and behind it.
    private static let commandPatience = Duration.seconds(12)

    /// Does what the operator asks for, with an entry in the audit trail. Without one nothing is
    /// done but to stop, which an operator has to be able to do.
    private func executeAudited(
        _ command: Command, by actor: AuditActor, now: Moment
    ) -> CommandResult {
        guard let (action, target) = command.audited else { return execute(command, by: actor) }
        do {
            return try audit.record(action, of: target, by: actor, now: now) {
                execute(command, by: actor)
            }
        } catch {
            report(error)
            if let done = error.unwritten { return done.missing(in: error) }
            guard case .stop = command else {
                return .failed("not done, since the audit trail cannot be written: \(error)")
            }
            return execute(command, by: actor)
        }
    }

    public func noteDenied(
        _ command: Command, by actor: AuditActor, why: String,
        completion: @escaping @Sendable () -> Void
    ) {
        let now = Moment.now
        let isTaken = commands.run {
            if let (action, target) = command.audited {
                self.write(action, of: target, by: actor, now: now, .failed(why))
            }
            completion()
        }
        if !isTaken { completion() }
    }

    /// Writes down that the operator at the console has quit, and with that stops the gateway.
    /// Whoever runs the gateway stops it, together with what is around it.
    public func noteQuit() {
        let now = Moment.now
        _ = commands.run {
            self.note(.stop, .done("quit at the console"), by: .console, now: now)
        }
    }

    /// Writes down what the gateway has done of itself, or was told in another way than by a
    /// command.
    ///
    /// - Parameter target: By default the gateway.
    func note(
        _ action: AuditAction, _ result: CommandResult, of target: String? = nil,
        by way: AuditActor.Way = .gateway, now: Moment = .now
    ) {
        write(action, of: target ?? configuration.name, by: actor(way), now: now, result)
    }

    private func write(
        _ action: AuditAction, of target: String, by actor: AuditActor, now: Moment,
        _ result: CommandResult
    ) {
        do {
            _ = try audit.record(action, of: target, by: actor, now: now) { result }
        } catch {
            report(error)
        }
    }

    /// Writes down that the environment's secret has taken the place of another.
    static func note(_ replaced: ImportedSecret, in audit: AuditLog, _ logger: Logger) {
        do {
            try audit.examine()
            _ = try audit.record(
                .rotateSecret, of: "\(replaced.model)",
                by: .current(.gateway, environment: ProcessInfo.processInfo.environment), now: .now
            ) { .done(replaced.sentence) }
        } catch {
            report(error, logger)
        }
    }

    /// Looks at the audit trail as it was left; the next entry tells of what is wrong with it.
    func examineAudit() {
        do {
            try audit.examine()
        } catch {
            report(error)
        }
    }

    /// How long a stop waits for the last entries to get into a database.
    static let copyPatience = Duration.seconds(2)

    /// Logs what the audit trail ends with, so that another machine may know of it.
    func noteAuditHead() {
        guard let head = audit.head else { return }
        logger.notice("audit trail", metadata: ["head": "\(head)"])
    }

    private func actor(_ way: AuditActor.Way) -> AuditActor {
        .current(way, environment: ProcessInfo.processInfo.environment)
    }

    private func report(_ fault: AuditFault) { Self.report(fault, logger) }

    private static func report(_ fault: AuditFault, _ logger: Logger) {
        logger.error("the audit trail cannot be written", metadata: ["error": "\(fault)"])
    }
}

extension CommandResult {
    fileprivate var isFailure: Bool {
        if case .failed = self { true } else { false }
    }

    /// The same for an operator who has to know that there is no entry of it.
    fileprivate func missing(in fault: AuditFault) -> CommandResult {
        switch self {
        case .done(let text), .unchanged(let text):
            .failed("\(text); but the audit trail does not tell: \(fault)")
        case .counted, .failed: self
        }
    }
}

/// What was found wrong with the audit trail since the start.
final class AuditDamage: Sendable {
    private let found = Mutex("")
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    /// The newest; empty for none.
    var sentence: String { found.withLock { $0 } }

    @Sendable func note(_ sentence: String) {
        found.withLock { $0 = sentence }
        logger.error(
            "the audit trail is damaged or was tampered with; a new chain covers what was found",
            metadata: ["fault": "\(SafeText.escaped(sentence))"])
    }
}
