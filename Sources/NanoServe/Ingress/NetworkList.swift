import NanoCore

/// Networks, to be asked quickly whether an address is in one of them.
public struct NetworkList: Equatable, Sendable {
    /// By their first addresses, those of IPv4 behind those of IPv6, none within another: so only
    /// the last that begins before an address can have it.
    private let networks: [IPNetwork]

    /// A list without networks.
    public init() {
        networks = []
    }

    init(_ networks: [IPNetwork]) {
        var disjoint: [IPNetwork] = []
        // Of two that begin alike, the larger comes first and has the other.
        for network in networks.sorted(by: Self.precedes)
        where disjoint.last?.contains(network) != true {
            disjoint.append(network)
        }
        self.networks = disjoint
    }

    private static func precedes(_ left: IPNetwork, _ right: IPNetwork) -> Bool {
        guard left.base != right.base else { return left.prefixBits < right.prefixBits }
        return begins(left, before: right.base)
    }

    private static func begins(_ network: IPNetwork, before address: IPAddress) -> Bool {
        network.base.isIPv4 == address.isIPv4
            ? network.base < address : address.isIPv4
    }

    /// Networks that are not within others.
    public var count: Int { networks.count }
    public var isEmpty: Bool { networks.isEmpty }

    /// The networks that are not within others.
    var all: [IPNetwork] { networks }

    /// Whether every address of a network is in one of the list's.
    func covers(_ network: IPNetwork) -> Bool {
        if networks.contains(where: { $0.contains(network) }) { return true }
        // None is within another. So two of a size are one of twice that size, as far as the sum of all
        // is concerned, and what is left over at a size leaves a gap.
        var counts = [Int](repeating: 0, count: 129)
        for part in networks where network.contains(part) { counts[part.prefixBits] += 1 }
        for bits in stride(from: 128, to: network.prefixBits, by: -1) {
            guard counts[bits].isMultiple(of: 2) else { return false }
            counts[bits - 1] += counts[bits] / 2
        }
        return counts[network.prefixBits] == 1
    }

    func contains(_ address: IPAddress) -> Bool { network(of: address) != nil }

    /// The network that has an address, of those that are not within others; nil for none.
    func network(of address: IPAddress) -> IPNetwork? {
        var (low, high) = (0, networks.count)
        while low < high {
            let middle = (low + high) / 2
            let network = networks[middle]
            if network.base == address || Self.begins(network, before: address) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low > 0, networks[low - 1].contains(address) else { return nil }
        return networks[low - 1]
    }
}
