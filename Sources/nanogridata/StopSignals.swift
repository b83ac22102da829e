import Glibc
import UnixSignals

/// SIGTERM and SIGINT: the first one begins a graceful stop, a second one ends the process at once.
enum StopSignals {
    /// - Parameter stop: Begins the graceful stop.
    /// - Returns: A task that looks after the signals until it is cancelled.
    static func watch(_ stop: @escaping @Sendable () async -> Void) async -> Task<Void, Never> {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        return Task {
            var isStopping = false
            for await _ in signals {
                guard !isStopping else { endAtOnce() }
                isStopping = true
                await stop()
            }
        }
    }

    /// Without anything that could wait for somebody.
    private static func endAtOnce() -> Never {
        printError("nanogridata: told to stop a second time; what was left to do is given up")
        _exit(1)
    }
}
