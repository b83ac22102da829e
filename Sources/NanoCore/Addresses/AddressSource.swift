/// Who is behind an address: itself, or for IPv6 its network of 64 bits, within which whoever has one
/// address has all. The gateway counts offenders, and blocks them, by the same.
package enum AddressSource {
    /// As the gateway writes it: `10.0.4.17`, `2001:db8::/64`.
    ///
    /// - Parameter address: Without a port; what is no address comes back as it is.
    package static func text(of address: String) -> String {
        IPAddress(address).map { IPNetwork(sourceOf: $0).description } ?? address
    }

    /// The address in front of a port: `10.0.4.17` of `10.0.4.17:50112`, with or without the brackets
    /// that IPv6 may have.
    package static func host(of place: String) -> String {
        guard let colon = place.lastIndex(of: ":") else { return place }
        let host = place[..<colon]
        return host.hasPrefix("[") && host.hasSuffix("]")
            ? String(host.dropFirst().dropLast()) : String(host)
    }
}

extension IPNetwork {
    /// What is wrong with a text as addresses, in a sentence; nil when nothing is.
    package static func fault(of text: String) -> String? {
        do throws(Fault) {
            _ = try IPNetwork(text)
            return nil
        } catch {
            return switch error {
            case .malformed: "use an address, or a network like 10.0.0.0/8"
            case .hostBits(let meant): "it has bits behind its prefix; use \(meant)"
            }
        }
    }

    /// Whether an address, without a port, is in it.
    package func contains(host: String) -> Bool {
        IPAddress(host).map(contains) ?? false
    }

    /// Whether it is more than one source: more than an address, of IPv6 more than its network of 64 bits.
    package var hasManySources: Bool { prefixBits < (base.isIPv4 ? 128 : 64) }

    /// `IPv4` or `IPv6` where it is all of it; nil otherwise.
    package var wholeFamily: String? {
        if base.isIPv4 { return prefixBits == 96 ? "IPv4" : nil }
        return prefixBits == 0 ? "IPv6" : nil
    }
}
