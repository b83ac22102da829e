import Glibc

/// Signals as bytes in a pipe, so that the console's one thread finds them where it waits.
final class SignalPipe {
    private static let numbers = [SIGWINCH, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT]

    // Written before the handlers are installed, read by them alone.
    nonisolated(unsafe) private static var writeEnd: Int32 = -1

    private let pipe = WakePipe()

    init() {
        Self.writeEnd = pipe.writeEnd
        Self.numbers.forEach(Self.take)
    }

    private static func take(_ number: Int32) {
        signal(number) { number in
            var byte = UInt8(truncatingIfNeeded: number)
            let before = errno
            _ = write(SignalPipe.writeEnd, &byte, 1)
            errno = before
        }
    }

    /// Stops the process until SIGCONT, as SIGTSTP does. In a process group that no shell looks after the
    /// system lets it go on at once.
    ///
    /// - Parameter group: Whether the others of the group are to stop too, as where a terminal stops them.
    static func stop(group: Bool) {
        if group {
            // Not this process, which would stop once more when it has been continued.
            signal(SIGTSTP, SIG_IGN)
            kill(0, SIGTSTP)
        }
        signal(SIGTSTP, SIG_DFL)
        var (stop, before) = (sigset_t(), sigset_t())
        sigemptyset(&stop)
        sigaddset(&stop, SIGTSTP)
        pthread_sigmask(SIG_UNBLOCK, &stop, &before)
        raise(SIGTSTP)
        pthread_sigmask(SIG_SETMASK, &before, nil)
        take(SIGTSTP)
    }

    deinit {
        for number in Self.numbers { signal(number, SIG_DFL) }
        Self.writeEnd = -1
        pipe.close()
    }

    var readEnd: Int32 { pipe.readEnd }

    /// The signals that have come, in their order.
    func read() -> [Int32] {
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = Glibc.read(readEnd, &buffer, buffer.count)
        return count > 0 ? buffer[..<count].map(Int32.init) : []
    }
}
