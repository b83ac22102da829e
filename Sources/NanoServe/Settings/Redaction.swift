/// Takes secrets out of a text, however it spells them: as they are, in percent-encoding, with the
/// escapes of JSON, C or HTML, several of these over one another, in base64 also amid other bytes and
/// in lines, in hexadecimal digits, and with other cases of letters.
///
/// It is made once for all texts: what is looked for is as long as many spellings together. A secret
/// that was changed in other ways is not found: who holds it and wants to show it can.
struct Redaction: Equatable, Sendable {
    /// How much may be read for one answer of a destination, whose own words decide how often each byte
    /// of them is.
    struct Budget {
        /// Some hundredths of a second, whatever the answer.
        var bytes = 2 << 20
    }

    /// What takes a secret's place.
    static let mark = "(secret)"
    /// What takes the place of texts that nobody has searched.
    static let unread = "(not shown)"
    /// Spellings over one another that are undone.
    private static let depth = 3

    /// What is looked for, with small letters of ASCII, at the place of its first byte.
    private let patterns: [[[UInt8]]]
    /// Of these the ones in base64, which may stand in lines.
    private let encoded: [[[UInt8]]]

    init(_ secrets: [Secret]) {
        var all: Set<[UInt8]> = []
        var encoded: Set<[UInt8]> = []
        for secret in secrets {
            let spellings = secret.withBytes(SecretSpellings.init)
            all.formUnion(spellings.plain)
            encoded.formUnion(spellings.encoded)
        }
        patterns = Self.table(all.union(encoded))
        self.encoded = Self.table(encoded)
    }

    /// The text with every secret replaced.
    ///
    /// - Parameter isCut: Whether there was more of it, so that the beginning of a secret at its end is
    ///   one.
    func apply(to text: String, isCut: Bool = false) -> String {
        var budget = Budget()
        return apply(to: text, isCut: isCut, within: &budget)
    }

    /// The text with every secret replaced, or ``unread`` when the budget is used up.
    func apply(to text: String, isCut: Bool = false, within budget: inout Budget) -> String {
        guard !patterns.isEmpty, !text.isEmpty else { return text }
        guard budget.bytes > 0 else { return Self.unread }
        let bytes = Array(text.utf8)
        var found: [Range<Int>] = []
        search(
            SpelledText(bytes), isCut: isCut, depth: Self.depth, into: &found, within: &budget)
        guard !found.isEmpty else { return text }
        var shown: [UInt8] = []
        var next = 0
        for range in Self.merged(found) {
            shown += bytes[next..<range.lowerBound]
            shown += Self.mark.utf8
            next = range.upperBound
        }
        shown += bytes[next...]
        return String(decoding: shown, as: UTF8.self)
    }

    private func search(
        _ text: SpelledText, isCut: Bool, depth: Int, into found: inout [Range<Int>],
        within budget: inout Budget
    ) {
        budget.bytes -= text.bytes.count
        Self.look(for: patterns, in: text, isCut: isCut, into: &found)
        if !encoded.isEmpty, let line = text.withoutSpaces {
            budget.bytes -= line.bytes.count
            Self.look(for: encoded, in: line, isCut: isCut, into: &found)
        }
        guard depth > 0 else { return }
        for spelling in SpelledText.Spelling.allCases {
            guard let plain = text.undoing(spelling, isCut: isCut) else { continue }
            search(plain, isCut: isCut, depth: depth - 1, into: &found, within: &budget)
        }
    }

    private static func look(
        for patterns: [[[UInt8]]], in text: SpelledText, isCut: Bool,
        into found: inout [Range<Int>]
    ) {
        guard !patterns.isEmpty else { return }
        let lowered = text.bytes.map(SpelledText.lowered)
        for start in lowered.indices {
            for pattern in patterns[Int(lowered[start])] {
                let count = min(pattern.count, lowered.count - start)
                guard count == pattern.count || isCut else { continue }
                var same = 1
                while same < count, lowered[start + same] == pattern[same] { same += 1 }
                if same == count { found.append(text.sources(of: start..<start + count)) }
            }
        }
    }

    /// For each first byte what begins with it; nothing where nothing is looked for.
    private static func table(_ patterns: Set<[UInt8]>) -> [[[UInt8]]] {
        var table = [[[UInt8]]](repeating: [], count: 256)
        let lowered = Set(patterns.map { $0.map(SpelledText.lowered) })
        for pattern in lowered.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            guard let first = pattern.first else { continue }
            table[Int(first)].append(pattern)
        }
        return table.allSatisfy(\.isEmpty) ? [] : table
    }

    /// Ranges in order, those that share something made one.
    private static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var merged: [Range<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound < last.upperBound {
                merged[merged.count - 1] =
                    last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }
}

/// It holds what nothing may print.
extension Redaction: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { Self.mark }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
