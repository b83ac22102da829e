/// Addresses as people write them, as the system's own `inet_pton` and `inet_ntop` have it.
enum AddressText {
    private static let (dot, colon) = (UInt8(ascii: "."), UInt8(ascii: ":"))

    /// Reads `10.0.4.17`: four numbers of three digits at most, none with a zero in front.
    static func ipv4(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: dot, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0"),
                let number = number(part, radix: 10), number <= 255
            else { return nil }
            address = address << 8 | number
        }
        return address
    }

    /// Reads the forms of RFC 4291 §2.2: `2001:db8::1`, `64:ff9b::10.0.4.17`.
    ///
    /// - Returns: Eight groups of 16 bits.
    static func ipv6(_ text: [UInt8]) -> [UInt16]? {
        let gap = text.indices.dropLast().first { text[$0] == colon && text[$0 + 1] == colon }
        guard let gap else {
            let groups = groups(text[...], isEnd: true)
            return groups?.count == 8 ? groups : nil
        }
        guard let head = groups(text[..<gap], isEnd: false),
            let tail = groups(text[(gap + 2)...], isEnd: true), head.count + tail.count < 8
        else { return nil }
        return head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail
    }

    /// - Parameter isEnd: Whether the last of them may be an address of IPv4.
    private static func groups(_ text: ArraySlice<UInt8>, isEnd: Bool) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: colon, omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if isEnd, index == parts.count - 1, let ipv4 = ipv4(part) {
                groups += [UInt16(ipv4 >> 16), UInt16(truncatingIfNeeded: ipv4)]
            } else if (1...4).contains(part.count), let group = number(part, radix: 16) {
                groups.append(UInt16(group))
            } else {
                return nil
            }
        }
        return groups
    }

    private static func number(_ digits: ArraySlice<UInt8>, radix: UInt32) -> UInt32? {
        var number: UInt32 = 0
        for digit in digits {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = digit - UInt8(ascii: "A") + 10
            default: return nil
            }
            guard value < radix else { return nil }
            number = number * radix + UInt32(value)
        }
        return number
    }

    static func text(ofIPv4 address: UInt32) -> String {
        [24, 16, 8, 0].map { "\(address >> $0 & 0xFF)" }.joined(separator: ".")
    }

    /// The longest run of zeros is left out, the first of several (RFC 5952 §4.2).
    static func text(ofIPv6 groups: [UInt16]) -> String {
        guard let zeros = longestZeros(groups) else { return hex(groups[...]) }
        // What has IPv4 behind nothing but zeros is written as such, as of old.
        let isCompatible = zeros == 0..<6
        let tail =
            isCompatible
            ? text(ofIPv4: UInt32(groups[6]) << 16 | UInt32(groups[7]))
            : hex(groups[zeros.upperBound...])
        return "\(hex(groups[..<zeros.lowerBound]))::\(tail)"
    }

    private static func longestZeros(_ groups: [UInt16]) -> Range<Int>? {
        var longest = 0..<1
        var start = 0
        for index in 0...groups.count where index == groups.count || groups[index] != 0 {
            if index - start > longest.count { longest = start..<index }
            start = index + 1
        }
        return longest.count > 1 ? longest : nil
    }

    private static func hex(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }
}
