import Testing

@testable import NanoCore

/// Networks as people write them.
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
}
