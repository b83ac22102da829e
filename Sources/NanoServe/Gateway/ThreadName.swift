import Glibc
import NIOPosix

/// What `top -H` calls a thread.
public enum ThreadName {
    /// Names the calling thread. Where the system does not let a thread have a name, it keeps the
    /// one it has.
    ///
    /// - Parameter name: Of at most 15 bytes; the system drops what is behind them.
    public static func set(_ name: String) {
        // Swift sees no pthread_setname_np, which is an extension of the C library.
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        _ = name.withCString { write(file, $0, strlen($0)) }
        close(file)
    }
}

extension MultiThreadedEventLoopGroup {
    /// Names the group's threads `devices-0` and so on.
    func nameThreads(_ name: String) {
        for (number, loop) in makeIterator().enumerated() {
            loop.execute { ThreadName.set("\(name)-\(number)") }
        }
    }
}
