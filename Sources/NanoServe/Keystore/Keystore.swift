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
        /// The file that this is of.
        var stamp: FileStamp?
        /// Why the file that lies there now cannot be read.
        var fault: String?

        /// Takes over what the keystore holds; others, those of a simulated fleet, stay.
        mutating func take(_ all: [ModelID: ModelSecrets], _ stamp: FileStamp?) {
            secrets = secrets.filter { !stored.contains($0.key) }.merging(all) { $1 }
            stored = Set(all.keys)
            self.stamp = stamp
            fault = nil
        }
    }

    let intake: Settings.Intake
    let graceMilliseconds: Int64
    let state: Mutex<State>
    /// One change at a time; holds the file that could not be read last.
    private let changing = Mutex<FileStamp?>(nil)
    let vault: KeystoreVault
    /// What an operator should know about where secrets came from, a line each; no secrets.
    public let notices: [String]
    /// What this start has taken over into the keystore, a line each; no secrets.
    public let imports: [String]
    /// Of these, secrets of the environment that have taken the place of others.
    public let replacements: [ImportedSecret]

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
        vault = KeystoreVault(folder: folder.path, key: key)
        graceMilliseconds = Int64(secrets.graceHours) * 3_600_000
        var opening = try KeystoreOpening(vault: vault, now: now)
        try opening.importSecrets(secrets.provided)
        let stored = Set(opening.secrets.keys)
        if generatesMissing { try opening.generate(for: intake.models.map(\.id)) }
        try opening.checkDistinct()
        notices = opening.notices
        imports = opening.imports
        replacements = opening.replacements
        self.intake = intake
        state = Mutex(
            State(secrets: opening.secrets, stored: stored, stamp: opening.stamp))
    }

    static let fileName = "keystore.sealed"

    /// The current secret of a model, for a simulated fleet of this process.
    public func currentSecret(of model: ModelID) -> Secret? {
        state.withLock { $0.secrets[model]?.current?.secret }
    }

    /// Takes a step of a rotation: on disk first, and then in memory.
    ///
    /// - Returns: What was done, in a sentence without a secret.
    /// - Throws: ``KeystoreError``; nothing has changed then.
    func perform(
        _ step: RotationStep, on model: ModelID, now: Moment
    ) throws(KeystoreError) -> String {
        // Whoever looks at the secrets does not wait for the disk, or for another process.
        try changing.withLock { (failed) throws(KeystoreError) in
            let former = state.withLock { $0.secrets[model] }
            guard former != nil || intake.models.contains(where: { $0.id == model }) else {
                throw KeystoreError("model \(model) is not configured; add it below models")
            }
            let done = try vault.change(model, now: now) { (secrets) throws(ModelSecrets.Fault) in
                // A simulated fleet's secret is in the keystore from its first change on.
                if secrets.generations.isEmpty, let former { secrets = former }
                return try step.apply(
                    to: &secrets, now: now, graceMilliseconds: graceMilliseconds)
            }
            failed = nil
            state.withLock { $0.take(done.all, done.stamp) }
            return step.words(model, done, now: now)
        }
    }

    /// Takes over what another process has changed. A keystore that cannot be read changes nothing,
    /// and is tried again.
    ///
    /// - Returns: Whether there was anything.
    /// - Throws: ``KeystoreError``, once for each state of the file.
    public func refresh(now: Moment) throws(KeystoreError) -> Bool {
        try changing.withLock { (failed) throws(KeystoreError) in
            let stamp = vault.stamp
            guard let stamp, stamp != state.withLock({ $0.stamp }) else {
                // What lies there is what holds, perhaps again.
                failed = nil
                state.withLock { $0.fault = nil }
                return false
            }
            do throws(KeystoreError) {
                guard let all = try vault.load() else { return false }
                try vault.checkDistinct(all, now: now)
                failed = nil
                state.withLock { $0.take(all, stamp) }
                return true
            } catch {
                defer { failed = stamp }
                state.withLock { $0.fault = "\(error)" }
                if failed == stamp { return false }
                throw error
            }
        }
    }
}
