/// What could stand at a place of a filter that is being written.
package struct FilterCompletion: Equatable, Sendable {
    /// What a candidate takes the place of, in UTF-8 bytes from the filter's start.
    package let range: Range<Int>
    /// As they are to be written: a key with its colon, a value with the quotation marks that it
    /// needs.
    package let candidates: [String]
    /// The key whose value is being written; nil where a key or a word is.
    package let key: FilterKey?

    /// The most candidates that are given.
    package static let maximumCandidates = 50

    /// - Parameters:
    ///   - offset: The place, in UTF-8 bytes from the start.
    ///   - values: What is there to be asked for at the moment, for keys without names of their own.
    package init(
        of source: String, at offset: Int, in scope: FilterScope,
        values: (FilterKey) -> [String] = { _ in [] }
    ) {
        let bytes = source.utf8.prefix(max(0, min(offset, Filter.maximumBytes)))
        let syntax = FilterSyntax(Array(bytes))
        let here = bytes.count..<bytes.count
        guard let term = syntax.terms.last, term.range.upperBound == bytes.count else {
            self.init(range: here, begin: "", among: Self.keys(scope))
            return
        }
        let part = term.isNegated ? term.withoutMinus : term
        guard let colon = part.colon else {
            self.init(range: part.range, begin: part.text, among: Self.keys(scope))
            return
        }
        let name = part.part(part.range.lowerBound..<colon).text.lowercased()
        guard let key = FilterKey(rawValue: name), scope.keys.contains(key),
            let value = part.part(colon + 1..<part.range.upperBound).values.last
        else {
            self.init(range: here, candidates: [], key: nil)
            return
        }
        let all = Self.values(key, scope) + values(key).map(Filter.value)
        self.init(range: value.range, begin: value.text, among: all, key: key)
    }

    private init(range: Range<Int>, candidates: [String], key: FilterKey?) {
        self.range = range
        self.candidates = candidates
        self.key = key
    }

    /// Those of all that begin like what is there, each once.
    private init(range: Range<Int>, begin: String, among all: [String], key: FilterKey? = nil) {
        let pattern = FilterPattern(Array(begin.utf8), openAfter: true)
        let quotedPattern = FilterPattern(Array("\"\(begin)".utf8), openAfter: true)
        var (candidates, seen): ([String], Set<String>) = ([], [])
        for candidate in all where candidates.count < Self.maximumCandidates {
            guard pattern.isAll(of: candidate) || quotedPattern.isAll(of: candidate),
                seen.insert(candidate).inserted
            else { continue }
            candidates.append(candidate)
        }
        self.init(range: range, candidates: candidates, key: key)
    }

    private static func keys(_ scope: FilterScope) -> [String] {
        scope.keys.map { "\($0.rawValue):" }
    }

    private static func values(_ key: FilterKey, _ scope: FilterScope) -> [String] {
        switch key {
        case .model: ModelID.builtIn.compactMap { $0.family?.lowercased() }
        case .since, .until: ["1m", "5m", "15m", "1h", "24h"]
        default: scope.names(of: key) ?? []
        }
    }
}
