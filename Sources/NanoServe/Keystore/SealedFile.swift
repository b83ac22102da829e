import Crypto
import NanoCore

/// A file that is encrypted and authenticated whole: AES-256-GCM (NIST SP 800-38D) under a
/// ``KeystoreKey``, with a new random nonce each time it is written.
///
/// `NGSEALED`, version (2 bytes, big-endian), fingerprint of the key (8), nonce (12), ciphertext, tag
/// (16). What stands before the nonce is authenticated too.
enum SealedFile {
    private static let magic = Array("NGSEALED".utf8)
    private static let version: UInt16 = 1
    private static let headLength = 18
    private static let nonceLength = 12
    private static let tagLength = 16

    /// What a file holds; nil when there is none.
    ///
    /// - Throws: ``KeystoreError``: not private, damaged, of a newer version, or of another key.
    static func read(_ path: String, _ keys: KeystoreKeyring) throws(KeystoreError) -> [UInt8]? {
        guard let bytes = try PrivateFile.read(path) else { return nil }
        guard bytes.count >= headLength + nonceLength + tagLength, bytes.starts(with: magic) else {
            throw KeystoreError(unusable: "\(path): not a sealed keystore; put back a copy")
        }
        let found = UInt16(bytes[8]) << 8 | UInt16(bytes[9])
        guard found == version else {
            throw KeystoreError(
                unusable:
                    "\(path): version \(found) is not known; this release reads version \(version)")
        }
        guard let key = keys.key(of: Array(bytes[10..<headLength])) else {
            let known = keys.current
            throw KeystoreError(
                unusable:
                    "\(path): sealed with key \(Hexadecimal.text(bytes[10..<headLength])), and "
                    + "\(known.source) is key \(Hexadecimal.text(known.fingerprint)); give the gateway the "
                    + "right one")
        }
        let content = bytes[headLength...]
        guard let box = try? AES.GCM.SealedBox(combined: content),
            let plain = try? AES.GCM.open(
                box, using: key.key, authenticating: bytes[..<headLength])
        else {
            throw KeystoreError(
                unusable: "\(path): damaged, or changed by somebody; put back a copy")
        }
        return Array(plain)
    }

    /// Writes a file whole or not at all, with mode 0600.
    ///
    /// - Returns: Why a power cut could still undo it; nil when none can.
    static func write(
        _ plain: [UInt8], to path: String, _ key: KeystoreKey
    ) throws(KeystoreError) -> String? {
        let head = magic + [UInt8(version >> 8), UInt8(version & 0xFF)] + key.fingerprint
        guard let box = try? AES.GCM.seal(plain, using: key.key, authenticating: head),
            let combined = box.combined
        else { throw KeystoreError("\(path): cannot be sealed") }
        return try PrivateFile.write(head + Array(combined), to: path)
    }
}
