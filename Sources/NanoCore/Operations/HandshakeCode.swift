/// The codes of the TLS library in what it says of a failed handshake:
/// `error:10000102:SSL routines:OPENSSL_internal:UNSUPPORTED_PROTOCOL at …`.
package enum HandshakeCode {
    private static let marker: Substring = "OPENSSL_internal"

    /// All codes, in their order: `UNSUPPORTED_PROTOCOL`.
    package static func codes(in text: String) -> [String] {
        let parts = text.split(separator: ":")
        return zip(parts, parts.dropFirst()).filter { $0.0 == marker }.map { _, code in
            String(code.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
        }
    }
}
