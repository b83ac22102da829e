import Glibc

/// Who is behind an address: itself, or for IPv6 its network of 64 bits, within which whoever has one
/// address has all. The gateway counts offenders, and blocks them, by the same.
enum AddressSource {
    /// As the gateway writes it: `10.0.4.17`, `2001:db8::/64`.
    ///
    /// - Parameter address: Without a port; what is no address comes back as it is.
    static func text(of address: String) -> String {
        var bytes = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, address, &bytes) == 1, !bytes.starts(with: mapped) else {
            return address
        }
        bytes.replaceSubrange(8..., with: repeatElement(0, count: 8))
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, bytes, &text, socklen_t(INET6_ADDRSTRLEN)) != nil else {
            return address
        }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self) + "/64"
    }

    /// The address in front of a port: `10.0.4.17` of `10.0.4.17:50112`, with or without the brackets
    /// that IPv6 may have.
    static func host(of place: String) -> String {
        guard let colon = place.lastIndex(of: ":") else { return place }
        let host = place[..<colon]
        return host.hasPrefix("[") && host.hasSuffix("]")
            ? String(host.dropFirst().dropLast()) : String(host)
    }

    /// The first bytes of addresses of IPv4 among those of IPv6 (RFC 4291 §2.5.5.2).
    private static let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
}
