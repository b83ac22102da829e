/// An address of IPv4 or IPv6 in sixteen bytes, IPv4 as IPv6 maps it (RFC 4291 §2.5.5.2): so a
/// device has one address, on whatever socket it comes.
package struct IPAddress: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Parameter ipv4: The first number of the address in the highest byte.
    package init(ipv4: UInt32) {
        self.init(high: 0, low: 0xFFFF << 32 | UInt64(ipv4))
    }

    /// An address as people write it, without a zone or a port.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        if let ipv4 = AddressText.ipv4(bytes[...]) {
            self.init(ipv4: ipv4)
        } else if let groups = AddressText.ipv6(bytes) {
            self.init(high: Self.joined(groups[..<4]), low: Self.joined(groups[4...]))
        } else {
            return nil
        }
    }

    package var isIPv4: Bool { high == 0 && low >> 32 == 0xFFFF }

    private static func joined(_ groups: ArraySlice<UInt16>) -> UInt64 {
        groups.reduce(0) { $0 << 16 | UInt64($1) }
    }
}

extension IPAddress: Comparable {
    package static func < (left: IPAddress, right: IPAddress) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension IPAddress: CustomStringConvertible {
    package var description: String {
        if isIPv4 { return AddressText.text(ofIPv4: UInt32(truncatingIfNeeded: low)) }
        let groups = [high, low].flatMap { half in
            [48, 32, 16, 0].map { UInt16(truncatingIfNeeded: half >> $0) }
        }
        return AddressText.text(ofIPv6: groups)
    }
}
