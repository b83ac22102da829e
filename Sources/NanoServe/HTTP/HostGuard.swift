import Hummingbird
import NanoCore

/// Which hosts a server's requests may be for.
///
/// A page of the web may have its own name lead to this machine, so that a browser here takes what
/// is answered for the page's own. Such requests are for that name (RFC 9110 §7.2, §15.5.20), which has
/// a domain: an address, or a name of the local network's own, is nobody's to lead elsewhere.
struct HostGuard: Sendable {
    /// What the server is called in answers.
    private let name: String
    /// Domains that are answered; nil for all.
    private let hosts: Set<String>?

    /// - Parameters:
    ///   - name: What the server is called in answers.
    ///   - hosts: Domains that are answered; nil to answer whatever the host.
    init(_ name: String, hosts: [String]?) {
        self.name = name
        self.hosts = hosts.map { Set($0.map { Self.plain($0) }) }
    }

    /// The answer to a request that is for somebody else; nil for one that is for this server.
    func misdirection(of request: Request) -> Response? {
        guard let hosts, let authority = request.head.authority, !authority.isEmpty else {
            return nil
        }
        let host = Self.plain(Self.host(of: authority))
        let isDomain = host.contains(".") && IPAddress(host) == nil
        guard isDomain, !hosts.contains(host), !host.hasSuffix(".localhost") else { return nil }
        return .failure(
            .misdirectedRequest,
            "\(name) answers for addresses and for names without a domain; name other hosts in "
                + "monitor.hosts")
    }

    /// A host without a port and the brackets of an IPv6 address.
    private static func host(of authority: String) -> Substring {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            return authority[..<end].dropFirst()
        }
        return authority.prefix { $0 != ":" }
    }

    /// One spelling for each host.
    private static func plain(_ host: some StringProtocol) -> String {
        let name = host.lowercased()
        if let address = IPAddress(name) { return address.description }
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }
}
