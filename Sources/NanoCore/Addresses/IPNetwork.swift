/// Neighbouring addresses, named as CIDR does (RFC 4632): the first, and how many bits all share.
package struct IPNetwork: Hashable, Sendable {
    package let base: IPAddress
    /// Bits of the sixteen bytes that all addresses share, 0…128: those of IPv4 share 96 at least.
    package let prefixBits: Int

    /// Why a text names no network.
    package enum Fault: Error, Equatable {
        case malformed
        /// The address has bits behind the prefix; `meant` is the network that it is in.
        case hostBits(meant: IPNetwork)
    }

    /// Reads `10.0.0.0/8`, `2001:db8::/32`, or an address alone.
    package init(_ text: String) throws(Fault) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let base = IPAddress(String(parts[0])) else { throw .malformed }
        guard parts.count == 2 else {
            self.init(base, 128)
            return
        }
        let (digits, width) = (parts[1].utf8, parts[0].contains(":") ? 128 : 32)
        guard (1...3).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let bits = Int(parts[1]), bits <= width
        else { throw .malformed }
        let prefixBits = 128 - width + bits
        let first = Self.first(of: base, prefixBits)
        guard first == base else { throw .hostBits(meant: IPNetwork(first, prefixBits)) }
        self.init(base, prefixBits)
    }

    /// The network of so many shared bits that an address is in.
    package init(containing address: IPAddress, prefixBits: Int) {
        self.init(Self.first(of: address, prefixBits), prefixBits)
    }

    /// The source of a connection: its address, or for IPv6 its network of 64 bits, within which
    /// whoever has one address has all.
    package init(sourceOf address: IPAddress) {
        self.init(containing: address, prefixBits: address.isIPv4 ? 128 : 64)
    }

    private init(_ base: IPAddress, _ prefixBits: Int) {
        self.base = base
        self.prefixBits = prefixBits
    }

    /// The first address of the network that an address is in.
    private static func first(of address: IPAddress, _ prefixBits: Int) -> IPAddress {
        // Shifts by the whole width give zero.
        IPAddress(
            high: address.high & UInt64.max << (64 - min(64, prefixBits)),
            low: address.low & UInt64.max << (128 - max(64, prefixBits)))
    }

    /// Whether an address is in it. No network of IPv6 has addresses of IPv4: `::/0` has not.
    package func contains(_ address: IPAddress) -> Bool {
        address.isIPv4 == base.isIPv4 && Self.first(of: address, prefixBits) == base
    }

    /// Whether all of another network is in it.
    package func contains(_ other: IPNetwork) -> Bool {
        other.prefixBits >= prefixBits && contains(other.base)
    }
}

extension IPNetwork: CustomStringConvertible {
    package var description: String {
        guard prefixBits < 128 else { return base.description }
        return "\(base)/\(base.isIPv4 ? prefixBits - 96 : prefixBits)"
    }
}
