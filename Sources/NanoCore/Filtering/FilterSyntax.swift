/// The form of a filter, whatever it means: terms between spaces, and their parts.
///
/// Within quotation marks every character but an asterisk stands for itself; a backslash takes a quotation
/// mark, an asterisk or another backslash into them.
struct FilterSyntax {
    /// A byte of what a term says, without the marks around it.
    struct Letter {
        let byte: UInt8
        /// In the filter.
        let offset: Int
        let isQuoted: Bool
        /// Whether a backslash stands in front of it.
        var isEscaped = false

        /// Whether it stands for anything.
        var isAsterisk: Bool { !isEscaped && byte == UInt8(ascii: "*") }

        /// Whether it is this character, with the meaning that it has outside of quotation marks.
        func isBare(_ character: UnicodeScalar) -> Bool {
            !isQuoted && byte == UInt8(ascii: character)
        }
    }

    /// What stands between spaces, or a part of that.
    struct Part {
        /// In the filter, with quotation marks.
        let range: Range<Int>
        let letters: ArraySlice<Letter>

        var text: String { String(decoding: letters.map(\.byte), as: UTF8.self) }
    }

    private(set) var terms: [Part] = []
    /// The quotation mark that no other closes.
    private(set) var openQuote: Int?

    init(_ source: [UInt8]) {
        var place = 0
        while place < source.count {
            if Self.isSpace(source[place]) {
                place += 1
            } else {
                place = readTerm(source, from: place)
            }
        }
    }

    /// - Returns: The offset behind the term.
    private mutating func readTerm(_ source: [UInt8], from start: Int) -> Int {
        var (letters, place, quote): ([Letter], Int, Int?) = ([], start, nil)
        while place < source.count, quote != nil || !Self.isSpace(source[place]) {
            let byte = source[place]
            if byte == UInt8(ascii: "\"") {
                quote = quote == nil ? place : nil
            } else if quote != nil, Self.isEscape(source, at: place) {
                letters.append(
                    Letter(
                        byte: source[place + 1], offset: place, isQuoted: true, isEscaped: true))
                place += 1
            } else {
                letters.append(Letter(byte: byte, offset: place, isQuoted: quote != nil))
            }
            place += 1
        }
        openQuote = quote
        terms.append(Part(range: start..<place, letters: letters[...]))
        return place
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (0x09...0x0D).contains(byte)
    }

    private static func isEscape(_ source: [UInt8], at place: Int) -> Bool {
        source[place] == UInt8(ascii: "\\") && place + 1 < source.count
            && "\"\\*".utf8.contains(source[place + 1])
    }
}

extension FilterSyntax.Part {
    /// Whether a minus stands in front, which takes out what the rest matches.
    var isNegated: Bool {
        letters.first?.isBare("-") == true && range.lowerBound == letters.first?.offset
    }

    /// What stands behind the minus.
    var withoutMinus: FilterSyntax.Part {
        FilterSyntax.Part(
            range: range.lowerBound + 1..<range.upperBound, letters: letters.dropFirst())
    }

    /// The offset of the colon that a key is in front of; nil for a word.
    var colon: Int? { letters.first { $0.isBare(":") }?.offset }

    /// What lies within a range of the filter.
    func part(_ range: Range<Int>) -> FilterSyntax.Part {
        FilterSyntax.Part(range: range, letters: letters.filter { range.contains($0.offset) }[...])
    }

    /// The parts between bare commas, the empty ones too.
    var values: [FilterSyntax.Part] {
        let commas = letters.filter { $0.isBare(",") }.map(\.offset)
        let starts = [range.lowerBound] + commas.map { $0 + 1 }
        return zip(starts, commas + [range.upperBound]).map { part($0..<$1) }
    }

    /// As it is looked for, with the asterisks at its ends.
    var pattern: FilterPattern {
        let isOpenAfter = letters.last?.isAsterisk == true
        let rest = isOpenAfter ? letters.dropLast() : letters
        let isOpenBefore = rest.first?.isAsterisk == true
        return FilterPattern(
            (isOpenBefore ? rest.dropFirst() : rest).map(\.byte), openBefore: isOpenBefore,
            openAfter: isOpenAfter)
    }

    /// The comparison in front of a number, and the number.
    var comparison: (FilterNumber.Comparison, FilterSyntax.Part) {
        for comparison in FilterNumber.Comparison.allCases {
            let sign = Array(comparison.rawValue.utf8)
            let start = letters.prefix(sign.count)
            guard start.map(\.byte) == sign, start.allSatisfy({ !$0.isQuoted }) else { continue }
            let rest = range.lowerBound + sign.count..<range.upperBound
            return (comparison, part(rest))
        }
        return (.equal, self)
    }
}
