import Glibc

/// A device's end of a TCP connection on this machine, with blocking writes.
final class DeviceSocket {
    struct Failure: Error {
        let call: String
        let number: Int32
    }

    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(call: "socket", number: errno) }
        let result = Loopback.withAddress(port: port) { [descriptor] in
            connect(descriptor, $0, $1)
        }
        guard result == 0 else {
            let number = errno
            Glibc.close(descriptor)
            throw Failure(call: "connect", number: number)
        }
    }

    deinit {
        Glibc.close(descriptor)
    }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(call: "send", number: errno) }
            sent += count
        }
    }

    /// A port that nobody listens on, at no address. It lies below those that the system gives to
    /// connections, one of which could take it before the gateway does.
    static func freePort() throws -> Int {
        for _ in 0..<1_000 {
            let port = UInt16.random(in: 15_000..<32_000)
            if try isFree(port) { return Int(port) }
        }
        throw Failure(call: "bind", number: EADDRINUSE)
    }

    private static func isFree(_ port: UInt16) throws -> Bool {
        let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard probe >= 0 else { throw Failure(call: "socket", number: errno) }
        defer { Glibc.close(probe) }
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
