/// What stands in front of an IP packet, by the type of link it was captured on
/// (tcpdump.org, "Link-layer header types").
enum LinkLayer {
    /// What a captured packet holds.
    enum Content: Equatable {
        /// An IP packet, from this offset on.
        case ip(Int)
        /// A frame of this protocol, as dumps have them.
        case frame
        /// Something else than IP.
        case other
        /// Too few bytes to tell.
        case cut
        case unknownLinkType
    }

    private enum EtherType {
        static let ipv4: UInt16 = 0x0800
        static let ipv6: UInt16 = 0x86DD
        /// Tags of virtual networks, four bytes each (IEEE 802.1Q, 802.1ad, and before it).
        static let tags: [UInt16] = [0x8100, 0x88A8, 0x9100]
    }

    static func content(of bytes: [UInt8], linkType: UInt16) -> Content {
        switch linkType {
        case Pcapng.linkType: .frame
        case 1: tagged(bytes, typeAt: 12)
        // Linux cooked, as `tcpdump -i any` writes it, and its second version.
        case 113: tagged(bytes, typeAt: 14)
        case 276: plain(bytes, typeAt: 0, end: 20)
        // Raw IP; the first two are what some systems call it.
        case 12, 14, 101, 228, 229: bytes.isEmpty ? .cut : .ip(0)
        case 0, 108: loopback(bytes)
        default: .unknownLinkType
        }
    }

    /// The type, behind as many tags as there are.
    private static func tagged(_ bytes: [UInt8], typeAt start: Int) -> Content {
        var place = start
        while let type = ByteOrder.big.read(UInt16.self, bytes, at: place) {
            guard EtherType.tags.contains(type) else {
                return plain(bytes, typeAt: place, end: place + 2)
            }
            place += 4
        }
        return .cut
    }

    private static func plain(_ bytes: [UInt8], typeAt place: Int, end: Int) -> Content {
        guard let type = ByteOrder.big.read(UInt16.self, bytes, at: place) else { return .cut }
        if EtherType.tags.contains(type) { return tagged(bytes, typeAt: end + 2) }
        guard type == EtherType.ipv4 || type == EtherType.ipv6 else { return .other }
        return bytes.count > end ? .ip(end) : .cut
    }

    /// An address family in the order of the machine that captured, whose number for IPv6 depends
    /// on its system.
    private static func loopback(_ bytes: [UInt8]) -> Content {
        guard bytes.count > 4 else { return .cut }
        let families = [ByteOrder.big, .little].compactMap { $0.read(UInt32.self, bytes, at: 0) }
        let isIP = families.contains { [2, 10, 24, 28, 30].contains($0) }
        return isIP ? .ip(4) : .other
    }
}
