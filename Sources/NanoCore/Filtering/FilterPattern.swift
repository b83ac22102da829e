/// Text that is looked for in text, in any case of letters.
///
/// Text is compared as bytes, never by Unicode equivalence, like devices' names.
struct FilterPattern: Equatable, Sendable {
    /// What is looked for in lower case, without the asterisks at its ends.
    let bytes: [UInt8]
    /// Whether an asterisk stands in front of it or behind it, where anything may stand then.
    let isOpenBefore: Bool
    let isOpenAfter: Bool
    /// Whether case can be told byte by byte.
    private let isASCII: Bool

    init(
        _ bytes: [UInt8], openBefore isOpenBefore: Bool = false, openAfter isOpenAfter: Bool = false
    ) {
        self.isOpenBefore = isOpenBefore
        self.isOpenAfter = isOpenAfter
        isASCII = bytes.allSatisfy { $0 < 0x80 }
        self.bytes =
            isASCII
            ? bytes.map(Self.lowercased)
            : Array(String(decoding: bytes, as: UTF8.self).lowercased().utf8)
    }

    /// Whether it is all of a text, but for what its asterisks stand for.
    func isAll(of text: String) -> Bool {
        search(text) { text in
            let rest = text.count - bytes.count
            guard rest >= 0 else { return false }
            switch (isOpenBefore, isOpenAfter) {
            case (false, false): return rest == 0 && holds(at: 0, in: text)
            case (false, true): return holds(at: 0, in: text)
            case (true, false): return holds(at: rest, in: text)
            case (true, true): return (0...rest).contains { holds(at: $0, in: text) }
            }
        }
    }

    /// Whether a text has it somewhere.
    func isIn(_ text: String) -> Bool {
        search(text) { text in
            let rest = text.count - bytes.count
            return rest >= 0 && (0...rest).contains { holds(at: $0, in: text) }
        }
    }

    /// Whether it is the beginning of an address that ends with one of its numbers: `10.0.4.1` of
    /// `10.0.4.1:50112`, and not of `10.0.4.17`. A bracket in front of IPv6 may be left out.
    func begins(address: String) -> Bool {
        if isOpenBefore || isOpenAfter { return isAll(of: address) }
        return search(address) { address in
            let bracket = UInt8(ascii: "[")
            let start = !address.isEmpty && address[0] == bracket && bytes.first != bracket ? 1 : 0
            let end = start + bytes.count
            guard address.count >= end, holds(at: start, in: address) else { return false }
            guard address.count > end, let last = bytes.last else { return true }
            return !Self.isDigit(last) || !Self.isDigit(address[end])
        }
    }

    /// Only what is not ASCII takes a copy of the text in lower case.
    private func search(_ text: String, _ find: (Span<UInt8>) -> Bool) -> Bool {
        isASCII ? find(text.utf8Span.span) : find(text.lowercased().utf8Span.span)
    }

    private func holds(at start: Int, in text: Span<UInt8>) -> Bool {
        for index in bytes.indices where Self.lowercased(text[start + index]) != bytes[index] {
            return false
        }
        return true
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    /// Of a number of an address, of IPv6 too.
    private static func isDigit(_ byte: UInt8) -> Bool {
        UnicodeScalar(byte).properties.isASCIIHexDigit
    }
}
