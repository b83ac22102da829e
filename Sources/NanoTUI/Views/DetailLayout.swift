/// Where the panes of an open packet are, by the room that there is.
struct DetailLayout: Equatable {
    /// Nil where it has no room.
    var records: Rect?
    var fields: Rect
    /// Nil while the list has its place.
    var bytes: Rect?
    /// Bytes in a row of their pane.
    let bytesInRow: Int

    /// Columns that rows of so many bytes take, with their offset and their text.
    static func width(bytesInRow count: Int) -> Int { 8 + count * 4 }

    /// Bytes in a row of a view that is so wide.
    static func bytesInRow(width: Int, split: PaneSplit = .auto) -> Int {
        // Rows of half as many bytes leave room for others beside them.
        if split == .beside, (leastBeside..<Self.width(bytesInRow: 16) + least) ~= width {
            return 8
        }
        if split == .beside, (leastOfThree..<150) ~= width { return 8 }
        return width >= Self.width(bytesInRow: 16) ? 16 : 8
    }

    private static let gap = 1
    /// Columns that a list, or fields, take at least.
    private static let least = 36
    /// Columns for a list beside the bytes.
    private static let leastBeside = width(bytesInRow: 8) + least
    /// Columns for a list, the fields and the bytes side by side.
    private static let leastOfThree = width(bytesInRow: 8) + 2 * (gap + least)
    /// Rows from which on the list has its own below the others.
    private static let highForThree = 24

    /// - Parameters:
    ///   - split: How the list shares the room.
    ///   - fields: Lines that the packet has.
    ///   - bytes: Bytes that it has.
    init(
        in rect: Rect, split: PaneSplit = .auto, pane: DetailPane, fields lines: Int,
        bytes count: Int
    ) {
        bytesInRow = Self.bytesInRow(width: rect.width, split: split)
        let wide = Self.width(bytesInRow: bytesInRow)
        let byteRows = (count + bytesInRow - 1) / bytesInRow + 1
        let isWide =
            switch split {
            case .auto: rect.width >= 150
            case .beside: rect.width >= Self.leastOfThree
            case .below: false
            }
        if isWide {
            // Side by side.
            let list = min(60, max(Self.least, rect.width - wide - 62))
            let rest = rect.width - list - wide - 2 * Self.gap
            records = Rect(x: rect.x, y: rect.y, width: list, height: rect.height)
            fields = Rect(
                x: rect.x + list + Self.gap, y: rect.y, width: rest, height: rect.height)
            bytes = Rect(
                x: rect.x + rect.width - wide, y: rect.y, width: wide, height: rect.height)
            return
        }
        var stack = rect
        if split == .below, rect.height >= Self.highForThree {
            let (above, below) = rect.split(bottom: rect.height / 3)
            (stack, records) = (above, below)
        } else if split != .below, rect.width >= wide + Self.least, rect.height >= 12 {
            let list = rect.width - wide - Self.gap
            records = Rect(x: rect.x, y: rect.y, width: list, height: rect.height)
            stack = Rect(
                x: rect.x + list + Self.gap, y: rect.y, width: wide, height: rect.height)
        }
        let least = min(byteRows, max(3, stack.height / 3))
        let (top, bottom) = stack.split(
            bottom: min(byteRows, max(least, stack.height - lines - 1)))
        fields = top
        if records == nil, pane == .records { records = bottom } else { bytes = bottom }
    }
}
