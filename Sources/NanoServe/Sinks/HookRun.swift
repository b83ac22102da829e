import Glibc
import Subprocess
import SystemPackage

/// One run of a program, from its start until nothing is left of it.
///
/// It has a session of its own, so that it is out of reach of the console's terminal and can be
/// ended with all that it has started, and no descriptor but the standard three.
struct HookRun {
    let program: HookProgram
    let timeout: Duration

    /// What a run left behind.
    struct Report: Sendable {
        var ending: HookEnding
        /// The beginning of what it wrote to standard error.
        var errors: [UInt8] = []
    }

    /// From the first request to end to the one that cannot be refused.
    private static let grace = Duration.seconds(1)
    /// Longer than any run, which is ended when its time is over.
    private static let endless = Duration.seconds(1_000_000)
    /// Bytes of standard error that are kept.
    private static let keptBytes = 16_384

    /// A program that does not read its input must end a write with an error, not the gateway.
    private static let outlivesBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    private typealias Child = Execution<CustomWriteInput, DiscardedOutput, SequenceOutput>

    /// Runs the program with this on its standard input. When the task is cancelled it is told to
    /// end, as it is when its time is over.
    func report(input: [UInt8]) async -> Report {
        Self.outlivesBrokenPipes
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [Self.farewell]
        do {
            let result = try await run(
                .path(FilePath(program.path)), arguments: Arguments(program.arguments),
                environment: .custom(variables), workingDirectory: "/", platformOptions: options,
                input: .inputWriter, output: .discarded, error: .sequence
            ) { child in
                await attend(child, input)
            }
            let (errors, isOverdue) = result.closureResult
            let ending: HookEnding =
                switch result.terminationStatus {
                case _ where isOverdue: .overdue
                case .exited(let code): .exited(code: code)
                case .signaled(let number): .signaled(number)
                }
            return Report(ending: ending, errors: errors)
        } catch {
            return Report(ending: .notStarted(reason: Self.reason(error)))
        }
    }

    private var variables: [Environment.Key: String] {
        Dictionary(
            program.environment.compactMap { variable in
                Environment.Key(rawValue: variable.name).map {
                    ($0, String(decoding: variable.value.bytes, as: UTF8.self))
                }
            }, uniquingKeysWith: { $1 })
    }

    /// SIGTERM to all that it has started, then a moment; SIGKILL follows by itself.
    private static let farewell = TeardownStep.gracefulShutDown(
        toProcessGroup: true, allowedDurationToNextStep: grace)

    /// Feeds and hears a child until it has ended, or is made to.
    private func attend(
        _ child: Child, _ input: [UInt8]
    ) async -> (errors: [UInt8], isOverdue: Bool) {
        async let isFed: Void = Self.feed(child, input)
        async let errors = Self.errors(of: child)
        let watch = Task { await endWhenOverdue(child) }
        // Signal 0 does nothing: this step only waits for the end, however it comes about.
        let patience = TeardownStep.send(
            signal: Signal(rawValue: 0), allowedDurationToNextStep: Self.endless)
        await child.teardown(using: [patience])
        watch.cancel()
        let told = await watch.value
        // What it has started may outlive it, but not the moment that it would have had.
        if let told { try? await Task.sleep(until: told + Self.grace) }
        // It has ended and is not yet forgotten, so that nobody else can have its number.
        try? child.send(signal: .kill, toProcessGroup: true)
        await isFed
        return (await errors, told != nil || Task.isCancelled)
    }

    /// Ends a child when its time is over. One that has ended by then has been in time, however
    /// late this task gets its turn.
    ///
    /// - Returns: When it was told to end; nil if it did not have to be.
    private func endWhenOverdue(_ child: Child) async -> ContinuousClock.Instant? {
        do { try await Task.sleep(for: timeout) } catch { return nil }
        guard !Self.hasEnded(child) else { return nil }
        let told = ContinuousClock.now
        await child.teardown(using: [Self.farewell])
        return told
    }

    /// Whether a child has ended, asked without taking its status from whoever waits for that.
    private static func hasEnded(_ child: Child) -> Bool {
        var status = siginfo_t()
        let number = id_t(child.processIdentifier.value)
        let answer = waitid(P_PID, number, &status, WEXITED | WNOHANG | WNOWAIT)
        return answer != 0 || status.si_signo == SIGCHLD
    }

    /// Writes what the program reads, or as much as it wants to read.
    private static func feed(_ child: Child, _ input: [UInt8]) async {
        _ = try? await child.standardInputWriter.write(input)
        try? await child.standardInputWriter.finish()
    }

    /// Reads standard error to its end, so that nobody has to wait to write there.
    private static func errors(of child: Child) async -> [UInt8] {
        var kept: [UInt8] = []
        do {
            for try await piece in child.standardError where kept.count < keptBytes {
                kept += piece.withUnsafeBytes { $0.prefix(keptBytes - kept.count) }
            }
        } catch {
            // What has been read is all there is to say.
        }
        return kept
    }

    /// The system's word for it, without the path and what else the library says.
    private static func reason(_ error: any Error) -> String {
        guard let error = error as? SubprocessError else { return String(describing: error) }
        if error.code == .executableNotFound {
            return "it, or the interpreter that it names, is not there or not executable"
        }
        return error.underlyingError?.description ?? error.description
    }
}
