import NanoCore

/// How the secrets come together at a start: the keystore's, the environment's, generated ones.
struct KeystoreOpening {
    private(set) var secrets: [ModelID: ModelSecrets]
    private(set) var notices: [String] = []
    private let vault: KeystoreVault
    private let now: Moment

    /// The keystore of releases before it was sealed.
    private static let formerName = "keystore.json"
    private static let generatedName = "generated.json"

    /// Opens the keystore, or takes over one that was not sealed yet.
    init(vault: KeystoreVault, now: Moment) throws(KeystoreError) {
        self.vault = vault
        self.now = now
        if let sealed = try vault.load() {
            secrets = sealed
            return
        }
        let former = vault.folder + "/" + Self.formerName
        let taken = try KeystoreFile.load(former, nil) ?? [:]
        secrets = taken
        guard !taken.isEmpty else { return }
        try vault.update { (secrets) throws(KeystoreError) in secrets = taken }
        PrivateFile.remove(former)
        notices.append(
            "\(former) is sealed now: \(vault.path), with the key of \(vault.key.source)")
    }

    /// Takes over the environment's secrets: of models that have none, and of those that have only
    /// ever had one from there.
    mutating func importSecrets(
        _ provided: [Settings.Secrets.Provided]
    ) throws(KeystoreError) {
        var imported: [String] = []
        for secret in provided {
            guard let kept = secrets[secret.model] else {
                secrets[secret.model] = Self.first(secret.secret, .environment, now)
                imported.append(secret.variable)
                continue
            }
            guard let current = kept.current, current.secret != secret.secret else { continue }
            if kept.generations.count == 1, kept.staged == nil, current.origin == .environment {
                secrets[secret.model] = Self.first(secret.secret, .environment, now)
                imported.append(secret.variable)
            } else {
                notices.append(
                    "\(secret.variable) is not used: \(vault.path) holds generation "
                        + "\(current.number) for \(secret.model), made "
                        + "\(Timestamp.iso8601(current.createdUnixMilliseconds)), and wins over the "
                        + "environment")
            }
        }
        noteLeftOut(provided)
        guard !imported.isEmpty else { return }
        try checkDistinct()
        let all = secrets
        try vault.update { (secrets) throws(KeystoreError) in secrets = all }
        notices.append(
            "imported into \(vault.path): " + imported.joined(separator: ", ")
                + "; the environment wins until a model is rotated for the first time")
    }

    /// Says which imported secrets are still accepted though their variable is gone.
    private mutating func noteLeftOut(_ provided: [Settings.Secrets.Provided]) {
        let models = Set(provided.map(\.model))
        let left = secrets.filter { model, kept in
            !models.contains(model) && kept.generations.count == 1
                && kept.current?.origin == .environment
        }
        for model in left.keys.sorted() {
            notices.append(
                "the secret of \(model) is the one that was imported from the environment, which does "
                    + "not hold it any more; it is accepted still")
        }
    }

    /// Gives every model without a secret the one generated for it before, or a new one.
    mutating func generate(for models: [ModelID]) throws(KeystoreError) {
        let path = vault.folder + "/" + Self.generatedName
        var generated = try KeystoreFile.load(path, nil) ?? [:]
        let missing = models.filter { secrets[$0] == nil }
        let new = missing.filter { generated[$0] == nil }
        for model in new {
            generated[model] = Self.first(.random(), .generated, now)
        }
        if !new.isEmpty { try KeystoreFile(generated).save(path, nil) }
        for model in missing { secrets[model] = generated[model] }
        guard !missing.isEmpty else { return }
        notices.append(
            "secrets made at random for " + missing.map(\.description).joined(separator: ", ")
                + " are kept in \(path); they are for simulated devices")
    }

    /// No two models may share a secret that is valid, those of former generations included.
    func checkDistinct() throws(KeystoreError) {
        var others: [(model: ModelID, secret: [UInt8])] = []
        for (model, secrets) in secrets.sorted(by: { $0.key < $1.key }) {
            for generation in secrets.valid(at: now) {
                let bytes = generation.secret.bytes
                do {
                    try SecretPolicy.validate(secret: bytes, for: model, others: others)
                } catch {
                    throw KeystoreError(
                        "\(vault.path) and environment: model \(model), generation "
                            + "\(generation.number): \(error)")
                }
                others.append((model, bytes))
            }
        }
    }

    private static func first(
        _ secret: Secret, _ origin: SecretGeneration.Origin, _ now: Moment
    ) -> ModelSecrets {
        ModelSecrets(generations: [
            SecretGeneration(
                number: 1, secret: secret, origin: origin,
                createdUnixMilliseconds: now.unixMilliseconds)
        ])
    }
}
