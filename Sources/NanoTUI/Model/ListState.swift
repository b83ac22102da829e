import NanoCore

/// What makes a row of a list that row, wherever it moves.
enum RowID: Hashable, Sendable {
    case name(String)
    case alarm(String)
    case number(UInt64)
    case device(ModelID, String)
    case generation(ModelID, Int)
}

/// The cursor of a list: it stays with what it is on, wherever that moves.
struct ListState: Sendable {
    /// Identity of the row that the cursor is on; nil before there was any.
    private(set) var selected: RowID?
    /// Place of the cursor when the row was last seen, for when it goes away.
    private var place = 0
    /// Stays at the end of a list that grows there.
    var isFollowing: Bool

    init(following isFollowing: Bool = false) {
        self.isFollowing = isFollowing
    }

    /// Index of the row with the cursor; nil for an empty list.
    ///
    /// - Parameter start: The row that it is on before it is moved.
    func index(in ids: [RowID], start: Int = 0) -> Int? {
        guard !ids.isEmpty else { return nil }
        if isFollowing { return ids.count - 1 }
        guard let selected else { return min(start, ids.count - 1) }
        return ids.firstIndex(of: selected) ?? min(place, ids.count - 1)
    }

    /// Moves the cursor, at most to the first or last row.
    ///
    /// - Parameters:
    ///   - index: The row that it is on.
    ///   - follows: Whether the list grows at its end, so that its last row is followed.
    mutating func move(by steps: Int, from index: Int, in ids: [RowID], follows: Bool) {
        let (sum, overflow) = index.addingReportingOverflow(steps)
        let target = overflow ? (steps > 0 ? ids.count - 1 : 0) : min(max(0, sum), ids.count - 1)
        select(target, in: ids)
        isFollowing = follows && target == ids.count - 1
    }

    mutating func select(_ index: Int, in ids: [RowID]) {
        selected = ids[index]
        place = index
        isFollowing = false
    }

    /// The rows that are shown when there is room for so many: the cursor's is among them.
    func window(count: Int, index: Int?, rows: Int) -> Range<Int> {
        guard rows > 0, count > 0 else { return 0..<0 }
        let index = index ?? 0
        let start = min(max(0, index - rows / 2), max(0, count - rows))
        return start..<min(count, start + rows)
    }
}
