import NanoCore

@testable import NanoServe

/// Headers of PROXY protocol version 2, as a proxy writes them.
enum ProxyHeaders {
    static let signature: [UInt8] = Array("\r\n\r\n\0\r\nQUIT\n".utf8)

    /// A header of any kind.
    static func header(
        command: UInt8 = 0x21, family: UInt8, _ addresses: [UInt8], extra: [UInt8] = []
    ) -> [UInt8] {
        let length = addresses.count + extra.count
        return signature + [command, family, UInt8(length >> 8), UInt8(length & 0xFF)] + addresses
            + extra
    }

    /// A header for a device of IPv4, to 127.0.0.1:5678.
    static func ipv4(_ address: [UInt8], port: UInt16 = 40_000, extra: [UInt8] = []) -> [UInt8] {
        header(
            family: 0x11,
            address + [127, 0, 0, 1] + [UInt8(port >> 8), UInt8(port & 0xFF), 0x16, 0x2E],
            extra: extra)
    }

    /// A header for a device of IPv6, to itself.
    static func ipv6(_ address: IPAddress, port: UInt16 = 40_000) -> [UInt8] {
        let bytes = [address.high, address.low].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - $0 * 8)) }
        }
        return header(
            family: 0x21, bytes + bytes + [UInt8(port >> 8), UInt8(port & 0xFF), 0x16, 0x2E])
    }

    /// A proxy that looks whether the gateway is there.
    static let local = header(command: 0x20, family: 0x00, [])
    /// A device of which the proxy tells nothing.
    static let unnamed = header(family: 0x00, [])
}
