/// Text that is looked for in text, in any case of letters.
///
/// Text is compared as bytes. What is not ASCII is also found where the same characters are written with
/// other scalars: `é` as one, or as a letter and its accent (UAX #15).
struct FilterPattern: Equatable, Sendable {
    /// What is looked for in lower case, without the asterisks at its ends.
    let bytes: [UInt8]
    /// Whether an asterisk stands in front of it or behind it, where anything may stand then.
    let isOpenBefore: Bool
    let isOpenAfter: Bool
    /// Whether case can be told byte by byte.
    private let isASCII: Bool
    /// The same as characters, which are equal however they are written; none of ASCII.
    private let characters: [Character]

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
        characters = isASCII ? [] : Array(String(decoding: self.bytes, as: UTF8.self))
    }

    /// Whether it is all of a text, but for what its asterisks stand for.
    func isAll(of text: String) -> Bool {
        search(text) { text in
            allows(text.count - bytes.count) { holds(at: $0, in: text) }
        } orCharacters: { text in
            allows(text.count - characters.count) { text[$0...].starts(with: characters) }
        }
    }

    /// Whether it is the number that a text begins with: `422` of `422 Unprocessable Entity`, and not of
    /// `4220`.
    func isCode(of text: String) -> Bool {
        guard !bytes.isEmpty, !isOpenBefore, !isOpenAfter, bytes.allSatisfy(Self.isDecimal) else {
            return false
        }
        return search(text) { text in
            text.count > bytes.count && holds(at: 0, in: text)
                && text[bytes.count] == UInt8(ascii: " ")
        }
    }

    /// Whether a text has it somewhere.
    func isIn(_ text: String) -> Bool {
        search(text) { text in
            let rest = text.count - bytes.count
            return rest >= 0 && (0...rest).contains { holds(at: $0, in: text) }
        } orCharacters: { text in
            let rest = text.count - characters.count
            return rest >= 0 && (0...rest).contains { text[$0...].starts(with: characters) }
        }
    }

    /// Whether it stands where its asterisks let it.
    ///
    /// - Parameter rest: By how much the text is longer.
    private func allows(_ rest: Int, _ holds: (Int) -> Bool) -> Bool {
        guard rest >= 0 else { return false }
        switch (isOpenBefore, isOpenAfter) {
        case (false, false): return rest == 0 && holds(0)
        case (false, true): return holds(0)
        case (true, false): return holds(rest)
        case (true, true): return (0...rest).contains(where: holds)
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
    private func search(
        _ text: String, _ find: (Span<UInt8>) -> Bool,
        orCharacters findCharacters: ([Character]) -> Bool = { _ in false }
    ) -> Bool {
        if isASCII { return find(text.utf8Span.span) }
        let lower = text.lowercased()
        if find(lower.utf8Span.span) { return true }
        return !lower.utf8Span.isKnownASCII && findCharacters(Array(lower))
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

    private static func isDecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Of a number of an address, of IPv6 too.
    private static func isDigit(_ byte: UInt8) -> Bool {
        UnicodeScalar(byte).properties.isASCIIHexDigit
    }
}
