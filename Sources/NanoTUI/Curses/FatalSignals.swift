import Glibc

/// Gives the terminal back when the process is about to die.
///
/// The handler calls write, tcsetattr, sigaction and raise alone, which are safe in a signal
/// handler (POSIX.1-2017, System Interfaces, 2.4.3), and works on memory that was set up before.
enum FatalSignals {
    private static let numbers = [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT]

    // Written while no fatal signal is armed, read by its handler alone.
    nonisolated(unsafe) private static var bytes: UnsafeMutablePointer<UInt8>?
    nonisolated(unsafe) private static var count = 0
    nonisolated(unsafe) private static var descriptor: Int32 = -1
    // Memory of its own: a global termios is given no room for the padding at its end (Swift 6.3).
    nonisolated(unsafe) private static var modes: UnsafeMutablePointer<termios>?

    /// - Parameters:
    ///   - restore: What makes the terminal look as it did.
    ///   - modes: Its modes as they were.
    static func arm(restore: [UInt8], modes: termios, descriptor: Int32) {
        disarm()
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: restore.count)
        memory.update(from: restore, count: restore.count)
        let kept = UnsafeMutablePointer<termios>.allocate(capacity: 1)
        kept.initialize(to: modes)
        (bytes, count, Self.descriptor, Self.modes) = (memory, restore.count, descriptor, kept)
        for number in numbers { install(number) { FatalSignals.restoreAndDie($0) } }
    }

    static func disarm() {
        for number in numbers { signal(number, SIG_DFL) }
        bytes?.deallocate()
        modes?.deallocate()
        (bytes, count, modes) = (nil, 0, nil)
    }

    private static func restoreAndDie(_ number: Int32) {
        if let bytes, let modes {
            _ = write(descriptor, bytes, count)
            tcsetattr(descriptor, TCSANOW, modes)
        }
        signal(number, SIG_DFL)
        raise(number)
    }

    private static func install(_ number: Int32, _ handler: @convention(c) (Int32) -> Void) {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = handler
        action.sa_flags = Int32(SA_NODEFER)
        sigaction(number, &action, nil)
    }
}
