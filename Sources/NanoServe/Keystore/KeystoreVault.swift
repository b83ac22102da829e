import Glibc
import NanoCore

/// The sealed keystore on disk. A gateway and a command line may both change it: each holds the lock of
/// a file beside it from reading to writing.
struct KeystoreVault: Sendable {
    /// Tells one writing of the file from the next.
    struct Stamp: Equatable {
        var file: UInt64
        var seconds: Int
        var nanoseconds: Int
    }

    /// The state folder.
    let folder: String
    let key: KeystoreKey

    private static let lockName = "keystore.lock"
    private static let lockSeconds = 5

    init(folder: String, key: KeystoreKey) {
        self.folder = folder
        self.key = key
    }

    var path: String { "\(folder)/\(Keystore.fileName)" }

    /// What is there; nil before the first run.
    ///
    /// - Throws: ``KeystoreError``.
    func load() throws(KeystoreError) -> [ModelID: ModelSecrets]? {
        try KeystoreFile.load(path, key)
    }

    /// The file as it lies there now; nil when there is none.
    var stamp: Stamp? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return Stamp(
            file: UInt64(status.st_ino), seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec)
    }

    /// Changes what is there, read anew.
    ///
    /// - Throws: ``KeystoreError``; the file is then as it was.
    func update<Result>(
        _ body: (inout [ModelID: ModelSecrets]) throws(KeystoreError) -> Result
    ) throws(KeystoreError) -> Result {
        let lock = try takeLock()
        defer { close(lock) }
        var secrets = try load() ?? [:]
        let result = try body(&secrets)
        try KeystoreFile(secrets).save(path, key)
        return result
    }

    /// Changes what is known of a model.
    ///
    /// - Parameter body: Gives the generation that it has made, if it has: its secret is written to a
    ///   file for the operator, whose path comes back.
    /// - Throws: ``KeystoreError``; nothing has changed then.
    func change(
        _ model: ModelID,
        _ body: (inout ModelSecrets) throws(ModelSecrets.Fault) -> SecretGeneration?
    ) throws(KeystoreError) -> (all: [ModelID: ModelSecrets], changed: ModelSecrets, file: String?)
    {
        var written: String?
        do throws(KeystoreError) {
            return try update { (secrets) throws(KeystoreError) in
                var changed = secrets[model] ?? ModelSecrets(generations: [])
                do throws(ModelSecrets.Fault) {
                    if let made = try body(&changed) {
                        written = "\(folder)/secrets/\(model)-gen\(made.number).hex"
                        try write(made, to: written ?? "")
                    }
                } catch {
                    throw KeystoreError("\(model): \(error.words)")
                }
                secrets[model] = changed
                return (secrets, changed, written)
            }
        } catch {
            if let written { PrivateFile.remove(written) }
            throw error
        }
    }

    private func write(
        _ generation: SecretGeneration, to file: String
    ) throws(ModelSecrets.Fault) {
        let digits = Hexadecimal.text(generation.secret.bytes)
        do throws(KeystoreError) {
            try PrivateFile.write(Array((digits + "\n").utf8), to: file)
        } catch {
            throw ModelSecrets.Fault(words: error.description)
        }
    }

    private func takeLock() throws(KeystoreError) -> Int32 {
        let name = "\(folder)/\(Self.lockName)"
        let lock = open(name, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else {
            throw KeystoreError("\(name): cannot be opened: \(String(cString: strerror(errno)))")
        }
        for _ in 0..<Self.lockSeconds * 20 {
            if flock(lock, LOCK_EX | LOCK_NB) == 0 { return lock }
            usleep(50_000)
        }
        close(lock)
        throw KeystoreError(
            "\(name): another process has held the keystore for \(Self.lockSeconds) s; try again")
    }
}
