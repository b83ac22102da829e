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

    /// Whether it is of a dump whose comment tells of a fault in framing: then its bytes begin no frame,
    /// but one may be among them.
    public var isFramingFault: Bool {
        let start = "refused, "
        guard linkType == Pcapng.linkType, let comment, comment.hasPrefix(start) else {
            return false
        }
        let name = comment.dropFirst(start.count).prefix { $0 != ":" }
        return RefusalReason(name: String(name))?.stage == .framing
    }
}
