public import NanoCore
import Synchronization

/// The gateway's secrets and their generations.
///
/// At first the environment's secrets hold. The first rotation of a model writes it to
/// `keystore.json` in the state folder, which wins for that model from then on. A simulated fleet's
/// missing secrets are kept in `generated.json` and give way to both.
public final class Keystore: Sendable {
    /// What a rotation made. The new secret is only in the file.
    public struct Rotation: Sendable {
        public let model: ModelID
        public let generation: Int
        /// File of mode 0600 with the new secret in hexadecimal digits.
        public let secretFile: String
        /// The end of the former generation's grace; nil when there was none.
        public let formerValidUntilUnixMilliseconds: Int64?
    }

    private struct State {
        /// Every model with a secret.
        var secrets: [ModelID: ModelSecrets]
        /// Models that `keystore.json` decides about.
        var stored: Set<ModelID>
    }

    private let folder: String
    private let models: [ModelID: Settings.Intake.Model]
    private let graceMilliseconds: Int64
    private let state: Mutex<State>
    /// What an operator should know about where secrets came from, a line each; no secrets.
    public let notices: [String]

    /// Puts together the environment's secrets, the keystore's and, for a simulated fleet, new ones
    /// for models that have none.
    ///
    /// - Parameters:
    ///   - folder: Where the files are; whoever holds it is the only one to write them.
    ///   - intake: What holds for the models, also for those that only the keystore knows.
    ///   - generatesMissing: Whether every known model without a secret gets one at random.
    /// - Throws: ``KeystoreError`` when a file is damaged, not private, or can't be written.
    public init(
        folder: StateFolder, secrets: Settings.Secrets, intake: Settings.Intake,
        generatesMissing: Bool, now: Moment
    ) throws(KeystoreError) {
        let folder = folder.path
        self.folder = folder
        graceMilliseconds = Int64(secrets.graceHours) * 3_600_000
        let stored = try KeystoreFile.load(folder + "/" + Self.fileName)
        var known = stored
        var notices: [String] = []
        for provided in secrets.provided {
            if let kept = known[provided.model] {
                notices += Self.difference(provided, kept, folder)
            } else {
                known[provided.model] = Self.first(provided.secret, .environment, now)
            }
        }
        if generatesMissing {
            notices += try Self.generate(for: intake.models.map(\.id), into: &known, folder, now)
        }
        try Self.checkDistinct(known, folder, now)
        self.notices = notices
        let ids = Set(known.keys).union(intake.models.map(\.id))
        models = Dictionary(uniqueKeysWithValues: ids.map { ($0, intake.model($0)) })
        state = Mutex(State(secrets: known, stored: Set(stored.keys)))
    }

    private static let fileName = "keystore.json"
    private static let generatedName = "generated.json"

    /// The current secret of a model, for a simulated fleet of this process.
    public func currentSecret(of model: ModelID) -> Secret? {
        state.withLock { $0.secrets[model]?.current?.secret }
    }

    /// Makes a new secret of 32 random bytes, writes it to a file for the operator and to the
    /// keystore, and only then makes it the current one.
    ///
    /// - Throws: ``KeystoreError``; nothing has changed then.
    public func rotateSecret(of model: ModelID, now: Moment) throws(KeystoreError) -> Rotation {
        try state.withLock { (state) throws(KeystoreError) -> Rotation in
            let former = state.secrets[model]
            guard former != nil || models[model] != nil else {
                throw KeystoreError("model \(model) is not configured; add it below models")
            }
            var rotated = former ?? ModelSecrets(generations: [])
            let secret = Self.randomSecret()
            rotated.rotate(to: secret, now: now, graceMilliseconds: graceMilliseconds)
            let number = rotated.current?.number ?? 1
            let file = folder + "/secrets/\(model)-gen\(number).hex"
            try PrivateFile.write(Array((Hexadecimal.text(secret.bytes) + "\n").utf8), to: file)
            var kept = state.secrets.filter { state.stored.contains($0.key) }
            kept[model] = rotated
            do throws(KeystoreError) {
                try KeystoreFile(kept).save(folder + "/" + Self.fileName)
            } catch {
                PrivateFile.remove(file)
                throw error
            }
            state.secrets[model] = rotated
            state.stored.insert(model)
            return Rotation(
                model: model, generation: number, secretFile: file,
                formerValidUntilUnixMilliseconds: former == nil
                    ? nil : now.unixMilliseconds + graceMilliseconds)
        }
    }
}

// MARK: - Watching

