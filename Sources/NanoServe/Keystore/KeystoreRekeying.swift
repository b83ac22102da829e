import Glibc
import NanoCore

/// Where the key comes from that a keystore is sealed with anew.
package enum NewKeystoreKey: Sendable {
    /// One is made at random, and takes the place of the present one in its file. Outside of the
    /// state folder that has to be allowed: other keystores may be sealed with the key there.
    case inPlace(alsoElsewhere: Bool)
    /// A file of mode 0600, in which one is made when it is not there.
    case file(String)
    /// The number of an inherited descriptor.
    case descriptor(String)
}

extension KeystoreEditor {
    /// Seals the keystore with a new key; the former one does not open it any more.
    ///
    /// - Returns: What was done, in a sentence without a secret.
    /// - Throws: ``KeystoreError``. The keystore can be opened with the former key then, unless the
    ///   error says otherwise.
    package func rekey(_ target: NewKeystoreKey) throws(KeystoreError) -> String {
        try KeystoreLock.hold(in: vault.folder) { () throws(KeystoreError) in
            guard let all = try vault.load() else {
                throw KeystoreError("\(vault.path): there is no keystore yet")
            }
            try vault.keys.settle(vault.path)
            let former = vault.keys.current
            let (key, made) = try take(target, in: former)
            guard key.fingerprint != former.fingerprint else {
                throw KeystoreError(
                    "\(key.source) is the key that the keystore is sealed with already")
            }
            var doubt: String?
            do throws(KeystoreError) {
                doubt = try KeystoreFile(all).save(vault.path, key)
            } catch {
                if let made { PrivateFile.remove(made) }
                throw error
            }
            PrivateFile.remove(vault.formerPath)
            if case .inPlace = target, let path = former.path {
                // While a power cut may bring the former keystore back, its key stays too.
                if doubt == nil { try place(path) }
            } else if doubt == nil, former.path == ownPath {
                former.path.map(PrivateFile.remove)
            }
            return words(target, key.source, Hexadecimal.text(key.fingerprint), doubt)
        }
    }

    /// The key's file that belongs to this keystore alone.
    private var ownPath: String { "\(vault.folder)/\(KeystoreKey.defaultName)" }

    /// The new key, and the file that was made for it, if one was.
    private func take(
        _ target: NewKeystoreKey, in former: KeystoreKey
    ) throws(KeystoreError) -> (key: KeystoreKey, made: String?) {
        switch target {
        case .inPlace(let alsoElsewhere):
            guard let path = former.path else {
                throw KeystoreError(
                    "the key comes from \(former.source), where no other can be put; name one with "
                        + "--new-key-file or --new-key-fd")
            }
            guard alsoElsewhere || path == ownPath else {
                throw KeystoreError(
                    "\(path) may be the key of other keystores too, which nothing would open then; name "
                        + "another file with --new-key-file, or use --in-place if it is this one's alone"
                )
            }
            let waiting = KeystoreKeyring.waiting(for: path)
            return (try KeystoreKey.make(waiting).at(path), waiting)
        case .file(let path):
            if let key = try KeystoreKey.file(path) { return (key, nil) }
            try checkFolder(of: path)
            return (try KeystoreKey.make(path), path)
        case .descriptor(let number):
            return (try KeystoreKey.inherited(number, "--new-key-fd"), nil)
        }
    }

    /// A folder that is mistyped is not made: the gateway would look for the key in another.
    private func checkFolder(of path: String) throws(KeystoreError) {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
        let folder = String(path[..<slash])
        guard access(folder, F_OK) != 0 else { return }
        throw KeystoreError(
            unusable:
                "\(folder): there is no such folder for the new key; make it with mkdir -m 700, or "
                + "name another file with --new-key-file")
    }

    private func place(_ path: String) throws(KeystoreError) {
        do throws(KeystoreError) {
            try KeystoreKeyring.place(path)
        } catch {
            throw KeystoreError(
                "the keystore is sealed anew, and the key that opens it is in "
                    + "\(KeystoreKeyring.waiting(for: path)), where it is found too: \(error)")
        }
    }

    private func words(
        _ target: NewKeystoreKey, _ source: String, _ fingerprint: String, _ doubt: String?
    ) -> String {
        let text =
            "the keystore is sealed anew with key \(fingerprint), \(source); the former key opens "
            + "only copies from before"
        let advice: String
        if case .inPlace = target {
            advice = "; a running gateway takes the new one over"
        } else {
            advice =
                "; give the gateway and these commands the new one from now on; a gateway that runs "
                + "keeps the secrets that it has, and takes changes when it is started again"
        }
        return text + advice + (doubt.map { "; but \($0)" } ?? "")
    }
}
