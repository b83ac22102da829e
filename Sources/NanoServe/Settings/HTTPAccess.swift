import Foundation
import NanoCore

/// What a destination wants besides the address, before it takes anything.
public struct HTTPAccess: Equatable, Sendable {
    /// A header field that every request has. Its value may be a credential, so nothing shows it.
    public struct Header: Equatable, Sendable {
        public var name: String
        public var value: Secret

        public init(name: String, value: Secret) {
            self.name = name
            self.value = value
        }

        /// As it goes over the wire.
        var text: String { String(decoding: value.bytes, as: UTF8.self) }
    }

    /// In the order of configuration, `Authorization` last.
    public var headers: [Header] = []
    /// A file in PEM form with the only authorities whose certificates are believed; nil for those
    /// that the system trusts. Key `routes.<name>.ca_file`.
    public var caFile: String?
    /// Texts that must not be shown, should a destination repeat them in an answer.
    public var secrets: [Secret] = []

    public init() {}
}

extension HTTPAccess {
    private static let excerptBytes = 1_024
    /// Where secrets are looked for in front of the excerpt's end, so that none is cut in two.
    private static let searchedBytes = 16_384

    /// The beginning of a text, without anything that is secret here.
    func redacted(_ text: String) -> String {
        let isCut = text.utf8.count >= Self.searchedBytes
        let beginning =
            isCut ? String(decoding: text.utf8.prefix(Self.searchedBytes), as: UTF8.self) : text
        return Redaction(secrets).apply(to: beginning, isCut: isCut)
    }

    /// The beginning of what a destination says, fit to be shown.
    func excerpt(of bytes: some Collection<UInt8>) -> String {
        let beginning = String(decoding: bytes.prefix(Self.searchedBytes), as: UTF8.self)
        let excerpt = redacted(beginning).utf8.prefix(Self.excerptBytes)
        return SafeText.escaped(
            String(decoding: excerpt, as: UTF8.self).trimmingCharacters(in: .newlines))
    }

    /// What is configured, without the values: `, headers X-Key, Authorization, own CA`.
    var shown: String {
        (headers.isEmpty ? "" : ", headers " + headers.map(\.name).joined(separator: ", "))
            + (caFile == nil ? "" : ", own CA")
    }
}
