import Crypto

/// A payload that travels encrypted: the CBOR array of device id, nonce, and ciphertext with its tag
/// (`docs/protocol.md`, "Encrypted payloads").
///
/// AES-256-GCM (NIST SP 800-38D) under the device's own key. The frame's header and the device id are
/// authenticated with it.
public struct SealedPayload: Sendable {
    /// Bytes of the nonce.
    public static let nonceLength = 12
    /// Bytes of the tag behind the ciphertext.
    public static let tagLength = 16

    let device: CBORString
    /// Offset of the head of ``device`` in the buffer.
    private let deviceOffset: Int
    private let nonce: CBORString
    private let sealed: CBORString

    /// Reads the array; nil where the payload is not one, whole and without anything behind it, or
    /// its nonce has another length.
    init?(_ bytes: Span<UInt8>, _ payload: Range<Int>) {
        var reader = CBORReader(payload)
        guard case .array(let count)? = reader.next(in: bytes), (count ?? 3) == 3 else {
            return nil
        }
        deviceOffset = reader.position
        guard case .text(let device)? = reader.next(in: bytes),
            case .byteString(let nonce)? = reader.next(in: bytes),
            nonce.content(in: bytes).count == Self.nonceLength,
            case .byteString(let sealed)? = reader.next(in: bytes),
            nonce.hasOnlyByteChunks(in: bytes), sealed.hasOnlyByteChunks(in: bytes)
        else { return nil }
        if count == nil { guard reader.next(in: bytes) == .end else { return nil } }
        guard reader.position == payload.upperBound else { return nil }
        self.device = device
        self.nonce = nonce
        self.sealed = sealed
    }

    /// Offset of the ciphertext's first byte in the buffer.
    var start: Int { sealed.range.lowerBound }

    /// Where ciphertext and tag lie in the buffer, with the heads of their chunks where they come in
    /// some.
    var ciphertext: Range<Int> { sealed.range }

    /// Judges the device id as any text of a payload.
    ///
    /// - Throws: ``RefusalReason/cborMalformed`` or ``RefusalReason/cborLimit``.
    func checkDevice(_ bytes: Span<UInt8>, _ payload: Range<Int>) throws(Refusal) {
        var cursor = CBORCursor(payload)
        cursor.position = deviceOffset
        _ = try cursor.readText(bytes, bytes[deviceOffset])
    }

    /// The CBOR map within; nil when the tag does not hold.
    func opened(
        _ frame: FrameBounds, _ bytes: Span<UInt8>, with keys: KeyDerivation
    ) -> [UInt8]? {
        let header = (frame.start..<frame.start + FrameHeader.length).map { bytes[$0] }
        let key = keys.key(
            for: .encryption, model: frame.header.model, device: device, in: bytes)
        return Self.open(
            sealed.content(in: bytes), nonce: nonce.content(in: bytes), key: key.bytes,
            authenticating: header + device.content(in: bytes))
    }

    /// - Parameter sealed: The ciphertext with its tag behind it.
    /// - Returns: Nil when the tag does not hold.
    static func open(
        _ sealed: [UInt8], nonce: [UInt8], key: [UInt8], authenticating: [UInt8]
    ) -> [UInt8]? {
        guard sealed.count >= tagLength, let nonce = try? AES.GCM.Nonce(data: nonce),
            let box = try? AES.GCM.SealedBox(
                nonce: nonce, ciphertext: sealed.dropLast(tagLength),
                tag: sealed.suffix(tagLength)),
            let plain = try? AES.GCM.open(
                box, using: SymmetricKey(data: key), authenticating: authenticating)
        else { return nil }
        return Array(plain)
    }

    /// The payload as a device makes it.
    ///
    /// - Parameters:
    ///   - plain: The CBOR map.
    ///   - header: The frame's, with the length that this payload has: ``length(plain:device:)``.
    ///   - nonce: 12 bytes that this key has never been used with.
    /// - Returns: Nil where the nonce has another length.
    static func seal(
        _ plain: [UInt8], header: [UInt8], device: String, nonce: [UInt8], key: MAC
    ) -> [UInt8]? {
        guard let nonce = try? AES.GCM.Nonce(data: nonce),
            let box = try? AES.GCM.seal(
                plain, using: SymmetricKey(data: key.bytes), nonce: nonce,
                authenticating: header + Array(device.utf8))
        else { return nil }
        return payload(device: device, nonce: Array(nonce), sealed: box.ciphertext + box.tag)
    }

    /// Bytes of the payload that a map of so many bytes becomes.
    static func length(plain: Int, device: String) -> Int {
        payload(
            device: device, nonce: [UInt8](repeating: 0, count: nonceLength),
            sealed: [UInt8](repeating: 0, count: plain + tagLength)
        ).count
    }

    private static func payload(
        device: String, nonce: [UInt8], sealed: some Collection<UInt8>
    ) -> [UInt8] {
        var writer = CBORWriter()
        writer.array(3)
        writer.text(device)
        writer.bytes(nonce)
        writer.bytes(Array(sealed))
        return writer.bytes
    }
}

extension CBORString {
    /// Whether the chunks of a byte string are byte strings (RFC 8949 §3.2.3).
    fileprivate func hasOnlyByteChunks(in bytes: Span<UInt8>) -> Bool {
        guard isChunked else { return true }
        var position = range.lowerBound
        while position < range.upperBound {
            guard let head = CBORHead(bytes, at: position, limit: range.upperBound),
                head.major == .byteString
            else { return false }
            position = head.end &+ Int(truncatingIfNeeded: head.argument)
        }
        return true
    }
}
