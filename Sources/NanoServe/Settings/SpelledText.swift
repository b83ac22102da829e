/// A text of which each byte knows where it comes from, so that a spelling can be undone and what is
/// found still be pointed at.
struct SpelledText {
    private(set) var bytes: [UInt8]
    /// For each byte the place in the first text where its spelling begins.
    private var starts: [Int]
    /// For each byte the place behind its spelling.
    private var ends: [Int]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        starts = Array(bytes.indices)
        ends = bytes.indices.map { $0 + 1 }
    }

    /// A way to write characters that are not to be taken as they are.
    enum Spelling: CaseIterable {
        /// `%41` (RFC 3986 §2.1).
        case percent
        /// `\u0041`, `\"` (RFC 8259 §7), and what C and its children write: `\x41`, `\101`,
        /// `\U00000041`, `\u{41}`, and `\.` for any sign.
        case backslash
        /// `&amp;`, `&#65;`, `&#x41;`, in HTML and XML.
        case entity

        fileprivate var sign: UInt8 {
            switch self {
            case .percent: UInt8(ascii: "%")
            case .backslash: UInt8(ascii: "\\")
            case .entity: UInt8(ascii: "&")
            }
        }
    }

    /// Where the bytes come from.
    func sources(of range: Range<Int>) -> Range<Int> {
        guard let last = range.last else { return 0..<0 }
        return starts[range.lowerBound]..<ends[last]
    }

    /// The text without spaces and ends of lines, as base64 may have them anywhere (RFC 2045 §6.8);
    /// nil where there are none.
    var withoutSpaces: SpelledText? {
        guard bytes.contains(where: Self.isSpace) else { return nil }
        var line = SpelledText([])
        for place in bytes.indices where !Self.isSpace(bytes[place]) {
            line.add(bytes[place], starts[place], ends[place])
        }
        return line
    }

    /// The text that is spelled in this way; nil where nothing is.
    ///
    /// - Parameter isCut: Whether a spelling at its end may go on behind it. It is left out then.
    func undoing(_ spelling: Spelling, isCut: Bool = false) -> SpelledText? {
        guard bytes.contains(spelling.sign) else { return nil }
        var plain = SpelledText([])
        plain.bytes.reserveCapacity(bytes.count)
        var hasChanged = false
        var place = 0
        while place < bytes.count {
            if isCut, bytes[place] == spelling.sign, mayGoOn(from: place, spelling) {
                hasChanged = true
                break
            }
            if bytes[place] == spelling.sign, let (said, length) = character(at: place, spelling) {
                for byte in said { plain.add(byte, starts[place], ends[place + length - 1]) }
                place += length
                hasChanged = true
            } else {
                plain.add(bytes[place], starts[place], ends[place])
                place += 1
            }
        }
        return hasChanged ? plain : nil
    }

    static func lowered(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    /// A character's, in bytes: the longest names of HTML have 31.
    private static let longestSpelling = 34

    /// Whether what begins here reaches the end, so that it may be a part of a spelling.
    private func mayGoOn(from place: Int, _ spelling: Spelling) -> Bool {
        let rest = bytes[place...].dropFirst()
        if spelling == .percent { return rest.count < 2 }
        // Some numbers have no end of their own.
        if let (_, length) = character(at: place, spelling), place + length < bytes.count {
            return false
        }
        return rest.count < Self.longestSpelling
            && rest.allSatisfy { byte in
                Self.isLetter(byte) || (0x30...0x39).contains(byte) || "#{\\".utf8.contains(byte)
            }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    private mutating func add(_ byte: UInt8, _ start: Int, _ end: Int) {
        bytes.append(byte)
        starts.append(start)
        ends.append(end)
    }

    /// What is spelled here, and in how many bytes.
    private func character(at place: Int, _ spelling: Spelling) -> ([UInt8], Int)? {
        switch spelling {
        case .percent: number(at: place + 1, digits: 2).map { ([UInt8($0)], 3) }
        case .backslash: escape(at: place)
        case .entity: entity(at: place)
        }
    }

    private func escape(at place: Int) -> ([UInt8], Int)? {
        guard place + 1 < bytes.count else { return nil }
        switch bytes[place + 1] {
        case UInt8(ascii: "x"):
            return number(at: place + 2, digits: 2).map { ([UInt8($0)], 4) }
                ?? braced(at: place)
        case UInt8(ascii: "u"): return unicode(at: place) ?? braced(at: place)
        case UInt8(ascii: "U"):
            return number(at: place + 2, digits: 8).flatMap(Self.utf8).map { ($0, 10) }
        case UInt8(ascii: "0")...UInt8(ascii: "7"): return octal(at: place)
        case UInt8(ascii: "n"): return ([0x0A], 2)
        case UInt8(ascii: "r"): return ([0x0D], 2)
        case UInt8(ascii: "t"): return ([0x09], 2)
        case UInt8(ascii: "b"): return ([0x08], 2)
        case UInt8(ascii: "f"): return ([0x0C], 2)
        case let byte where Self.isSign(byte): return ([byte], 2)
        default: return nil
        }
    }

    /// Punctuation, and the space, which shells write so.
    private static func isSign(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }

    /// `\101`: up to three digits that make a byte.
    private func octal(at place: Int) -> ([UInt8], Int)? {
        let digits = bytes[(place + 1)...].prefix(3).prefix {
            (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0)
        }
        return UInt8(String(decoding: digits, as: UTF8.self), radix: 8).map {
            ([$0], digits.count + 1)
        }
    }

    /// `\u{41}`
    private func braced(at place: Int) -> ([UInt8], Int)? {
        let rest = bytes[(place + 2)...].prefix(10)
        guard rest.first == UInt8(ascii: "{"), let end = rest.firstIndex(of: UInt8(ascii: "}")),
            let value = number(at: place + 3, digits: end - place - 3), end > place + 3
        else { return nil }
        return Self.utf8(value).map { ($0, end + 1 - place) }
    }

    /// `\u0041`, or two of them for what is beyond the first plane.
    private func unicode(at place: Int) -> ([UInt8], Int)? {
        guard let first = number(at: place + 2, digits: 4) else { return nil }
        guard (0xD800...0xDBFF).contains(first) else {
            return Self.utf8(first).map { ($0, 6) }
        }
        guard bytes.dropFirst(place + 6).starts(with: "\\u".utf8),
            let second = number(at: place + 8, digits: 4), (0xDC00...0xDFFF).contains(second)
        else { return nil }
        return Self.utf8(0x1_0000 + (first - 0xD800) << 10 + (second - 0xDC00)).map { ($0, 12) }
    }

    /// Some leave out the semicolon behind numbers.
    private func entity(at place: Int) -> ([UInt8], Int)? {
        let rest = bytes[(place + 1)...].prefix(Self.longestSpelling)
        guard rest.first == UInt8(ascii: "#") else {
            let name = rest.prefix(while: Self.isLetter)
            guard name.count < rest.count, rest[name.endIndex] == UInt8(ascii: ";"),
                let said = Self.entities[String(decoding: name, as: UTF8.self)]
            else { return nil }
            return ([said], name.count + 2)
        }
        let isHexadecimal = rest.dropFirst().first.map(Self.lowered) == UInt8(ascii: "x")
        let digits = rest.dropFirst(isHexadecimal ? 2 : 1).prefix { byte in
            Self.digit(byte).map { isHexadecimal || $0 < 10 } ?? false
        }
        guard !digits.isEmpty,
            let value = Int(
                String(decoding: digits, as: UTF8.self), radix: isHexadecimal ? 16 : 10),
            let said = Self.utf8(value)
        else { return nil }
        let isEnded = digits.endIndex < bytes.count && bytes[digits.endIndex] == UInt8(ascii: ";")
        return (said, digits.endIndex - place + (isEnded ? 1 : 0))
    }

    /// A number of exactly these hexadecimal digits.
    private func number(at place: Int, digits: Int) -> Int? {
        guard place + digits <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[place..<place + digits] {
            guard let digit = Self.digit(byte) else { return nil }
            value = value << 4 | digit
        }
        return value
    }

    private static func digit(_ byte: UInt8) -> Int? {
        switch lowered(byte) {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(lowered(byte)) - 0x61 + 10
        default: nil
        }
    }

    private static func utf8(_ value: Int) -> [UInt8]? {
        UInt32(exactly: value).flatMap(Unicode.Scalar.init).map { Array(String($0).utf8) }
    }

    /// The names that encoders write for characters of ASCII.
    private static let entities: [String: UInt8] = {
        let names = [
            ("amp AMP", "&"), ("lt LT", "<"), ("gt GT", ">"), ("quot QUOT", "\""), ("apos", "'"),
            ("excl", "!"), ("num", "#"), ("dollar", "$"), ("percnt", "%"), ("lpar", "("),
            ("rpar", ")"), ("ast midast", "*"), ("plus", "+"), ("comma", ","), ("hyphen dash", "-"),
            ("period", "."), ("sol", "/"), ("colon", ":"), ("semi", ";"), ("equals", "="),
            ("quest", "?"), ("commat", "@"), ("lsqb lbrack", "["), ("bsol", "\\"),
            ("rsqb rbrack", "]"), ("Hat", "^"), ("lowbar UnderBar", "_"),
            ("grave DiacriticalGrave", "`"), ("lcub lbrace", "{"),
            ("verbar vert VerticalLine", "|"), ("rcub rbrace", "}"), ("nbsp", " "), ("Tab", "\t"),
            ("NewLine", "\n"),
        ]
        var entities: [String: UInt8] = [:]
        for (spellings, character) in names {
            for name in spellings.split(separator: " ") {
                entities[String(name)] = character.utf8.first
            }
        }
        return entities
    }()
}
