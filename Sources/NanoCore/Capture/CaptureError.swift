/// Why a file can't be read as a capture. The offsets count the file's bytes.
public enum CaptureError: Error, Equatable, Sendable, CustomStringConvertible {
    case notCapture
    case badByteOrder(offset: Int)
    case unsupportedVersion(UInt16, CaptureFormat, offset: Int)
    case badBlockLength(UInt32, offset: Int)
    case truncatedBlock(offset: Int)
    case unknownInterface(UInt32, offset: Int)
    case badPacketLength(UInt32, offset: Int)
    case badOption(offset: Int)

    /// One line: what is wrong, where, and what is allowed.
    public var description: String {
        switch self {
        case .notCapture:
            "byte 0: not a capture; pcapng begins with 0a 0d 0d 0a, pcap with a1 b2 c3 d4 or "
                + "a1 b2 3c 4d in either order"
        case .badByteOrder(let offset):
            "byte \(offset): no byte-order magic, which is 1a2b3c4d in either order"
        case .unsupportedVersion(let version, let format, let offset):
            "byte \(offset): \(format.rawValue) version \(version), only "
                + "\(format.version) is known"
        case .badBlockLength(let length, let offset):
            "byte \(offset): block of \(length) bytes; the length is a multiple of 4, at least 12, "
                + "at most \(CaptureFormat.maximumBlockBytes), and the same at the block's two ends"
        case .truncatedBlock(let offset): "byte \(offset): the file ends inside this block"
        case .unknownInterface(let index, let offset):
            "byte \(offset): packet of interface \(index), which the file does not describe"
        case .badPacketLength(let length, let offset):
            "byte \(offset): packet of \(length) bytes, which is more than there can be here"
        case .badOption(let offset): "byte \(offset): option longer than its block"
        }
    }
}
