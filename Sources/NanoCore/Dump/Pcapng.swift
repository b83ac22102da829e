/// Packets as pcapng, the file format of Wireshark and tcpdump
/// (draft-ietf-opsawg-pcapng; link type 147, DLT_USER0).
///
/// Each frame is one packet; its comment is the verdict.
public enum Pcapng {
    /// The link type set apart for private use, `LINKTYPE_USER0`.
    public static let linkType: UInt16 = 147

    enum BlockType {
        static let sectionHeader: UInt32 = 0x0A0D_0D0A
        static let interface: UInt32 = 1
        /// What old programs write in place of an enhanced packet.
        static let obsoletePacket: UInt32 = 2
        static let simplePacket: UInt32 = 3
        static let enhancedPacket: UInt32 = 6
    }

    enum OptionCode {
        static let end: UInt16 = 0
        static let comment: UInt16 = 1
        static let interfaceName: UInt16 = 2
        static let application: UInt16 = 4
        static let timeResolution: UInt16 = 9
        static let timeOffset: UInt16 = 14
    }

    static let byteOrderMagic: UInt32 = 0x1A2B_3C4D

    /// A file of these packets, in their order, with times in microseconds.
    public static func encode(_ records: [PacketRecord]) -> [UInt8] {
        var file = beginning
        for record in records { append(record, into: &file) }
        return file
    }

    /// What stands in front of all packets.
    static var beginning: [UInt8] {
        var file = PcapngFile()
        file.section(application: "nanogridata")
        file.interface(name: "nanogridata", linkType: linkType)
        return file.bytes
    }

    /// Appends one packet to a file.
    static func append(_ record: PacketRecord, into file: inout [UInt8]) {
        var block = PcapngFile()
        block.packet(
            record.bytes,
            unixMicroseconds: record.unixMilliseconds.multipliedReportingOverflow(by: 1_000)
                .partialValue,
            comment: record.verdictComment)
        file += block.bytes
    }
}

/// Builds a pcapng file in little-endian order.
private struct PcapngFile {
    var bytes: [UInt8] = []

    mutating func section(application: String) {
        block(Pcapng.BlockType.sectionHeader) { body in
            body.append(integer: Pcapng.byteOrderMagic)
            body.append(integer: UInt16(1))
            body.append(integer: UInt16(0))
            body.append(integer: UInt64.max)
            body.append(option: Pcapng.OptionCode.application, Array(application.utf8))
            body.append(option: Pcapng.OptionCode.end, [])
        }
    }

    mutating func interface(name: String, linkType: UInt16) {
        block(Pcapng.BlockType.interface) { body in
            body.append(integer: linkType)
            body.append(integer: UInt16(0))
            body.append(integer: UInt32(0))
            body.append(option: Pcapng.OptionCode.interfaceName, Array(name.utf8))
            body.append(option: Pcapng.OptionCode.timeResolution, [6])
            body.append(option: Pcapng.OptionCode.end, [])
        }
    }

    mutating func packet(_ packet: [UInt8], unixMicroseconds: Int64, comment: String) {
        let time = UInt64(max(0, unixMicroseconds))
        block(Pcapng.BlockType.enhancedPacket) { body in
            body.append(integer: UInt32(0))
            body.append(integer: UInt32(truncatingIfNeeded: time >> 32))
            body.append(integer: UInt32(truncatingIfNeeded: time))
            body.append(integer: UInt32(packet.count))
            body.append(integer: UInt32(packet.count))
            body.append(padded: packet)
            body.append(option: Pcapng.OptionCode.comment, Array(comment.utf8.prefix(0xFFFF)))
            body.append(option: Pcapng.OptionCode.end, [])
        }
    }

    /// A block: its type, its length, its body, its length again.
    private mutating func block(_ type: UInt32, _ fill: (inout [UInt8]) -> Void) {
        var body: [UInt8] = []
        fill(&body)
        let length = UInt32(body.count + 12)
        bytes.append(integer: type)
        bytes.append(integer: length)
        bytes.append(contentsOf: body)
        bytes.append(integer: length)
    }
}

extension [UInt8] {
    /// Appends an integer, its lowest byte first.
    fileprivate mutating func append(integer value: some FixedWidthInteger) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// Appends bytes, and zeros up to the next multiple of four.
    fileprivate mutating func append(padded content: [UInt8]) {
        append(contentsOf: content)
        append(contentsOf: repeatElement(0, count: -content.count & 3))
    }

    fileprivate mutating func append(option code: UInt16, _ value: [UInt8]) {
        append(integer: code)
        append(integer: UInt16(value.count))
        append(padded: value)
    }
}
