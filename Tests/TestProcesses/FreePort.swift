import Glibc
import Synchronization

/// Ports for programs that tests start.
public enum FreePort {
    /// The system has no port to give, or no socket to ask with.
    public struct Failure: Error {
        /// The call that failed.
        public let call: String
        /// Its error, as the system numbers them.
        public let number: Int32
    }

    /// Those given last, the newest at the end.
    private static let given = Mutex<[UInt16]>([])
    private static let remembered = 1_000

    /// A port that nobody listens on, at no address. It lies below those that the system gives to
    /// connections, one of which could take it before the program does, and is none of those given
    /// before, which may not be listened on yet.
    ///
    /// - Throws: ``Failure``.
    public static func next() throws -> Int {
        for _ in 0..<1_000 {
            let port = UInt16.random(in: 15_000..<32_000)
            if take(port), try isFree(port) { return Int(port) }
        }
        throw Failure(call: "bind", number: EADDRINUSE)
    }

    /// Whether a port is not one of those given last; from now on it is.
    private static func take(_ port: UInt16) -> Bool {
        given.withLock { given in
            guard !given.contains(port) else { return false }
            given.append(port)
            if given.count > remembered { given.removeFirst() }
            return true
        }
    }

    private static func isFree(_ port: UInt16) throws -> Bool {
        let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard probe >= 0 else { throw Failure(call: "socket", number: errno) }
        defer { close(probe) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(probe, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
