public import NanoCore
import Synchronization

/// The gateway's secrets and their generations.
///
/// They live in `keystore.sealed` in the state folder (``SealedFile``). The environment's secrets are
/// imported into it, and win over what was imported before until a model is rotated for the first
/// time. A simulated fleet's missing secrets are kept in `generated.json` and give way to both.
public final class Keystore: Sendable {
    struct State {
        /// Every model with a secret.
        var secrets: [ModelID: ModelSecrets]
        /// Models that the keystore decides about.
        var stored: Set<ModelID>
    }

    let folder: String
    let models: [ModelID: Settings.Intake.Model]
    let graceMilliseconds: Int64
    let state: Mutex<State>
    private let key: KeystoreKey
    /// What an operator should know about where secrets came from, a line each; no secrets.
    public let notices: [String]

    /// Puts together the keystore's secrets, the environment's and, for a simulated fleet, new ones
    /// for models that have none.
    ///
    /// - Parameters:
    ///   - folder: Where the files are; whoever holds it is the only one to write them.
    ///   - key: Opens and seals the keystore.
    ///   - intake: What holds for the models, also for those that only the keystore knows.
    ///   - generatesMissing: Whether every known model without a secret gets one at random.
    /// - Throws: ``KeystoreError`` when a file is damaged, not private, or can't be written.
    public init(
        folder: StateFolder, key: KeystoreKey, secrets: Settings.Secrets, intake: Settings.Intake,
        generatesMissing: Bool, now: Moment
    ) throws(KeystoreError) {
        self.folder = folder.path
        self.key = key
        graceMilliseconds = Int64(secrets.graceHours) * 3_600_000
        var opening = try KeystoreOpening(folder: folder.path, key: key, now: now)
        try opening.importSecrets(secrets.provided)
        let stored = Set(opening.secrets.keys)
        if generatesMissing { try opening.generate(for: intake.models.map(\.id)) }
        try opening.checkDistinct()
        notices = opening.notices
        let ids = Set(opening.secrets.keys).union(intake.models.map(\.id))
        models = Dictionary(uniqueKeysWithValues: ids.map { ($0, intake.model($0)) })
        state = Mutex(State(secrets: opening.secrets, stored: stored))
    }

    static let fileName = "keystore.sealed"

    /// The current secret of a model, for a simulated fleet of this process.
    public func currentSecret(of model: ModelID) -> Secret? {
        state.withLock { $0.secrets[model]?.current?.secret }
    }

    /// Changes what is known of a model: on disk first, and then in memory.
    ///
    /// - Parameter body: Gives the generation that it has made, if it has: its secret is written to a
    ///   file for the operator.
    /// - Returns: What the model's secrets are now, and the path of that file.
    /// - Throws: ``KeystoreError``; nothing has changed then.
    func change(
        _ model: ModelID,
        _ body: (inout ModelSecrets) throws(ModelSecrets.Fault) -> SecretGeneration?
    ) throws(KeystoreError) -> (secrets: ModelSecrets, file: String) {
        try state.withLock { (state) throws(KeystoreError) in
            let former = state.secrets[model]
            guard former != nil || models[model] != nil else {
                throw KeystoreError("model \(model) is not configured; add it below models")
            }
            var changed = former ?? ModelSecrets(generations: [])
            let made: SecretGeneration?
            do throws(ModelSecrets.Fault) {
                made = try body(&changed)
            } catch {
                throw KeystoreError("\(model): \(error.words)")
            }
            let file = made.map { folder + "/secrets/\(model)-gen\($0.number).hex" }
            if let file, let made {
                let digits = Hexadecimal.text(made.secret.bytes)
                try PrivateFile.write(Array((digits + "\n").utf8), to: file)
            }
            var kept = state.secrets.filter { state.stored.contains($0.key) }
            kept[model] = changed
            do throws(KeystoreError) {
                try KeystoreFile(kept).save(folder + "/" + Self.fileName, key)
            } catch {
                if let file { PrivateFile.remove(file) }
                throw error
            }
            state.secrets[model] = changed
            state.stored.insert(model)
            return (changed, file ?? "")
        }
    }

    /// 32 random bytes.
    static func randomSecret() -> Secret {
        var generator = SystemRandomNumberGenerator()
        return Secret(
            (0..<SecretPolicy.minimumBytes).map { _ in UInt8.random(in: 0...255, using: &generator)
            })
    }
}
