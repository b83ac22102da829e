/// What is asked of a model for every frame: no references, so that nobody has to count them.
struct ModelGate: Sendable {
    let minimumLevel: SecurityLevel
    let profile: Profile
    private let isEncrypting: Bool
    /// Whether devices have keys of their own.
    let hasDeviceKeys: Bool
    /// The places of its generations in ``KeyTable/keys`` and ``KeyTable/numbers``.
    let firstKey: Int
    let keyCount: Int

    init(_ keys: ModelKeys, firstKey: Int) {
        minimumLevel = keys.minimumLevel
        profile = keys.profile
        isEncrypting = keys.encryption != .none
        hasDeviceKeys = !keys.derivations.isEmpty
        self.firstKey = firstKey
        keyCount = keys.keys.count
    }

    /// Whether payloads of a level are encrypted.
    @inline(__always)
    func isSealed(_ level: SecurityLevel) -> Bool {
        isEncrypting && level >= .high
    }
}
