/// One packet of a pcapng file.
public struct PcapngPacket: Equatable, Sendable {
    /// Nanoseconds since 1970; 0 where the file has no time for it.
    public var unixNanoseconds: Int64
    /// The packet as it was captured.
    public var bytes: [UInt8]
    /// Nil where there is none.
    public var comment: String?

    /// A packet with its time, its bytes and, if it has one, its comment.
    public init(unixNanoseconds: Int64, bytes: [UInt8], comment: String? = nil) {
        self.unixNanoseconds = unixNanoseconds
        self.bytes = bytes
        self.comment = comment
    }
}

/// Why a file can't be read as pcapng. The offsets count the file's bytes.
public enum PcapngError: Error, Equatable, Sendable, CustomStringConvertible {
    case tooLarge(bytes: Int)
    case notPcapng
    case badByteOrder(offset: Int)
    case unsupportedVersion(UInt16, offset: Int)
    case badBlockLength(UInt32, offset: Int)
    case truncatedBlock(offset: Int)
    case unknownInterface(UInt32, offset: Int)
    case otherLinkType(UInt16, offset: Int)
    case badPacketLength(UInt32, offset: Int)
    case badOption(offset: Int)

    /// One line: what is wrong, where, and what is allowed.
    public var description: String {
        switch self {
        case .tooLarge(let bytes):
            "\(bytes) bytes are too many, at most \(Pcapng.maximumFileBytes) are read"
        case .notPcapng: "byte 0: not a pcapng file, which begins with 0a 0d 0d 0a"
        case .badByteOrder(let offset):
            "byte \(offset): no byte-order magic, which is 1a2b3c4d in either order"
        case .unsupportedVersion(let version, let offset):
            "byte \(offset): pcapng version \(version), only 1 is known"
        case .badBlockLength(let length, let offset):
            "byte \(offset): block of \(length) bytes; the length is a multiple of 4, at least 12, "
                + "and the same at the block's two ends"
        case .truncatedBlock(let offset): "byte \(offset): the file ends inside this block"
        case .unknownInterface(let index, let offset):
            "byte \(offset): packet of interface \(index), which the file does not describe"
        case .otherLinkType(let type, let offset):
            "byte \(offset): packet with link type \(type), only \(Pcapng.linkType) is read here"
        case .badPacketLength(let length, let offset):
            "byte \(offset): packet of \(length) bytes in a block with room for fewer"
        case .badOption(let offset): "byte \(offset): option longer than its block"
        }
    }
}
