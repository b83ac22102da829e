import NanoCore

/// One generation of a model's secret, with its key ready for use.
package struct SecretGeneration: Sendable {
    package enum Origin: String, Codable, Sendable {
        case environment, keystore, generated, imported
    }

    let number: Int
    let secret: Secret
    let key: HMACKey
    /// Makes the keys of single devices.
    let derivation: KeyDerivation
    let origin: Origin
    let createdUnixMilliseconds: Int64
    /// When it became the current one, as far as that was another time than when it was made.
    var currentSinceUnixMilliseconds: Int64?
    /// Nil for the current and the staged generation; afterwards the end of its grace.
    var validUntilUnixMilliseconds: Int64?
    /// Whether it was ended before its time: no clock that is set back brings it to life again.
    private(set) var isRevoked: Bool

    init(
        number: Int, secret: Secret, origin: Origin, createdUnixMilliseconds: Int64,
        currentSinceUnixMilliseconds: Int64? = nil, validUntilUnixMilliseconds: Int64? = nil,
        isRevoked: Bool = false
    ) {
        self.number = number
        self.secret = secret
        key = secret.withBytes { HMACKey(secret: $0) }
        derivation = secret.withBytes { KeyDerivation(secret: $0) }
        self.origin = origin
        self.createdUnixMilliseconds = createdUnixMilliseconds
        self.currentSinceUnixMilliseconds = currentSinceUnixMilliseconds
        self.validUntilUnixMilliseconds = validUntilUnixMilliseconds
        self.isRevoked = isRevoked
    }

    /// Ends it for good.
    mutating func revoke(now: Moment) {
        validUntilUnixMilliseconds = now.unixMilliseconds
        isRevoked = true
    }

    /// Whether frames signed with it are accepted.
    func isValid(at now: Moment) -> Bool {
        !isRevoked && validUntilUnixMilliseconds.map { now.unixMilliseconds < $0 } ?? true
    }

    /// Tells generations apart without telling the secret: the first 8 bytes of a digest that
    /// serves no other purpose, as hexadecimal digits.
    var fingerprint: String {
        let digest = secret.withBytes {
            SHA256Digest.of(Array("nanogridata/fingerprint".utf8) + $0)
        }
        return Hexadecimal.text(digest.prefix(8))
    }
}
