/// Derives the keys of single devices from a model's secret: HKDF-SHA256 (RFC 5869) for 32 bytes, with
/// the secret's extracted key kept (`docs/protocol.md`, "Device keys").
///
/// A device's key says nothing about the secret or about other devices' keys. Deriving one is a
/// single HMAC and allocates nothing.
public struct KeyDerivation: Sendable {
    /// What a derived key is for.
    public enum Purpose: Sendable {
        /// HMAC of frames: `mac`.
        case authentication
        /// AES-256-GCM of payloads: `enc`.
        case encryption

        fileprivate var label: (UInt8, UInt8, UInt8) {
            switch self {
            case .authentication: (0x6D, 0x61, 0x63)
            case .encryption: (0x65, 0x6E, 0x63)
            }
        }
    }

    private let extracted: HMACKey
    /// Tells secrets apart in a table of derived keys; says nothing about them.
    let number: UInt64

    /// - Parameter secret: The model's.
    public init(secret: [UInt8]) {
        self.init(secret: secret, salt: Array("nanogridata/v1".utf8))
    }

    init(secret: [UInt8], salt: [UInt8]) {
        extracted = HMACKey(
            derived: HMACKey(secret: salt).authenticate(secret.span, secret.indices))
        let label = Array("nanogridata/number".utf8)
        number = extracted.authenticate(label.span, label.indices).firstWord
    }

    /// The key of a device, from its id as it stands in a payload.
    @inline(__always)
    func key(
        for purpose: Purpose, model: ModelID, device: CBORString, in bytes: Span<UInt8>
    ) -> MAC {
        var context = begin(purpose, model)
        device.forEachPiece(in: bytes) { context.update(bytes, $0) }
        return finish(&context)
    }

    /// The key of a device, 32 bytes.
    ///
    /// - Parameter device: Its `device_id` in UTF-8.
    public func key(for purpose: Purpose, model: ModelID, device: [UInt8]) -> MAC {
        var context = begin(purpose, model)
        context.update(device.span, device.indices)
        return finish(&context)
    }

    /// The first block that HKDF expands to, for any info.
    func expand(info: [UInt8]) -> MAC {
        var context = extracted.begin()
        context.update(info.span, info.indices)
        return finish(&context)
    }

    @inline(__always)
    private func begin(_ purpose: Purpose, _ model: ModelID) -> HMACContext {
        var context = extracted.begin()
        let label = purpose.label
        context.update(label.0)
        context.update(label.1)
        context.update(label.2)
        context.update(model.rawValue)
        return context
    }

    /// RFC 5869 §2.3: the number of the block, from 1, ends what is hashed.
    @inline(__always)
    private func finish(_ context: inout HMACContext) -> MAC {
        context.update(1)
        return context.finish()
    }
}
