import Glibc
import Testing

@testable import NanoCore

/// Addresses as people write them, beside how the system reads and writes them.
@Suite struct IPAddressTests {
    /// Sixteen bytes as `inet_pton` has them, IPv4 as IPv6 maps it.
    private static func bytesOfSystem(_ text: String) -> [UInt8]? {
        var ipv4 = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, text, &ipv4) == 1 {
            return [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + ipv4
        }
        var ipv6 = [UInt8](repeating: 0, count: 16)
        return inet_pton(AF_INET6, text, &ipv6) == 1 ? ipv6 : nil
    }

    private static func textOfSystem(_ bytes: [UInt8]) -> String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        _ = inet_ntop(AF_INET6, bytes, &text, socklen_t(INET6_ADDRSTRLEN))
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    }

    private static func bytes(_ address: IPAddress) -> [UInt8] {
        [address.high, address.low].flatMap { half in
            (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * $0)) }
        }
    }

    @Test(arguments: [
        "10.0.4.17", "0.0.0.0", "255.255.255.255", "256.0.0.1", "1.2.3", "1.2.3.4.5", "1..2.3",
        "01.2.3.4", "1.2.3.00", "1.2.3.4 ", "+1.2.3.4", "", ".", ":", "::", ":::", "1::", "::1",
        ":1", "1:", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8",
        "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::2::3", "12345::", "g::", "2001:DB8::ff",
        "64:ff9b::10.0.4.17", "::10.0.4", "10.0.4.17::", "1:10.0.4.17:2::", "1:2:3:4:5:6:1.2.3.4",
        "1:2:3:4:5:6:7:1.2.3.4", "::ffff:10.0.4.17", "::1.2.3.4", "fe80::1%eth0", "[::1]", "é::",
    ])
    func `a text is read as the system reads it`(text: String) {
        #expect(IPAddress(text).map(Self.bytes) == Self.bytesOfSystem(text))
    }

    @Test func `texts of all kinds are read as the system reads them, and written as it writes`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = SeededNumbers(seed: seed)
        let parts = [":", "::", ".", "0", "1", "00", "ff", "ffff", "255", "256", "10.0.0.1"]
        for _ in 0..<20_000 {
            let count = Int.random(in: 1...12, using: &random)
            let text = (0..<count).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
            #expect(
                IPAddress(text).map(Self.bytes) == Self.bytesOfSystem(text), "seed \(seed): \(text)")
        }
        for _ in 0..<20_000 {
            // Groups that are zero more often than not, so that runs of them compete.
            let halves = (0..<2).map { _ in
                (0..<4).reduce(UInt64(0)) { half, _ in
                    let group = UInt64.random(in: 0...3, using: &random)
                    return half << 16 | (group < 2 ? 0 : UInt64.random(in: 0...0xFFFF, using: &random))
                }
            }
            let address = IPAddress(high: halves[0], low: halves[1])
            #expect(IPAddress("\(address)") == address, "seed \(seed): \(address)")
            guard !address.isIPv4 else { continue }
            #expect(
                "\(address)" == Self.textOfSystem(Self.bytes(address)), "seed \(seed): \(address)")
        }
    }

    @Test func `a text with a zero in it is none`() {
        #expect(IPAddress("10.0.4.17\0") == nil && IPAddress("::1\0x") == nil)
    }
}
