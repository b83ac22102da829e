import NanoCore
import NanoSim
import Testing

@testable import NanoServe

/// Whether an address is in one of many networks.
@Suite struct NetworkListTests {
    @Test func `a list knows its addresses, however its networks lie`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = SplitMix64(seed: seed)
        for round in 0..<200 {
            let networks = try (0..<Int.random(in: 0...12, using: &random)).map { _ in
                try Self.network(&random)
            }
            let list = NetworkList(networks)
            for _ in 0..<50 {
                let address = Self.address(&random)
                let expected = networks.contains { $0.contains(address) }
                #expect(
                    list.contains(address) == expected,
                    "seed \(seed), round \(round): \(address) in \(networks)")
            }
            for network in networks { #expect(list.contains(network.base), "seed \(seed)") }
        }
    }

    /// Addresses that often lie beside and within one another.
    private static func address(_ random: inout SplitMix64) -> IPAddress {
        let low = UInt64.random(in: 0...255, using: &random)
        return Bool.random(using: &random)
            ? IPAddress(ipv4: UInt32(low)) : IPAddress(high: low & 1, low: low &* 0x0101_0101_0101)
    }

    private static func network(_ random: inout SplitMix64) throws -> IPNetwork {
        let address = address(&random)
        let width = address.isIPv4 ? 32 : 128
        let text = "\(address)/\(Int.random(in: 0...width, using: &random))"
        do {
            return try IPNetwork(text)
        } catch .hostBits(let meant) {
            return meant
        }
    }
}
