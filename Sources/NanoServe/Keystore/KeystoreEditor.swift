import Glibc
package import NanoCore

/// The keystore for a command line, beside a gateway or without one: a running gateway takes over what
/// is changed here within a second.
package struct KeystoreEditor: Sendable {
    let vault: KeystoreVault

    /// - Parameters:
    ///   - environment: Where the keystore's key may come from.
    ///   - mayMake: Whether folder and key are made where there are none.
    /// - Throws: ``KeystoreError`` when there is no key.
    package init(
        stateFolder: String, environment: [String: String], mayMake: Bool = false
    ) throws(KeystoreError) {
        if mayMake { try PrivateFile.makeFolder(stateFolder) }
        try Self.checkOwner(of: stateFolder)
        vault = KeystoreVault(
            folder: stateFolder,
            key: try KeystoreKey(
                environment: environment, folder: stateFolder, mayMake: mayMake))
    }

    /// What somebody else leaves in the folder the gateway could not read.
    static func checkOwner(of folder: String) throws(KeystoreError) {
        var status = stat()
        guard stat(folder, &status) == 0, status.st_uid != geteuid() else { return }
        throw KeystoreError(
            unusable:
                "\(folder) belongs to user \(status.st_uid), and this is user \(geteuid()); run the command as "
                + "the gateway's user: sudo -u '#\(status.st_uid)' nanogridata …")
    }

    /// Every generation that is accepted, the models in their order.
    ///
    /// - Parameter rotateAfterSeconds: How long the models' secrets may be current, as far as that is
    ///   known.
    /// - Throws: ``KeystoreError``, also when there is no keystore.
    package func generations(
        rotateAfterSeconds: [ModelID: Int64] = [:], now: Moment
    ) throws(KeystoreError) -> [SecretSnapshot] {
        guard let all = try vault.load() else {
            throw KeystoreError(
                "\(vault.path): there is no keystore yet"
                    + (try generatedWords().map { "; \($0)" } ?? ""))
        }
        return all.sorted { $0.key < $1.key }.flatMap {
            $1.snapshots(of: $0, rotateAfterSeconds: rotateAfterSeconds[$0], now: now)
        }
    }

    /// Takes a step of a rotation.
    ///
    /// - Parameter input: Where its secret comes from, for what is said of that; nil for one that is made
    ///   here.
    /// - Returns: What was done, in a sentence without a secret.
    package func perform(
        _ step: RotationStep, on model: ModelID, graceHours: Int, now: Moment,
        from input: String? = nil
    ) throws(KeystoreError) -> String {
        let done = try vault.change(model, now: now, from: input) {
            (secrets) throws(ModelSecrets.Fault) in
            try step.apply(
                to: &secrets, now: now, graceMilliseconds: Int64(graceHours) * 3_600_000)
        }
        return step.words(model, done, now: now)
    }

    /// The secret of a generation that is accepted: the current one, unless another is named.
    ///
    /// - Throws: ``KeystoreError`` when there is none.
    package func secret(
        of model: ModelID, generation: Int?, now: Moment
    ) throws(KeystoreError) -> (number: Int, secret: Secret) {
        let valid = try vault.load()?[model]?.valid(at: now) ?? []
        let found = valid.first { generation == nil || $0.number == generation }
        guard let found else {
            let known = valid.map { "\($0.number)" }.joined(separator: ", ")
            let isGenerated = try generatedSecret(of: model) != nil
            throw KeystoreError(
                "\(model) has no secret\(generation.map { " of generation \($0)" } ?? "")"
                    + (known.isEmpty ? "" : "; those that are accepted are \(known)")
                    + (isGenerated
                        ? " in the keystore; the one made at random for simulated devices is in "
                            + generatedPath : ""))
        }
        return (found.number, found.secret)
    }

    /// The secret that new devices of a model get; nil when there is none.
    package func secretForNewDevices(
        of model: ModelID
    ) throws(KeystoreError) -> (number: Int, secret: Secret)? {
        try vault.load()?[model]?.forNewDevices.map { ($0.number, $0.secret) }
    }

    /// The secret that was made at random for simulated devices of a model that the keystore has none
    /// of; nil when there is none.
    package func generatedSecret(of model: ModelID) throws(KeystoreError) -> Secret? {
        guard try vault.load()?[model] == nil else { return nil }
        return try KeystoreFile.load(generatedPath, nil)?[model]?.current?.secret
    }

    /// Says where the secrets are that only simulated devices have; nil when there are none.
    package func generatedWords() throws(KeystoreError) -> String? {
        let stored = try vault.load() ?? [:]
        let models = (try KeystoreFile.load(generatedPath, nil) ?? [:]).keys
            .filter { stored[$0] == nil }.sorted()
        guard !models.isEmpty else { return nil }
        return "secrets made at random for simulated devices of "
            + models.map(\.description).joined(separator: ", ")
            + " are in \(generatedPath), and not in the keystore"
    }

    private var generatedPath: String { vault.folder + "/" + KeystoreOpening.generatedName }

    /// Opens the keystore, and checks that all in it may be used.
    ///
    /// - Returns: How many models and generations there are.
    package func verify(now: Moment) throws(KeystoreError) -> (models: Int, generations: Int) {
        let opening = try KeystoreOpening(vault: vault, now: now)
        try opening.checkDistinct()
        return (
            opening.secrets.count,
            opening.secrets.values.reduce(0) { $0 + $1.valid(at: now).count }
        )
    }
}
