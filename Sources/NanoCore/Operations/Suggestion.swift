/// Finds the name that was probably meant.
public enum Suggestion {
    /// The candidate nearest to a name, if it is near enough to be a slip of the hand, or the only one
    /// that the name is the beginning of.
    public static func nearest(
        to name: String, among candidates: some Sequence<String>
    ) -> String? {
        let limit = min(mostSlips, max(1, name.count / 3))
        let candidates = Set(candidates)
        let slip = candidates.map { ($0, distance(name, $0)) }
            .filter { $0.1 <= limit }
            .min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
        if let slip { return slip }
        guard name.count >= shortestBeginning else { return nil }
        let longer = candidates.filter { $0.lowercased().hasPrefix(name.lowercased()) }
        return longer.count == 1 ? longer.first : nil
    }

    /// Slips of the hand in one name, however long it is.
    private static let mostSlips = 2
    /// Characters of a beginning that says what is meant.
    private static let shortestBeginning = 3

    /// Insertions, deletions, replacements and swaps of neighbours from one text to the other
    /// (optimal string alignment).
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.lowercased())
        let right = Array(right.lowercased())
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        var rows = [Array(0...right.count)]
        for i in 1...left.count {
            var row = [i] + Array(repeating: 0, count: right.count)
            for j in 1...right.count {
                let cost = left[i - 1] == right[j - 1] ? 0 : 1
                row[j] = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + cost)
                if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
                    row[j] = min(row[j], rows[i - 2][j - 2] + 1)
                }
            }
            rows.append(row)
        }
        return rows[left.count][right.count]
    }
}
