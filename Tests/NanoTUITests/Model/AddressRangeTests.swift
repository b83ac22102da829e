import Testing

@testable import NanoTUI

@Suite struct AddressRangeTests {
    @Test(arguments: [
        ("10.0.4.17", "10.0.4.17", "10.0.4.18"), ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
        ("0.0.0.0/0", "127.0.0.1", "::1"), ("10.0.4.16/31", "10.0.4.17", "10.0.4.18"),
        ("2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::1"), ("::/0", "::1", "10.0.0.1"),
        ("::ffff:10.0.4.17", "10.0.4.17", "nope"),
    ])
    func `a network has its addresses and no others`(text: String, inside: String, outside: String)
        throws
    {
        let range = try AddressRange(text)
        #expect(range.contains(inside) && !range.contains(outside))
    }

    @Test(arguments: [
        "", "nope", "1.2.3", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "/8",
    ])
    func `what is no address says what one is`(text: String) {
        #expect(
            AddressRange.fault(of: text) == "use an address, or a network like 10.0.0.0/8")
    }

    @Test(arguments: [
        ("10.0.4.17/8", "10.0.0.0/8"), ("2001:db8:1::/32", "2001:db8::/32"),
    ])
    func `bits behind the prefix say which network is meant`(text: String, meant: String) {
        #expect(
            AddressRange.fault(of: text) == "it has bits behind its prefix; use \(meant)")
    }
}
