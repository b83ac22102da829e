import Glibc
import UnixSignals

/// SIGTERM, SIGINT and SIGHUP: the first one begins a graceful stop, another one ends the process at once.
/// Those within a second of the first are one: who signals a process and its group means nothing else.
enum StopSignals {
    /// - Parameter stop: Begins the graceful stop.
    /// - Returns: A task that looks after the signals until it is cancelled.
    static func watch(_ stop: @escaping @Sendable () async -> Void) async -> Task<Void, Never> {
        let trapped: [UnixSignal] =
            isHangupIgnored ? [.sigterm, .sigint] : [.sigterm, .sigint, .sighup]
        let signals = await UnixSignalsSequence(trapping: trapped)
        return Task {
            var begun: ContinuousClock.Instant?
            for await _ in signals {
                let now = ContinuousClock.now
                if let begun {
                    guard now - begun < .seconds(1) else { endAtOnce() }
                    continue
                }
                begun = now
                await stop()
            }
        }
    }

    /// Whether the process is to outlive its terminal, as whoever started it said, like nohup;
    /// otherwise a closed terminal stops the gateway as cleanly as anything else does.
    private static var isHangupIgnored: Bool {
        var action = sigaction()
        sigaction(SIGHUP, nil, &action)
        let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
        return handler == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Without anything that could wait for somebody.
    private static func endAtOnce() -> Never {
        printError("nanogridata: told to stop a second time; what was left to do is given up")
        _exit(1)
    }
}
