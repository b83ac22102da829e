/// The kinds of capture files.
public enum CaptureFormat: String, Sendable {
    /// What tcpdump writes (draft-ietf-opsawg-pcap).
    case pcap
    /// What Wireshark and this gateway write (draft-ietf-opsawg-pcapng).
    case pcapng

    /// Largest block that is read, in bytes; more than any packet needs.
    static let maximumBlockBytes = 16 << 20

    /// The version of a format that is read.
    var version: UInt16 {
        switch self {
        case .pcap: 2
        case .pcapng: 1
        }
    }

    /// What the first bytes of an input say about all of it.
    public enum Recognition: Equatable, Sendable {
        case capture(CaptureFormat)
        /// A frame begins here.
        case frame
        case other
        /// More bytes are needed to tell.
        case undecided
    }

    private static let pcapngStart: [UInt8] = [0x0A, 0x0D, 0x0D, 0x0A]

    /// Tells a capture, or a frame, by the first bytes of an input.
    ///
    /// No text begins like either: what of a capture's start could be blank lines is followed by
    /// bytes that no text has.
    public static func recognise(_ bytes: [UInt8]) -> Recognition {
        let frame = [FrameHeader.magic.0, FrameHeader.magic.1, FrameHeader.version]
        var isOpen = false
        let starts: [(start: [UInt8], meaning: Recognition)] =
            [(frame, .frame)] + PcapVariant.all.map { ($0.magic, .capture(.pcap)) }
        for (start, meaning) in starts {
            if bytes.starts(with: start) { return meaning }
            isOpen = isOpen || start.starts(with: bytes)
        }
        if bytes.count < pcapngStart.count, pcapngStart.starts(with: bytes) { isOpen = true }
        if bytes.starts(with: pcapngStart) {
            guard let magic = ByteOrder.big.read(UInt32.self, bytes, at: 8) else {
                return .undecided
            }
            let orders = [Pcapng.byteOrderMagic, Pcapng.byteOrderMagic.byteSwapped]
            return orders.contains(magic) ? .capture(.pcapng) : .other
        }
        return isOpen ? .undecided : .other
    }
}
