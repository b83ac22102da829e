import Foundation

/// Where requests of one destination go.
struct HTTPTarget: Equatable, Sendable {
    var isTLS: Bool
    /// Name or address, without the brackets of an IPv6 address.
    var host: String
    var port: Int
    /// Path and query, as the request line has them (RFC 9112 §3.2.1).
    var path: String

    /// Nil for what is no address of an HTTP server.
    init?(url: String) {
        guard let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty,
            let scheme = parts.scheme?.lowercased(), scheme == "http" || scheme == "https"
        else { return nil }
        isTLS = scheme == "https"
        self.host = host.trimmingCharacters(in: ["[", "]"])
        port = parts.port ?? (isTLS ? 443 : 80)
        path =
            (parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath)
            + (parts.percentEncodedQuery.map { "?" + $0 } ?? "")
    }

    /// The address as people see it: without credentials, and a query, which may hold a token, only
    /// hinted at.
    var shown: String {
        (isTLS ? "https://" : "http://") + authority + path.prefix { $0 != "?" }
            + (path.contains("?") ? "?…" : "")
    }

    /// The value of the header field `Host` (RFC 9110 §7.2): a port of its own is named.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isTLS ? 443 : 80) ? name : "\(name):\(port)"
    }
}
