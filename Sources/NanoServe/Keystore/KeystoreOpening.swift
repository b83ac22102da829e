import Glibc
import NanoCore

/// How the secrets come together at a start: the keystore's, the environment's, generated ones.
struct KeystoreOpening {
    private(set) var secrets: [ModelID: ModelSecrets]
    /// The file that they are of.
    private(set) var stamp: FileStamp?
    private(set) var notices: [String] = []
    /// What was taken over, a line each.
    private(set) var imports: [String] = []
    /// Of these, secrets that took the place of others.
    private(set) var replacements: [ImportedSecret] = []
    private let vault: KeystoreVault
    private let now: Moment

    static let generatedName = "generated.json"

    /// Opens the keystore, or takes over one that was not sealed yet.
    init(vault: KeystoreVault, now: Moment) throws(KeystoreError) {
        self.vault = vault
        self.now = now
        stamp = vault.stamp
        secrets = try vault.load() ?? [:]
        guard access(vault.formerPath, F_OK) == 0 else { return }
        let done = try vault.update(now: now) { (all) throws(KeystoreError) in all }
        (secrets, stamp) = (done.result, done.stamp)
        notices += [done.doubt].compactMap(\.self)
        imports.append(
            "\(vault.formerPath) is sealed now: \(vault.path), with the key of "
                + vault.keys.current.source)
    }

    /// Takes over the environment's secrets: of models that have none, and of those that have only
    /// ever had some from there.
    mutating func importSecrets(
        _ provided: [Settings.Secrets.Provided]
    ) throws(KeystoreError) {
        var taken = Self.take(provided, into: &secrets, now)
        if !taken.isEmpty {
            let variables = Dictionary(
                taken.map { ($0.model, "environment \($0.variable)") },
                uniquingKeysWith: { first, _ in first })
            // What has changed since the keystore was read stays.
            let done = try vault.update(now: now, from: variables) { (all) throws(KeystoreError) in
                taken = Self.take(provided, into: &all, now)
                return all
            }
            (secrets, stamp) = (done.result, done.stamp)
            notices += [done.doubt].compactMap(\.self)
            replacements = taken.filter { $0.former != nil }
            notices += replacements.map(\.sentence)
            let first = taken.filter { $0.former == nil }.map(\.variable)
            if !first.isEmpty {
                imports.append(
                    "imported into \(vault.path): " + first.joined(separator: ", ")
                        + "; the environment wins until a model is rotated for the first time")
            }
        }
        noteUnused(provided)
        noteLeftOut(provided)
    }

    /// - Returns: What was taken over.
    private static func take(
        _ provided: [Settings.Secrets.Provided], into secrets: inout [ModelID: ModelSecrets],
        _ now: Moment
    ) -> [ImportedSecret] {
        provided.compactMap { secret in
            var kept = secrets[secret.model] ?? ModelSecrets(generations: [])
            let former = kept.current
            guard former?.secret != secret.secret, kept.areOnlyImported else { return nil }
            kept.take(environments: secret.secret, now: now)
            secrets[secret.model] = kept
            return kept.current.map { present in
                ImportedSecret(
                    model: secret.model, variable: secret.variable,
                    former: former.map(ImportedSecret.Generation.init),
                    present: ImportedSecret.Generation(present))
            }
        }
    }

    private mutating func noteUnused(_ provided: [Settings.Secrets.Provided]) {
        for secret in provided {
            guard let current = secrets[secret.model]?.current, current.secret != secret.secret
            else { continue }
            notices.append(
                "\(secret.variable) is not used: \(vault.path) holds generation "
                    + "\(current.number) for \(secret.model), made "
                    + "\(Timestamp.iso8601(current.createdUnixMilliseconds)), and wins over the "
                    + "environment")
        }
    }

    /// Says which imported secrets are still accepted though their variable is gone.
    private mutating func noteLeftOut(_ provided: [Settings.Secrets.Provided]) {
        let models = Set(provided.map(\.model))
        let left = secrets.filter { !models.contains($0.key) && $0.value.areOnlyImported }
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
        for model in new { generated[model] = Self.first(.random(), .generated, now) }
        if !new.isEmpty { try KeystoreFile(generated).save(path, nil) }
        for model in missing { secrets[model] = generated[model] }
        guard !missing.isEmpty else { return }
        notices.append(
            "secrets made at random for " + missing.map(\.description).joined(separator: ", ")
                + " are kept in \(path); they are for simulated devices")
    }

    /// - Throws: ``KeystoreError`` when two models share a secret.
    func checkDistinct() throws(KeystoreError) {
        try vault.checkDistinct(secrets, now: now)
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
