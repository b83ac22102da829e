/// The payloads of one read that came encrypted, opened one behind the other.
struct UnsealedPayloads: Sendable {
    private(set) var bytes: [UInt8] = []

    /// Whether there is more in the memory than one read should leave behind.
    private static let keptBytes = 64 << 10

    mutating func removeAll() {
        guard !bytes.isEmpty else { return }
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptBytes)
    }

    /// Opens the payload of a frame whose MAC has held, and judges what is in it.
    ///
    /// - Parameters:
    ///   - generation: Place of the secret that verified the frame.
    ///   - device: The device that the payload names, and whose key has verified it.
    /// - Returns: Where the CBOR map lies in ``bytes``.
    /// - Throws: ``Refusal``. An offset into what was opened is that of the ciphertext's byte.
    mutating func open(
        _ frame: FrameBounds, _ source: Span<UInt8>, _ model: ModelKeys, _ generation: Int,
        _ device: CBORString?
    ) throws(Refusal) -> Range<Int> {
        guard let sealed = SealedPayload(source, frame.payload) else {
            throw Refusal(.cborMalformed, .notSealed, offset: FrameHeader.length)
        }
        try sealed.checkDevice(source, frame.payload)
        guard let plain = sealed.opened(frame, source, with: model.derivations[generation]) else {
            throw Refusal(.decryptFailed, offset: sealed.start - frame.start)
        }
        let place = bytes.count..<bytes.count + plain.count
        bytes += plain
        do {
            try model.profile.validate(bytes.span, payload: place, type: frame.header.type)
            try checkDevice(place, is: device, in: source)
        } catch {
            bytes.removeLast(plain.count)
            throw error.moved(by: sealed.start - frame.start - FrameHeader.length)
        }
        return place
    }

    /// A device may not speak for another within what it encrypts: not as a text, nor as anything
    /// that JSON would make one of.
    ///
    /// - Parameter plain: A map that has been found valid.
    private func checkDevice(
        _ plain: Range<Int>, is device: CBORString?, in source: Span<UInt8>
    ) throws(Refusal) {
        var reader = CBORReader(plain)
        _ = reader.next(in: bytes.span)
        while case .text(let key)? = reader.next(in: bytes.span) {
            let offset = FrameHeader.length + reader.position - plain.lowerBound
            guard key.equals("device_id".utf8.span, in: bytes.span) else {
                guard reader.skip(in: bytes.span) else { return }
                continue
            }
            guard case .text(let named)? = reader.next(in: bytes.span) else {
                throw Refusal(.profileViolation, .wrongType, offset: offset, field: .deviceID)
            }
            guard named.content(in: bytes.span) == device?.content(in: source) else {
                throw Refusal(.profileViolation, .otherDevice, offset: offset, field: .deviceID)
            }
            return
        }
    }
}
