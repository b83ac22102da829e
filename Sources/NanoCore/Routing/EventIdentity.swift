/// The name by which receivers know an event again (`docs/protocol.md`, "Delivery").
///
/// Model, timestamp and the first 16 bytes of the MAC, in lower-case hexadecimal digits:
/// `10-6955b900-df3b3316f001d77970ea65e8a29b3142`. It follows from the frame alone, so it is the
/// same after a retry, after a restart and on another gateway. A CRC is too short to tell frames
/// apart: at level 0 the frame's SHA-256 takes the MAC's place.
public enum EventIdentity {
    /// Bytes of an identity.
    public static let length = 2 + 1 + 8 + 1 + 32

    /// The identity of a frame.
    public static func text(frame bytes: Span<UInt8>, _ bounds: FrameBounds) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(length)
        append(frame: bytes, bounds, into: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the identity of a frame.
    public static func append(
        frame bytes: Span<UInt8>, _ bounds: FrameBounds, into text: inout [UInt8]
    ) {
        Hexadecimal.append(bounds.header.model.rawValue, into: &text)
        text.append(UInt8(ascii: "-"))
        for index in 1...4 {
            let shift = UInt32(32 - 8 * index)
            Hexadecimal.append(
                UInt8(truncatingIfNeeded: bounds.header.timestamp >> shift), into: &text)
        }
        text.append(UInt8(ascii: "-"))
        if bounds.header.level == .none {
            var frame: [UInt8] = []
            frame.reserveCapacity(bounds.header.frameLength)
            for index in bounds.start..<bounds.end { frame.append(bytes[index]) }
            for byte in SHA256Digest.of(frame).prefix(16) { Hexadecimal.append(byte, into: &text) }
        } else {
            for index in bounds.mac.prefix(16) { Hexadecimal.append(bytes[index], into: &text) }
        }
    }
}
