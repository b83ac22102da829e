package import NanoCore

/// What a proxy tells about a connection before its first byte: PROXY protocol, version 2
/// (HAProxy, "The PROXY protocol", §2.2).
package struct ProxyHeader: Equatable {
    package enum Source: Equatable {
        case address(IPAddress, port: UInt16)
        /// The proxy does not know the address, or it is none of IP.
        case unnamed
        /// The connection is the proxy's own.
        case proxy
    }

    /// What no header begins or goes on with.
    package enum Fault: Error {
        case signature
        case version
        case command
        case family
        case length
    }

    package let source: Source
    /// Bytes of the header, what it says besides the address included.
    package let length: Int

    /// The longest header that is taken, in bytes. Proxies that tell much, as of certificates, stay
    /// well below it.
    static let maximumLength = 4_096

    private static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]
    /// The signature, version and command, family, and the length of the rest.
    private static let fixedLength = 16

    /// Reads a header from the first bytes of a connection.
    ///
    /// The answer to all bytes is the answer to those of them that decide, however they are cut.
    ///
    /// - Returns: Nil while bytes are missing.
    package static func read(_ bytes: Span<UInt8>) throws(Fault) -> ProxyHeader? {
        for place in 0..<min(bytes.count, signature.count)
        where bytes[place] != signature[place] {
            throw .signature
        }
        guard bytes.count > 12 else { return nil }
        guard bytes[12] >> 4 == 2 else { throw .version }
        guard bytes[12] & 0x0F <= 1 else { throw .command }
        let isLocal = bytes[12] & 0x0F == 0
        guard bytes.count > 13 else { return nil }
        let addressBytes = isLocal ? 0 : try addressBytes(ofFamily: bytes[13])
        guard bytes.count >= fixedLength else { return nil }
        let length = fixedLength + Int(bytes[14]) << 8 + Int(bytes[15])
        guard length <= maximumLength, length >= fixedLength + addressBytes else { throw .length }
        guard bytes.count >= length else { return nil }
        return ProxyHeader(
            source: isLocal ? .proxy : source(ofFamily: bytes[13], bytes), length: length)
    }

    /// Bytes of addresses and ports that a family has, over a stream.
    private static func addressBytes(ofFamily family: UInt8) throws(Fault) -> Int {
        switch family {
        case 0x00: 0
        case 0x11: 12
        case 0x21: 36
        // Two paths of 108 bytes: somebody on the proxy's machine.
        case 0x31: 216
        default: throw .family
        }
    }

    private static func source(ofFamily family: UInt8, _ bytes: Span<UInt8>) -> Source {
        switch family {
        case 0x11:
            let address = IPAddress(ipv4: UInt32(number(bytes, 16..<20)))
            return .address(address, port: UInt16(number(bytes, 24..<26)))
        case 0x21:
            let address = IPAddress(high: number(bytes, 16..<24), low: number(bytes, 24..<32))
            return .address(address, port: UInt16(number(bytes, 48..<50)))
        default: return .unnamed
        }
    }

    private static func number(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        range.reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
    }
}
