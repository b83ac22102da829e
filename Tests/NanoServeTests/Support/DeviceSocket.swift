import Glibc

/// A device's end of a TCP connection on this machine.
final class DeviceSocket {
    struct Failure: Error {
        let call: String
        let number: Int32
    }

    private let descriptor: Int32

    /// - Parameters:
    ///   - isIPv6: Whether it goes to `::1` rather than to `127.0.0.1`.
    ///   - source: The last number of the address in 127.0.0.0/8 that it comes from.
    ///   - bufferBytes: What the system may hold for it; nil for what it likes.
    init(
        port: Int, isIPv6: Bool = false, source: UInt32 = 1, bufferBytes: Int32? = nil
    ) throws {
        descriptor = socket(isIPv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(call: "socket", number: errno) }
        guard isIPv6 || Self.with(ipv4(source, port: 0), { bind(descriptor, $0, $1) }) == 0
        else { throw Failure(call: "bind", number: errno) }
        let result =
            isIPv6
            ? Self.with(ipv6Loopback(port: port), { connect(descriptor, $0, $1) })
            : Self.with(ipv4(1, port: port), { connect(descriptor, $0, $1) })
        guard result == 0 else {
            let number = errno
            Glibc.close(descriptor)
            throw Failure(call: "connect", number: number)
        }
        if var bufferBytes { setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &bufferBytes, 4) }
        var noDelay: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &noDelay, 4)
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// Writes everything, and waits as long as that takes.
    func send(_ bytes: some Sequence<UInt8>) throws {
        let bytes = Array(bytes)
        var sent = 0
        while sent < bytes.count { sent += try write(bytes[sent...], flags: 0) }
    }

    /// Writes what the system takes at once.
    ///
    /// - Returns: Bytes taken; 0 when the other end does not read.
    func sendAtOnce(_ bytes: ArraySlice<UInt8>) throws -> Int {
        do {
            return try write(bytes, flags: Int32(MSG_DONTWAIT))
        } catch let failure as Failure where failure.number == EAGAIN {
            return 0
        }
    }

    private func write(_ bytes: ArraySlice<UInt8>, flags: Int32) throws -> Int {
        let count = bytes.withUnsafeBytes {
            Glibc.send(descriptor, $0.baseAddress, $0.count, flags | Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { throw Failure(call: "send", number: errno) }
        return count
    }

    /// Says that nothing follows.
    func endSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Makes closing reset the connection rather than end it.
    func resetWhenClosed() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
    }

    /// Whether the gateway has closed the connection.
    var isClosed: Bool {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT))
        return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)
    }

    private static func with<Address>(
        _ address: Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }
}

private func ipv4(_ last: UInt32, port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = (0x7F00_0000 | last).bigEndian
    return address
}

private func ipv6Loopback(port: Int) -> sockaddr_in6 {
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = UInt16(port).bigEndian
    address.sin6_addr = in6addr_loopback
    return address
}
