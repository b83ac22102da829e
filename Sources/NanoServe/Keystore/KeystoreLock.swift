import Glibc

/// The lock of everything that belongs to the keystore: whoever changes it holds it from reading to
/// writing, a gateway as well as a command line.
enum KeystoreLock {
    private static let seconds = 5

    /// Calls `body` while no other process changes the keystore of a folder, or what else has such a
    /// lock there.
    ///
    /// - Throws: ``KeystoreError`` when another process holds it for long; what `body` throws.
    static func hold<Result>(
        in folder: String, _ what: String = "keystore", _ body: () throws(KeystoreError) -> Result
    ) throws(KeystoreError) -> Result {
        let file = try take(in: folder, what)
        defer { close(file) }
        return try body()
    }

    private static func take(in folder: String, _ what: String) throws(KeystoreError) -> Int32 {
        let path = "\(folder)/\(what).lock"
        let file = open(path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else {
            throw KeystoreError("\(path): cannot be opened: \(String(cString: strerror(errno)))")
        }
        for _ in 0..<seconds * 20 {
            if flock(file, LOCK_EX | LOCK_NB) == 0 { return file }
            usleep(50_000)
        }
        close(file)
        throw KeystoreError(
            "\(path): another process has held the \(what) for \(seconds) s; try again")
    }
}
