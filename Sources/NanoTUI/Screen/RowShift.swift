/// Rows of a screen that have moved up together, as those of a list do to which rows were added at its
/// end: a terminal moves them in a few bytes, where drawing them costs thousands.
struct RowShift: Equatable {
    /// The rows that take part; at their end are the places that become free.
    let rows: Range<Int>
    /// By how many rows they move up.
    let distance: Int

    /// Fewer rows are drawn as cheaply.
    private static let leastRows = 4

    /// - Returns: Nil where too few rows have moved to be worth it.
    init?(from old: Screen, to new: Screen) {
        guard old.width == new.width, old.height == new.height else { return nil }
        let changed = (0..<new.height).filter {
            !new.isBlank(row: $0) && !new.hasRow($0, as: $0, of: old)
        }
        guard changed.count >= Self.leastRows else { return nil }
        var moved: [Int: [Int]] = [:]
        for row in changed {
            for source in row + 1..<new.height where new.hasRow(row, as: source, of: old) {
                moved[source - row, default: []].append(row)
            }
        }
        // Of lists whose rows are alike the shortest way.
        guard
            let best = moved.max(by: {
                ($0.value.count, -$0.key) < ($1.value.count, -$1.key)
            }), let first = best.value.first, let last = best.value.last
        else { return nil }
        let rows = first..<last + best.key + 1
        let spoilt = rows.count { new.hasRow($0, as: $0, of: old) && !new.isBlank(row: $0) }
        guard best.value.count >= Self.leastRows + spoilt else { return nil }
        (self.rows, distance) = (rows, best.key)
    }
}

extension Screen {
    /// Whether one of its rows looks as one of another screen of its width does.
    fileprivate func hasRow(_ row: Int, as other: Int, of screen: Screen) -> Bool {
        (0..<width).allSatisfy { self[$0, row] == screen[$0, other] }
    }

    fileprivate func isBlank(row: Int) -> Bool {
        (0..<width).allSatisfy { self[$0, row] == .blank }
    }
}