extension Keystore: KeySource {
    public func keyTable(now: Moment) -> KeyTable {
        state.withLock { state in
            KeyTable(
                state.secrets.compactMap { id, secrets in
                    guard let model = models[id] else { return nil }
                    let valid = secrets.generations.filter { $0.isValid(at: now) }
                    return ModelKeys(
                        model: id, name: model.name, minimumLevel: model.minimumLevel,
                        profile: model.profile, keys: valid.map(\.key),
                        derivations: model.keying == .device ? valid.map(\.derivation) : [],
                        encryption: model.encryption)
                })
        }
    }

    public func retiredKeys(now: Moment) -> [RetiredKey] {
        state.withLock { state in
            state.secrets.sorted { $0.key < $1.key }.flatMap { id, secrets in
                secrets.generations.filter { !$0.isValid(at: now) }.map { generation in
                    let ended = Timestamp.iso8601(generation.validUntilUnixMilliseconds ?? 0)
                    return RetiredKey(
                        model: id, key: generation.key,
                        derivation: models[id]?.keying == .device ? generation.derivation : nil,
                        name: "generation \(generation.number), valid until \(ended)")
                }
            }
        }
    }

    public func rotate(_ model: ModelID, now: Moment) throws -> String {
        let rotation = try rotateSecret(of: model, now: now)
        let former = rotation.formerValidUntilUnixMilliseconds.map {
            "; the former one is accepted until \(Timestamp.iso8601($0))"
        }
        return "\(model): generation \(rotation.generation) is current, its secret is in "
            + rotation.secretFile + (former ?? "")
    }

    public func snapshots(now: Moment) -> [SecretSnapshot] {
        state.withLock { state in
            state.secrets.sorted { $0.key < $1.key }.flatMap { id, secrets in
                secrets.generations.filter { $0.isValid(at: now) }.map { generation in
                    SecretSnapshot(
                        model: id, generation: generation.number,
                        state: generation.validUntilUnixMilliseconds == nil ? .current : .previous,
                        fingerprint: generation.fingerprint,
                        createdUnixMilliseconds: generation.createdUnixMilliseconds,
                        validUntilUnixMilliseconds: generation.validUntilUnixMilliseconds,
                        origin: generation.origin.rawValue)
                }
            }
        }
    }
}

// MARK: - At the start

extension Keystore {
    private static func first(
        _ secret: Secret, _ origin: SecretGeneration.Origin, _ now: Moment
    ) -> ModelSecrets {
        ModelSecrets(generations: [
            SecretGeneration(
                number: 1, secret: secret, origin: origin,
                createdUnixMilliseconds: now.unixMilliseconds)
        ])
    }

    /// Says that the keystore overrides a variable, unless both agree.
    private static func difference(
        _ provided: Settings.Secrets.Provided, _ kept: ModelSecrets, _ folder: String
    ) -> [String] {
        guard let current = kept.current, current.secret != provided.secret else { return [] }
        return [
            "\(provided.variable) is not used: \(folder)/\(fileName) holds generation "
                + "\(current.number) for \(provided.model), made "
                + "\(Timestamp.iso8601(current.createdUnixMilliseconds)), and wins over the "
                + "environment"
        ]
    }

    /// Gives every model without a secret the one generated for it before, or a new one.
    private static func generate(
        for models: [ModelID], into known: inout [ModelID: ModelSecrets], _ folder: String,
        _ now: Moment
    ) throws(KeystoreError) -> [String] {
        let path = folder + "/" + generatedName
        var generated = try KeystoreFile.load(path)
        let missing = models.filter { known[$0] == nil }
        let new = missing.filter { generated[$0] == nil }
        for model in new { generated[model] = first(randomSecret(), .generated, now) }
        if !new.isEmpty { try KeystoreFile(generated).save(path) }
        for model in missing { known[model] = generated[model] }
        guard !missing.isEmpty else { return [] }
        return [
            "secrets made at random for " + missing.map(\.description).joined(separator: ", ")
                + " are kept in \(path); they are for simulated devices"
        ]
    }

    /// No two models may share a secret that is valid, those of former generations included.
    private static func checkDistinct(
        _ secrets: [ModelID: ModelSecrets], _ folder: String, _ now: Moment
    ) throws(KeystoreError) {
        var others: [(model: ModelID, secret: [UInt8])] = []
        for (model, secrets) in secrets.sorted(by: { $0.key < $1.key }) {
            for generation in secrets.generations where generation.isValid(at: now) {
                let bytes = generation.secret.bytes
                do {
                    try SecretPolicy.validate(secret: bytes, for: model, others: others)
                } catch {
                    throw KeystoreError(
                        "\(folder)/\(fileName) and environment: model \(model), generation "
                            + "\(generation.number): \(error)")
                }
                others.append((model, bytes))
            }
        }
    }

    private static func randomSecret() -> Secret {
        var generator = SystemRandomNumberGenerator()
        return Secret(
            (0..<SecretPolicy.minimumBytes).map { _ in UInt8.random(in: 0...255, using: &generator)
            })
    }
}
