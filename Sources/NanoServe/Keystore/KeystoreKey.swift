import Crypto
import Glibc
import NanoCore

/// The key that seals the keystore: 32 bytes, as they are or in hexadecimal digits.
///
/// It comes from an inherited descriptor, a file, a credential of systemd
/// (`systemd.exec`, `LoadCredential=`), or else from a file beside the keystore that the first run
/// makes. The last keeps copies of the keystore alone from telling anything, and no more than that.
public struct KeystoreKey: Sendable {
    let key: SymmetricKey
    /// Where it came from, for messages.
    let source: String
    /// The private file that it came from, which another key can be put into; nil for none.
    let path: String?

    /// Number of a descriptor to read it from.
    static let descriptorVariable = "NANOGRIDATA_KEYSTORE_KEY_FD"
    /// Path of a file of mode 0600.
    static let fileVariable = "NANOGRIDATA_KEYSTORE_KEY_FILE"
    /// Set by systemd: the folder of a service's credentials.
    static let credentialsVariable = "CREDENTIALS_DIRECTORY"
    /// Name of the credential.
    static let credentialName = "nanogridata.keystore-key"
    /// Name of the file that the first run makes.
    static let defaultName = "keystore.key"

    private static let length = 32

    /// - Parameters:
    ///   - folder: The state folder.
    ///   - mayMake: Whether a missing default file is made.
    /// - Throws: ``KeystoreError``.
    public init(
        environment: [String: String], folder: String, mayMake: Bool
    ) throws(KeystoreError) {
        if let text = environment[Self.descriptorVariable], !text.isEmpty {
            self = try Self.inherited(text)
        } else if let path = environment[Self.fileVariable], !path.isEmpty {
            guard let key = try Self.file(path) else {
                throw KeystoreError(unusable: "\(Self.fileVariable): there is no file \(path)")
            }
            self = key
        } else if let path = Self.credential(environment) {
            // Systemd keeps it private; its mode is 0400, its owner root or the service's user.
            let file: Int32
            do throws(PlainFile.Fault) {
                file = try PlainFile.open(path, O_RDONLY)
            } catch {
                throw KeystoreError(unusable: "\(path): \(error.words)")
            }
            self = try Self(try Self.read(path, file), path)
        } else {
            self = try Self.beside(folder, mayMake)
        }
    }

    private static func credential(_ environment: [String: String]) -> String? {
        guard let folder = environment[credentialsVariable], !folder.isEmpty else { return nil }
        let path = "\(folder)/\(credentialName)"
        return access(path, F_OK) == 0 ? path : nil
    }

    /// The key in a private file; nil when there is no file.
    static func file(_ path: String) throws(KeystoreError) -> KeystoreKey? {
        try PrivateFile.read(path).map { (bytes) throws(KeystoreError) in
            try KeystoreKey(bytes, path, path: path)
        }
    }

    /// Makes a key at random in a private file, which is on the disk then.
    static func make(_ path: String) throws(KeystoreError) -> KeystoreKey {
        let key = SymmetricKey(size: .bits256)
        let digits = key.withUnsafeBytes { Hexadecimal.text(Array($0)) }
        // What nobody could open after a power cut must not be sealed with it.
        if let doubt = try PrivateFile.write(Array((digits + "\n").utf8), to: path) {
            throw KeystoreError(doubt)
        }
        return KeystoreKey(key: key, source: path, path: path)
    }

    /// The key that a descriptor gives.
    ///
    /// - Parameters:
    ///   - text: Its number.
    ///   - name: What it was given as, for messages.
    static func inherited(
        _ text: String, _ name: String = descriptorVariable
    ) throws(KeystoreError) -> KeystoreKey {
        guard let number = Int32(text), number > 2 else {
            throw KeystoreError(
                unusable: "\(name): \"\(text)\" is no descriptor to read a key from; use a "
                    + "number above 2")
        }
        return try KeystoreKey(
            try read("descriptor \(number)", number), "descriptor \(number)")
    }

    /// Reads a descriptor to its end, and closes it.
    private static func read(
        _ name: String, _ descriptor: Int32
    ) throws(KeystoreError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 256)
        defer { close(descriptor) }
        while bytes.count < 1_024 {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw KeystoreError(
                    unusable:
                        "the keystore's key, \(name): cannot be read: \(String(cString: strerror(errno)))"
                )
            }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes
    }

    private static func beside(
        _ folder: String, _ mayMake: Bool
    ) throws(KeystoreError) -> KeystoreKey {
        let path = "\(folder)/\(defaultName)"
        if let key = try file(path) { return key }
        // With a new key what is sealed under the former one would look like somebody's forgery.
        let isNew = access("\(folder)/\(Keystore.fileName)", F_OK) != 0
        guard mayMake || !isNew else {
            throw KeystoreError(
                "there is no keystore in \(folder) yet; nanogridata secrets init makes one, and so does "
                    + "a gateway's first start")
        }
        guard isNew else {
            throw KeystoreError(
                unusable:
                    "\(path) is missing, and the keystore cannot be opened without the key; put it back, "
                    + "or set \(fileVariable) if the key is elsewhere")
        }
        return try KeystoreLock.hold(in: folder) { () throws(KeystoreError) in
            // Another first run may have made one meanwhile.
            if let key = try file(path) { return key }
            return try make(path)
        }
    }

    private init(key: SymmetricKey, source: String, path: String?) {
        self.key = key
        self.source = source
        self.path = path
    }

    private init(
        _ bytes: [UInt8], _ source: String, path: String? = nil
    ) throws(KeystoreError) {
        if bytes.count == Self.length {
            self.init(key: SymmetricKey(data: bytes), source: source, path: path)
            return
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let digits = text.drop { $0.isWhitespace }.prefix { !$0.isWhitespace }
        guard let decoded = try? SecretPolicy.decode(hexadecimal: String(digits)),
            decoded.count == Self.length
        else {
            throw KeystoreError(
                unusable:
                    "the keystore's key, \(source): \(bytes.count) bytes are no key; 32 bytes are needed, "
                    + "or 64 hexadecimal digits")
        }
        self.init(key: SymmetricKey(data: decoded), source: source, path: path)
    }

    /// The same key, to be kept in another file.
    func at(_ path: String) -> KeystoreKey {
        KeystoreKey(key: key, source: path, path: path)
    }

    /// Tells keys apart without telling anything about them: 8 bytes.
    var fingerprint: [UInt8] {
        let bytes = key.withUnsafeBytes { Array($0) }
        return Array(
            SHA256Digest.of(Array("nanogridata/keystore-key".utf8) + bytes).prefix(8))
    }
}
