/// How a pcap file counts, which its first four bytes tell.
struct PcapVariant {
    let bigEndianMagic: UInt32
    let order: ByteOrder
    let nanosecondsPerTick: Int64

    static let all = [
        PcapVariant(bigEndianMagic: 0xA1B2_C3D4, order: .big, nanosecondsPerTick: 1_000),
        PcapVariant(bigEndianMagic: 0xD4C3_B2A1, order: .little, nanosecondsPerTick: 1_000),
        PcapVariant(bigEndianMagic: 0xA1B2_3C4D, order: .big, nanosecondsPerTick: 1),
        PcapVariant(bigEndianMagic: 0x4D3C_B2A1, order: .little, nanosecondsPerTick: 1),
    ]

    /// The first bytes of the file.
    var magic: [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: bigEndianMagic >> $0) }
    }
}

/// Reads pcap record by record (draft-ietf-opsawg-pcap).
struct PcapReader {
    private var variant = PcapVariant.all[0]
    /// Nil until the file's header was read.
    private var linkType: UInt16?

    private static let fileHeaderLength = 24
    private static let recordHeaderLength = 16
    /// tcpdump writes no packets above 256 KiB.
    private static let maximumPacketBytes = 1 << 20

    /// The next packet; nil when its bytes have not come yet.
    mutating func next(in buffer: inout CaptureBuffer) throws(CaptureError) -> CapturedPacket? {
        if linkType == nil { try readHeader(in: &buffer) }
        guard let linkType else { return nil }
        let order = variant.order
        guard let seconds = buffer.read(UInt32.self, at: 0, order),
            let ticks = buffer.read(UInt32.self, at: 4, order),
            let length = buffer.read(UInt32.self, at: 8, order)
        else { return nil }
        guard Int(length) <= Self.maximumPacketBytes else {
            throw .badPacketLength(length, offset: buffer.offset)
        }
        let end = Self.recordHeaderLength + Int(length)
        guard buffer.count >= end else { return nil }
        defer { buffer.skip(end) }
        return CapturedPacket(
            linkType: linkType,
            unixNanoseconds: Int64(seconds) * 1_000_000_000
                + Int64(ticks) * variant.nanosecondsPerTick,
            bytes: Array(buffer.slice(Self.recordHeaderLength..<end)))
    }

    /// Takes the variant and the type of link, which all packets have, once they are there.
    private mutating func readHeader(in buffer: inout CaptureBuffer) throws(CaptureError) {
        guard let magic = buffer.read(UInt32.self, at: 0, .big),
            let variant = PcapVariant.all.first(where: { $0.bigEndianMagic == magic }),
            let version = buffer.read(UInt16.self, at: 4, variant.order)
        else { return }
        guard version == CaptureFormat.pcap.version else {
            throw .unsupportedVersion(version, .pcap, offset: buffer.offset + 4)
        }
        // The upper half has other uses, such as the length of a checksum behind each packet.
        guard let link = buffer.read(UInt32.self, at: 20, variant.order) else { return }
        self.variant = variant
        linkType = UInt16(truncatingIfNeeded: link)
        buffer.skip(Self.fileHeaderLength)
    }
}
