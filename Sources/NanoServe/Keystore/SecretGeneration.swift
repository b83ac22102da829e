import NanoCore

/// One generation of a model's secret, with its key ready for use.
struct SecretGeneration: Sendable {
    enum Origin: String, Codable, Sendable {
        case environment, keystore, generated
    }

    let number: Int
    let secret: Secret
    let key: HMACKey
    /// Makes the keys of single devices.
    let derivation: KeyDerivation
    let origin: Origin
    let createdUnixMilliseconds: Int64
    /// Nil for the current generation; afterwards the end of its grace.
    var validUntilUnixMilliseconds: Int64?

    init(
        number: Int, secret: Secret, origin: Origin, createdUnixMilliseconds: Int64,
        validUntilUnixMilliseconds: Int64? = nil
    ) {
        self.number = number
        self.secret = secret
        key = HMACKey(secret: secret.bytes)
        derivation = KeyDerivation(secret: secret.bytes)
        self.origin = origin
        self.createdUnixMilliseconds = createdUnixMilliseconds
        self.validUntilUnixMilliseconds = validUntilUnixMilliseconds
    }

    /// Whether frames signed with it are accepted.
    func isValid(at now: Moment) -> Bool {
        validUntilUnixMilliseconds.map { now.unixMilliseconds < $0 } ?? true
    }

    /// Tells generations apart without telling the secret: the first 8 bytes of a digest that
    /// serves no other purpose, as hexadecimal digits.
    var fingerprint: String {
        let digest = SHA256Digest.of(Array("nanogridata/fingerprint".utf8) + secret.bytes)
        return Hexadecimal.text(digest.prefix(8))
    }
}

/// What is known of one model's secrets, newest generation first.
struct ModelSecrets: Sendable {
    /// Generations whose grace has ended and that are kept to explain failures.
    static let rememberedRetired = 4
    /// Generations that can be valid at one time.
    static let maximumValid = 8

    var generations: [SecretGeneration]

    var current: SecretGeneration? { generations.first }

    /// Puts a new secret in front; the former one stays valid until its grace ends.
    mutating func rotate(to secret: Secret, now: Moment, graceMilliseconds: Int64) {
        if !generations.isEmpty {
            generations[0].validUntilUnixMilliseconds = now.unixMilliseconds + graceMilliseconds
        }
        let number = (generations.first?.number ?? 0) + 1
        generations.insert(
            SecretGeneration(
                number: number, secret: secret, origin: .keystore,
                createdUnixMilliseconds: now.unixMilliseconds), at: 0)
        limit(now: now)
    }

    /// Ends the oldest valid generations, and forgets the oldest retired ones, beyond the limits.
    private mutating func limit(now: Moment) {
        for index in generations.indices.dropFirst(Self.maximumValid)
        where generations[index].isValid(at: now) {
            generations[index].validUntilUnixMilliseconds = now.unixMilliseconds
        }
        let valid = generations.count { $0.isValid(at: now) }
        generations.removeLast(max(0, generations.count - valid - Self.rememberedRetired))
    }
}
