/// A part of a filter as a prompt colours it.
package struct FilterPiece: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case space, minus, word, key, value
        /// A colon, or a comma.
        case mark
    }

    package let kind: Kind
    /// In UTF-8 bytes from the filter's start.
    package let range: Range<Int>
    /// Whether something is wrong with it.
    package let isFaulty: Bool

    /// All parts in their order, without a gap.
    static func pieces(
        of syntax: FilterSyntax, in count: Int, _ faults: [FilterFault]
    ) -> [FilterPiece] {
        var pieces: [FilterPiece] = []
        var end = 0
        func add(_ kind: Kind, _ range: Range<Int>) {
            if range.lowerBound > end { add(.space, end..<range.lowerBound) }
            guard !range.isEmpty else { return }
            let isFaulty = faults.contains { $0.range.overlaps(range) }
            pieces.append(FilterPiece(kind: kind, range: range, isFaulty: isFaulty))
            end = range.upperBound
        }
        for part in syntax.terms {
            let isNegated = part.isNegated
            let rest = isNegated ? part.withoutMinus : part
            let start = part.range.lowerBound
            if isNegated { add(.minus, start..<start + 1) }
            guard let colon = rest.colon else {
                add(.word, rest.range)
                continue
            }
            add(.key, rest.range.lowerBound..<colon)
            add(.mark, colon..<colon + 1)
            for value in rest.part(colon + 1..<rest.range.upperBound).values {
                if value.range.lowerBound > end { add(.mark, end..<value.range.lowerBound) }
                add(.value, value.range)
            }
        }
        add(.space, count..<count)
        return pieces
    }
}
