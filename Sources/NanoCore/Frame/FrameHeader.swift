/// The fourteen bytes in front of every payload, all of them already found valid.
///
/// Source: `docs/protocol.md`, "Frame". Integers are big-endian.
public struct FrameHeader: Equatable, Sendable {
    public let model: ModelID
    public let type: PayloadType
    /// The flags byte as sent: the level in its low nibble, an ignored high nibble under the MAC.
    public let flags: UInt8
    public let level: SecurityLevel
    /// In two bytes: a header goes from hand to hand with every frame.
    private let payloadBytes: UInt16
    /// Unix seconds, UTC.
    public let timestamp: UInt32

    init(
        model: ModelID, type: PayloadType, flags: UInt8, level: SecurityLevel,
        payloadLength: Int, timestamp: UInt32
    ) {
        self.model = model
        self.type = type
        self.flags = flags
        self.level = level
        payloadBytes = UInt16(payloadLength)
        self.timestamp = timestamp
    }

    /// Bytes of payload, 0…1024.
    public var payloadLength: Int { Int(payloadBytes) }

    /// Bytes of the header.
    public static let length = 14
    /// Bytes of the largest payload.
    public static let maximumPayloadLength = 1024
    /// Bytes of the largest frame: header, payload and a 32-byte MAC.
    public static let maximumFrameLength = length + maximumPayloadLength + 32
    /// The two bytes that start a frame.
    public static let magic: (UInt8, UInt8) = (0xC1, 0x53)
    /// The one version of the protocol.
    public static let version: UInt8 = 1

    /// Bytes of the whole frame.
    public var frameLength: Int { Self.length + payloadLength + level.macLength }
}

/// Where a whole frame lies in a buffer of bytes.
public struct FrameBounds: Equatable, Sendable {
    public let header: FrameHeader
    /// Bytes of the opened payload, which lie behind the frame; 0 for one that was not encrypted. Here
    /// it takes no room: a value is passed on for every frame.
    private let plainBytes: UInt16
    /// Offset of the frame's first byte.
    public let start: Int

    init(header: FrameHeader, start: Int, plainBytes: UInt16 = 0) {
        self.header = header
        self.start = start
        self.plainBytes = plainBytes
    }

    /// Offset behind the frame's last byte.
    public var end: Int { start + header.frameLength }
    /// The payload as it was sent.
    public var payload: Range<Int> {
        start + FrameHeader.length..<start + FrameHeader.length + header.payloadLength
    }
    /// What the MAC covers: header and payload.
    public var authenticated: Range<Int> { start..<payload.upperBound }
    /// The CBOR map: the payload, or what it was when opened.
    public var content: Range<Int> { plainBytes == 0 ? payload : end..<end + Int(plainBytes) }
    /// The CRC or the HMAC.
    public var mac: Range<Int> { payload.upperBound..<end }
}
