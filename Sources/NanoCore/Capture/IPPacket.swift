/// The addresses of an IP packet, and where its content lies (RFC 791, RFC 8200).
struct IPPacket: Equatable {
    /// Why a packet's content can't be used.
    enum Fault: Error, Equatable {
        /// Neither version 4 nor 6, or lengths that contradict each other.
        case malformed
        /// The capture holds too little of it.
        case cut
        /// A part of a packet; parts are not put together here.
        case fragment
        case notTCP
    }

    let source: CapturedAddress
    let destination: CapturedAddress
    /// From the first byte of TCP's header on, as far as it was captured.
    let content: Range<Int>
    /// Bytes of the content that were sent.
    let sentBytes: Int

    private static let tcp: UInt8 = 6

    /// Reads the packet that starts at `start`.
    static func read(_ bytes: [UInt8], at start: Int) throws(Fault) -> IPPacket {
        guard start < bytes.count else { throw .cut }
        switch bytes[start] >> 4 {
        case 4: return try version4(bytes, at: start)
        case 6: return try version6(bytes, at: start)
        default: throw .malformed
        }
    }

    private static func version4(_ bytes: [UInt8], at start: Int) throws(Fault) -> IPPacket {
        let headerLength = Int(bytes[start] & 0x0F) * 4
        guard headerLength >= 20 else { throw .malformed }
        guard start + headerLength <= bytes.count,
            let length = ByteOrder.big.read(UInt16.self, bytes, at: start + 2),
            let place = ByteOrder.big.read(UInt16.self, bytes, at: start + 6),
            let source = ByteOrder.big.read(UInt32.self, bytes, at: start + 12),
            let destination = ByteOrder.big.read(UInt32.self, bytes, at: start + 16)
        else { throw .cut }
        // More parts follow, or this is a later one.
        guard place & 0x3FFF == 0 else { throw .fragment }
        guard bytes[start + 9] == tcp else { throw .notTCP }
        return try packet(
            CapturedAddress(ipv4: source), CapturedAddress(ipv4: destination),
            from: start + headerLength, to: start + Int(length), hasLength: length > 0, bytes)
    }

    private static func version6(_ bytes: [UInt8], at start: Int) throws(Fault) -> IPPacket {
        var place = start + 40
        guard place <= bytes.count,
            let length = ByteOrder.big.read(UInt16.self, bytes, at: start + 4),
            let source = CapturedAddress(ipv6: bytes, at: start + 8),
            let destination = CapturedAddress(ipv6: bytes, at: start + 24)
        else { throw .cut }
        let end = place + Int(length)
        var next = bytes[start + 6]
        // Each header is at least eight bytes long, so the packet's length bounds this.
        while let headerLength = try extensionLength(next, bytes, at: place) {
            next = bytes[place]
            place += headerLength
        }
        guard next == tcp else { throw .notTCP }
        return try packet(source, destination, from: place, to: end, hasLength: length > 0, bytes)
    }

    /// Bytes of an extension header (RFC 8200 §4, RFC 4302 §2); nil when `kind` is none.
    private static func extensionLength(
        _ kind: UInt8, _ bytes: [UInt8], at place: Int
    ) throws(Fault) -> Int? {
        guard [0, 43, 44, 51, 60, 135].contains(kind) else { return nil }
        guard place + 8 <= bytes.count else { throw .cut }
        let units = Int(bytes[place + 1])
        switch kind {
        case 44:
            guard let part = ByteOrder.big.read(UInt16.self, bytes, at: place + 2),
                part & 0xFFF9 == 0
            else { throw .fragment }
            return 8
        case 51: return (units + 2) * 4
        default: return (units + 1) * 8
        }
    }

    /// - Parameter hasLength: Whether the length was filled in: where the network card cuts large
    ///   packets itself, a capture on the sender shows none.
    private static func packet(
        _ source: CapturedAddress, _ destination: CapturedAddress, from start: Int, to end: Int,
        hasLength: Bool, _ bytes: [UInt8]
    ) throws(Fault) -> IPPacket {
        guard start <= bytes.count else { throw .cut }
        let end = hasLength ? end : bytes.count
        guard start <= end else { throw .malformed }
        // What stands behind the packet fills up the link's smallest length.
        return IPPacket(
            source: source, destination: destination, content: start..<min(end, bytes.count),
            sentBytes: end - start)
    }
}

/// An address in sixteen bytes, that of IPv4 as IPv6 maps it (RFC 4291 §2.5.5.2).
public struct CapturedAddress: Hashable, Sendable {
    public let high: UInt64
    public let low: UInt64

    init(ipv4: UInt32) {
        high = 0
        low = 0xFFFF << 32 | UInt64(ipv4)
    }

    init?(ipv6 bytes: [UInt8], at place: Int) {
        guard let high = ByteOrder.big.read(UInt64.self, bytes, at: place),
            let low = ByteOrder.big.read(UInt64.self, bytes, at: place + 8)
        else { return nil }
        self.high = high
        self.low = low
    }
}
