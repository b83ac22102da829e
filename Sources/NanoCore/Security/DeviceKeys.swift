/// What a device signs and encrypts its frames with: all that its firmware has to hold.
public struct DeviceKeys: Sendable {
    /// The `device_id`.
    let device: String
    let authentication: HMACKey
    /// Nil when payloads are not encrypted.
    let encryption: MAC?

    /// - Parameters:
    ///   - secret: The model's.
    ///   - device: The `device_id`.
    ///   - encryption: Counts only with ``Keying/device``.
    public init(
        secret: [UInt8], model: ModelID, device: String, keying: Keying,
        encryption: PayloadEncryption
    ) {
        self.device = device
        guard keying == .device else {
            authentication = HMACKey(secret: secret)
            self.encryption = nil
            return
        }
        let derivation = KeyDerivation(secret: secret)
        let name = Array(device.utf8)
        authentication = HMACKey(
            derived: derivation.key(for: .authentication, model: model, device: name))
        self.encryption =
            encryption == .none
            ? nil : derivation.key(for: .encryption, model: model, device: name)
    }
}
