import Glibc
import NIOPosix

extension MultiThreadedEventLoopGroup {
    /// Gives the group's threads names that `top -H` shows: `devices-0` and so on.
    ///
    /// - Parameter name: At most 11 bytes: the system takes 15 in all.
    func nameThreads(_ name: String) {
        for (number, loop) in makeIterator().enumerated() {
            loop.execute { Self.nameThread("\(name)-\(number)") }
        }
    }

    /// Where the system does not let a thread have a name, it keeps the one it has.
    private static func nameThread(_ name: String) {
        // Swift sees no pthread_setname_np, which is an extension of the C library.
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        _ = name.withCString { write(file, $0, strlen($0)) }
        close(file)
    }
}
