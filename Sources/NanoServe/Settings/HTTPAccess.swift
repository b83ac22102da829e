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
    /// What takes the secrets out of texts. Making it takes its time, so keep it.
    var redaction: Redaction { Redaction(secrets) }

    /// What is configured, without the values: `, headers X-Key, Authorization, own CA`.
    var shown: String {
        (headers.isEmpty ? "" : ", headers " + headers.map(\.name).joined(separator: ", "))
            + (caFile == nil ? "" : ", own CA")
    }
}
