import Glibc
import NanoCore
import Synchronization

/// The key of a keystore while it is worked with: `secrets rekey` may put another in its place.
///
/// A new key waits in a file beside the present one's until the keystore is sealed with it, and takes
/// that file's place then. So whichever of the two the keystore was sealed with when a process or the
/// power went, the key that opens it is there.
final class KeystoreKeyring: Sendable {
    private let state: Mutex<KeystoreKey>

    init(_ key: KeystoreKey) {
        state = Mutex(key)
    }

    /// The one in use.
    var current: KeystoreKey { state.withLock { $0 } }

    /// Where a new key waits for the place of another.
    static func waiting(for path: String) -> String { path + ".next" }

    /// The key with a fingerprint, which is the one in use from then on: the one that is, or the one
    /// that has come into its file, or waits beside it. Nil when it is none of them.
    func key(of fingerprint: [UInt8]) -> KeystoreKey? {
        let known = current
        guard known.fingerprint != fingerprint else { return known }
        guard let path = known.path else { return nil }
        // Between the first two looks it may have moved.
        for place in [path, Self.waiting(for: path), path] {
            guard let found = try? KeystoreKey.file(place), found.fingerprint == fingerprint else {
                continue
            }
            let key = found.at(path)
            state.withLock { $0 = key }
            return key
        }
        return nil
    }

    /// Puts the key in use into its file, should whoever made it have gone before that. To be called
    /// with the ``KeystoreLock`` held.
    ///
    /// - Parameter keystore: The file that it has sealed.
    /// - Throws: ``KeystoreError`` when that cannot be done.
    func settle(_ keystore: String) throws(KeystoreError) {
        let known = current
        guard let path = known.path, access(Self.waiting(for: path), F_OK) == 0,
            try KeystoreKey.file(path)?.fingerprint != known.fingerprint,
            try KeystoreKey.file(Self.waiting(for: path))?.fingerprint == known.fingerprint
        else { return }
        do {
            // The former key goes with this: the keystore that it opens must not come back.
            try AtomicFile.syncFolder(of: keystore)
        } catch {
            throw KeystoreError("\(error)")
        }
        try Self.place(path)
    }

    /// Gives a waiting key its place.
    ///
    /// - Throws: ``KeystoreError``; it waits still, and opens the keystore from there.
    static func place(_ path: String) throws(KeystoreError) {
        guard rename(waiting(for: path), path) == 0 else {
            throw KeystoreError(
                "\(waiting(for: path)): cannot take the place of \(path): "
                    + String(cString: strerror(errno)))
        }
        // Both names hold a key that opens what a power cut leaves.
        try? AtomicFile.syncFolder(of: path)
    }
}
