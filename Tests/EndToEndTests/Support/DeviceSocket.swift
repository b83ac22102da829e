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
}
