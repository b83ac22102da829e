import NanoCore

/// The sealed keystore on disk, which a gateway and a command line may both change.
struct KeystoreVault: Sendable {
    /// What has become of a change.
    struct Change {
        var all: [ModelID: ModelSecrets]
        var changed: ModelSecrets
        /// Where a new secret was written to.
        var file: String?
        var stamp: FileStamp?
        /// Why a power cut could still undo it; nil when none can.
        var doubt: String?
    }

    /// What has become of writing the file.
    struct Update<Result> {
        var result: Result
        var stamp: FileStamp?
        /// Why a power cut could still undo it; nil when none can.
        var doubt: String?
    }

    /// The state folder.
    let folder: String
    let keys: KeystoreKeyring

    init(folder: String, key: KeystoreKey) {
        self.folder = folder
        keys = KeystoreKeyring(key)
    }

    /// The keystore of releases before it was sealed.
    static let formerName = "keystore.json"

    var path: String { "\(folder)/\(Keystore.fileName)" }
    var formerPath: String { "\(folder)/\(Self.formerName)" }

    /// What is there, also of a release before it was sealed; nil before the first run.
    ///
    /// - Throws: ``KeystoreError``.
    func load() throws(KeystoreError) -> [ModelID: ModelSecrets]? {
        if let sealed = try KeystoreFile.load(path, keys) { return sealed }
        return try KeystoreFile.load(formerPath, nil)
    }

    /// The file as it lies there now; nil when there is none. To be asked before it is read, so that
    /// a change in between is seen the next time.
    var stamp: FileStamp? { FileStamp(of: path) }

    /// Changes what is there, read anew; no two models may have one secret then.
    ///
    /// - Parameter inputs: What brings the secrets of models, for what is said of them.
    /// - Throws: ``KeystoreError``; the file is then as it was.
    func update<Result>(
        now: Moment, from inputs: [ModelID: String] = [:],
        _ body: (inout [ModelID: ModelSecrets]) throws(KeystoreError) -> Result
    ) throws(KeystoreError) -> Update<Result> {
        try KeystoreLock.hold(in: folder) { () throws(KeystoreError) in
            var secrets = try load() ?? [:]
            let result = try body(&secrets)
            try checkDistinct(secrets, now: now, from: inputs)
            try keys.settle(path)
            let doubt = try KeystoreFile(secrets).save(path, keys.current)
            PrivateFile.remove(formerPath)
            return Update(result: result, stamp: stamp, doubt: doubt)
        }
    }

    /// Changes what is known of a model.
    ///
    /// - Parameters:
    ///   - input: What brings a secret, for what is said of it; nil for none.
    ///   - body: Gives the generation that it has made, if it has: its secret is written to a file for
    ///     the operator.
    /// - Throws: ``KeystoreError``; nothing has changed then.
    func change(
        _ model: ModelID, now: Moment, from input: String? = nil,
        _ body: (inout ModelSecrets) throws(ModelSecrets.Fault) -> SecretGeneration?
    ) throws(KeystoreError) -> Change {
        var written: String?
        var change: Change
        do throws(KeystoreError) {
            let done = try update(now: now) { (secrets) throws(KeystoreError) in
                var changed = secrets[model] ?? ModelSecrets(generations: [])
                let made: SecretGeneration?
                do throws(ModelSecrets.Fault) {
                    made = try body(&changed)
                } catch {
                    throw KeystoreError("\(model): \(error.words)")
                }
                secrets[model] = changed
                // Before it is written down: nobody needs the file of a secret that is refused.
                let place = (input.map { "\($0): " } ?? "") + "\(model)"
                try checkDistinct(secrets, now: now, from: [model: place])
                if let made {
                    written = file(of: model, made.number)
                    let digits = made.secret.withBytes { Hexadecimal.text($0) }
                    try PrivateFile.write(Array((digits + "\n").utf8), to: written ?? "")
                }
                return Change(all: secrets, changed: changed, file: written)
            }
            change = done.result
            (change.stamp, change.doubt) = (done.stamp, done.doubt)
        } catch {
            if let written { PrivateFile.remove(written) }
            throw error
        }
        removeFiles(of: model, change.changed, now)
        return change
    }

    private func file(of model: ModelID, _ generation: Int) -> String {
        "\(folder)/secrets/\(model)-gen\(generation).hex"
    }

    /// Secrets that are not accepted any more are of no use to the operator.
    private func removeFiles(of model: ModelID, _ secrets: ModelSecrets, _ now: Moment) {
        for generation in secrets.generations where !generation.isValid(at: now) {
            PrivateFile.remove(file(of: model, generation.number))
        }
    }

    /// No two models may share a secret that is valid, those of former generations included.
    ///
    /// - Parameter inputs: What has brought secrets of models: it is at fault then.
    /// - Throws: ``KeystoreError`` naming both.
    func checkDistinct(
        _ all: [ModelID: ModelSecrets], now: Moment, from inputs: [ModelID: String] = [:]
    ) throws(KeystoreError) {
        var others: [(model: ModelID, secret: [UInt8])] = []
        let known = all.filter { inputs[$0.key] == nil }.sorted { $0.key < $1.key }
        let new = all.filter { inputs[$0.key] != nil }.sorted { $0.key < $1.key }
        for (model, secrets) in known + new {
            for generation in secrets.valid(at: now) {
                let bytes = generation.secret.bytes
                do {
                    try SecretPolicy.validate(secret: bytes, for: model, others: others)
                } catch {
                    let place =
                        inputs[model] ?? "\(path): \(model), generation \(generation.number)"
                    throw KeystoreError("\(place): \(error)")
                }
                others.append((model, bytes))
            }
        }
    }
}
