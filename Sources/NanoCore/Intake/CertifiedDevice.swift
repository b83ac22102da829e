/// The one device that a connection may carry frames of, as its certificate says.
public struct CertifiedDevice: Equatable, Sendable {
    /// Keyed hash of its `device_id`, whatever the model: ids are compared as bytes.
    private let hash: UInt64

    /// - Parameter hash: That of the replay guard that judges the frames.
    public init(_ id: String, hash: SipHash) {
        let bytes = [Self.prefix] + Array(id.utf8)
        self.hash = hash.hash(bytes.span, bytes.indices)
    }

    /// Stands where the hash of a device has its model.
    private static let prefix: UInt8 = 0

    /// Checks that a frame names this device.
    ///
    /// - Throws: ``RefusalReason/profileViolation``, at the id in the payload.
    func check(
        _ id: CBORString?, _ frame: FrameBounds, _ bytes: Span<UInt8>, hash: SipHash
    ) throws(Refusal) {
        guard let id else {
            throw Refusal(
                .profileViolation, .missing, offset: FrameHeader.length, field: .deviceID)
        }
        guard hash.hash(Self.prefix, bytes, id) == self.hash else {
            throw Refusal(
                .profileViolation, .otherCertificate, offset: id.range.lowerBound - frame.start,
                field: .deviceID)
        }
    }
}
