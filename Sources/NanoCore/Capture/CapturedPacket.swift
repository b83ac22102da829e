/// One packet of a capture file.
public struct CapturedPacket: Equatable, Sendable {
    /// What the bytes begin with (tcpdump.org, "Link-layer header types").
    public var linkType: UInt16
    /// Nanoseconds since 1970; nil where the file has no time for it.
    public var unixNanoseconds: Int64?
    /// The packet as it was captured, which may be less than was sent.
    public var bytes: [UInt8]
    /// Nil where there is none.
    public var comment: String?

    /// A packet with its time, its bytes and, if it has one, its comment.
    public init(
        linkType: UInt16 = Pcapng.linkType, unixNanoseconds: Int64?, bytes: [UInt8],
        comment: String? = nil
    ) {
        self.linkType = linkType
        self.unixNanoseconds = unixNanoseconds
        self.bytes = bytes
        self.comment = comment
    }

    /// What a dump of a gateway says of the packet: its verdict, and where it came from. Nil for packets
    /// of others, whose comments may say anything.
    public var recordedVerdict: String? {
        guard linkType == Pcapng.linkType, let comment else { return nil }
        let isVerdict =
            comment.hasPrefix(Self.refusedStart) || comment == "accepted"
            || comment.hasPrefix("accepted; ")
        return isVerdict ? comment : nil
    }

    /// Whether it is of a dump whose comment tells of a fault in framing: then its bytes begin no frame,
    /// but one may be among them.
    public var isFramingFault: Bool {
        guard let recordedVerdict, recordedVerdict.hasPrefix(Self.refusedStart) else {
            return false
        }
        let name = recordedVerdict.dropFirst(Self.refusedStart.count).prefix { $0 != ":" }
        return RefusalReason(name: String(name))?.stage == .framing
    }

    private static let refusedStart = "refused, "
}
