import NanoSim
import Testing

@testable import NanoServe

/// Networks as people write them, and whether an address is in one of many.
@Suite struct IPNetworkTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", "11.0.0.0"), ("10.1.2.3", "10.1.2.3", "10.1.2.2"),
        ("10.1.2.2/31", "10.1.2.3", "10.1.2.4"), ("0.0.0.0/0", "255.255.255.255", "::1"),
        ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"), ("::1", "::1", "::2"),
        ("::/0", "ffff::", "127.0.0.1"), ("fe80::/10", "febf::", "fec0::"),
        ("2001:db8:0:0:8000::/65", "2001:db8::ffff:0:0:0", "2001:db8::7fff:0:0:0"),
        ("::ffff:10.0.0.0/104", "10.9.9.9", "11.0.0.0"),
    ])
    func `a network has the addresses behind its prefix and no others`(
        network: String, inside: String, outside: String
    ) throws {
        let network = try IPNetwork(network)
        #expect(network.contains(try #require(IPAddress(inside))))
        #expect(!network.contains(try #require(IPAddress(outside))))
    }

    @Test func `an address of IPv4 is the same when IPv6 maps it`() throws {
        #expect(IPAddress("::ffff:192.0.2.7") == IPAddress("192.0.2.7"))
        #expect(IPAddress("::ffff:192.0.2.7")?.description == "192.0.2.7")
        #expect(try IPNetwork("192.0.2.0/24").contains(#require(IPAddress("::ffff:c000:207"))))
        #expect(try IPNetwork("::ffff:192.0.2.0/120") == IPNetwork("192.0.2.0/24"))
        #expect(IPAddress("2001:DB8:0::1")?.description == "2001:db8::1")
    }

    @Test(arguments: [
        ("10.1.2.3/8", "10.0.0.0/8"), ("192.168.1.1/31", "192.168.1.0/31"),
        ("1.0.0.0/0", "0.0.0.0/0"), ("2001:db8::1/64", "2001:db8::/64"), ("1::/0", "::/0"),
    ])
    func `bits behind the prefix are a mistake that names the network meant`(
        text: String, meant: String
    ) throws {
        let network = try IPNetwork(meant)
        #expect("\(network)" == meant)
        #expect(throws: IPNetwork.Fault.hostBits(meant: network)) { try IPNetwork(text) }
    }

    @Test(arguments: [
        "", "/", "10.0.0.0/", "/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8",
        "10.0.0/8", "010.0.0.0/8", "::/129", "::1%eth0", "[::1]", "host", "10.0.0.0 /8",
        "10.0.0.0/255.0.0.0", "10.0.0.0/0008",
    ])
    func `what names no network is refused`(text: String) {
        #expect(throws: IPNetwork.Fault.malformed) { try IPNetwork(text) }
    }

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
