import Foundation
import NanoCore

extension SettingsReader {
    /// The endpoint of a destination: a base URL, a program's absolute path, `discard:` or
    /// `local:`.
    mutating func endpoint(_ key: String, _ variable: String? = nil) -> Settings.Endpoint? {
        guard let finding = find(key, variable) else { return nil }
        switch finding.text {
        case "discard:": return .discard
        case "local:": return .local
        case let path where path.hasPrefix("/"): return program(finding)
        default: break
        }
        do {
            let endpoint = try Settings.HTTPEndpoint(url: finding.text)
            if endpoint.target.contains("?") { charge(finding.place, "names a secret") }
            return .http(endpoint)
        } catch {
            // The text may hold a password or a token: it is not repeated.
            switch error {
            case .credentials:
                report(
                    "\(finding.place): credentials in an address are not supported; leave them out")
            case .scheme, .host, .port, .fragment, .malformed:
                report(
                    "\(finding.place): the address \(error.words); use http://HOST:PORT, "
                        + "https://HOST:PORT, the absolute path of a program, or discard:")
            }
            return nil
        }
    }
}

extension Settings.HTTPEndpoint {
    /// Why an address can't be used.
    enum AddressError: Error {
        case malformed
        case credentials
        case scheme
        case host
        case port
        case fragment

        /// What is wrong with the address, without a part of it.
        fileprivate var words: String {
            switch self {
            case .malformed: "cannot be read"
            case .credentials: "has credentials"
            case .scheme: "does not begin with http:// or https://"
            case .host: "has no host"
            case .port: "has a port that is not 1…65535"
            case .fragment: "has a part behind #, which no server gets"
            }
        }
    }

    /// Reads a base URL. Where it has no path, ``ingestPath`` is taken.
    init(url: String) throws(AddressError) {
        guard let parts = URLComponents(string: url) else {
            throw url.contains("@") ? .credentials : .malformed
        }
        guard parts.user == nil, parts.password == nil else { throw .credentials }
        guard let scheme = parts.scheme?.lowercased(), scheme == "http" || scheme == "https" else {
            throw url.contains("@") ? .credentials : .scheme
        }
        guard let host = parts.host, !host.isEmpty else {
            throw url.contains("@") ? .credentials : .host
        }
        guard (1...65_535).contains(parts.port ?? 80) else { throw .port }
        guard parts.fragment == nil else { throw .fragment }
        let path = parts.percentEncodedPath
        let query = parts.percentEncodedQuery.map { "?" + $0 } ?? ""
        self.init(
            isTLS: scheme == "https", host: host.trimmingCharacters(in: ["[", "]"]),
            port: parts.port ?? (scheme == "https" ? 443 : 80),
            target: (path.isEmpty || path == "/" ? Self.ingestPath : path) + query)
    }
}
