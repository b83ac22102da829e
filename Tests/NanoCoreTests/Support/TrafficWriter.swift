import NanoCore

/// Writes packets and capture files by their specifications, independently of what reads them.
enum TrafficWriter {
    /// What a packet is wrapped in.
    enum Link: CaseIterable {
        case ethernet, vlan, doubleVLAN, cooked, cooked2, raw, loopback, loopbackBig

        var type: UInt16 {
            switch self {
            case .ethernet, .vlan, .doubleVLAN: 1
            case .cooked: 113
            case .cooked2: 276
            case .raw: 101
            case .loopback: 0
            case .loopbackBig: 108
            }
        }

        func header(isIPv6: Bool) -> [UInt8] {
            let ether: [UInt8] = isIPv6 ? [0x86, 0xDD] : [0x08, 0x00]
            let addresses = [UInt8](repeating: 2, count: 12)
            switch self {
            case .ethernet: return addresses + ether
            case .vlan: return addresses + [0x81, 0x00, 0x00, 0x05] + ether
            case .doubleVLAN:
                return addresses + [0x88, 0xA8, 0x00, 0x05, 0x81, 0x00, 0x00, 0x06] + ether
            case .cooked: return [0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0] + ether
            case .cooked2:
                return ether + [0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0]
            case .raw: return []
            case .loopback: return [isIPv6 ? 30 : 2, 0, 0, 0]
            case .loopbackBig: return [0, 0, 0, isIPv6 ? 24 : 2]
            }
        }
    }

    enum Flags {
        static let fin: UInt8 = 1
        static let syn: UInt8 = 2
        static let rst: UInt8 = 4
        static let ack: UInt8 = 16
    }

    /// A segment of TCP between two ports.
    struct Segment {
        var source: UInt16 = 50_000
        var destination: UInt16 = 5_678
        var sequence: UInt32
        var flags: UInt8 = Flags.ack
        var payload: [UInt8] = []
        /// Bytes of options, a multiple of four.
        var optionBytes = 0

        var bytes: [UInt8] {
            big(source) + big(destination) + big(sequence) + big(UInt32(7))
                + [UInt8((20 + optionBytes) / 4) << 4, flags, 0x20, 0, 0, 0, 0, 0]
                + [UInt8](repeating: 1, count: optionBytes) + payload
        }
    }

    /// An IPv4 packet from 10.0.0.1 to 10.0.0.2, an answer the other way round.
    static func ipv4(
        _ content: [UInt8], protocol number: UInt8 = 6, optionBytes: Int = 0, fragment: UInt16 = 0,
        length: Int? = nil, isAnswer: Bool = false
    ) -> [UInt8] {
        let headerLength = 20 + optionBytes
        return [0x40 | UInt8(headerLength / 4), 0]
            + big(UInt16(length ?? headerLength + content.count))
            + [0, 0] + big(fragment) + [
                64, number, 0, 0, 10, 0, 0, isAnswer ? 2 : 1, 10, 0, 0, isAnswer ? 1 : 2,
            ]
            + [UInt8](repeating: 1, count: optionBytes) + content
    }

    /// An IPv6 packet from 2001:db8::1 to 2001:db8::2; `extensions` stand in front of the content,
    /// `first` is the kind of the first of them.
    static func ipv6(
        _ content: [UInt8], first: UInt8 = 6, extensions: [UInt8] = []
    ) -> [UInt8] {
        let prefix: [UInt8] = [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11)
        return [0x60, 0, 0, 0] + big(UInt16(extensions.count + content.count)) + [first, 64]
            + prefix + [1] + prefix + [2] + extensions + content
    }

    /// A pcap file.
    static func pcap(
        _ packets: [[UInt8]], linkType: UInt16, isBig: Bool = false, isNano: Bool = false,
        time: (seconds: UInt32, ticks: UInt32) = (1_767_225_600, 5)
    ) -> [UInt8] {
        func number(_ value: some FixedWidthInteger) -> [UInt8] {
            isBig ? big(value) : big(value).reversed()
        }
        let magic: UInt32 = isNano ? 0xA1B2_3C4D : 0xA1B2_C3D4
        var file = number(magic) + number(UInt16(2)) + number(UInt16(4)) + number(UInt64(0))
        file += number(UInt32(262_144)) + number(UInt32(linkType))
        for packet in packets {
            file += number(time.seconds) + number(time.ticks)
            file += number(UInt32(packet.count)) + number(UInt32(packet.count)) + packet
        }
        return file
    }

    static func big(_ value: some FixedWidthInteger) -> [UInt8] {
        stride(from: value.bitWidth - 8, through: 0, by: -8).map {
            UInt8(truncatingIfNeeded: value >> $0)
        }
    }
}
