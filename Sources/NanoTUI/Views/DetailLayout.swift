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
    static func bytesInRow(width: Int) -> Int {
        width >= Self.width(bytesInRow: 16) ? 16 : 8
    }

    private static let gap = 1

    /// - Parameters:
    ///   - fields: Lines that the packet has.
    ///   - bytes: Bytes that it has.
    init(in rect: Rect, pane: DetailPane, fields lines: Int, bytes count: Int) {
        let wide = Self.width(bytesInRow: 16)
        bytesInRow = Self.bytesInRow(width: rect.width)
        let byteRows = (count + bytesInRow - 1) / bytesInRow + 1
        if rect.width >= 150 {
            // Side by side.
            let list = min(60, max(36, rect.width - wide - 62))
            let rest = rect.width - list - wide - 2 * Self.gap
            records = Rect(x: rect.x, y: rect.y, width: list, height: rect.height)
            fields = Rect(
                x: rect.x + list + Self.gap, y: rect.y, width: rest, height: rect.height)
            bytes = Rect(
                x: rect.x + rect.width - wide, y: rect.y, width: wide, height: rect.height)
            return
        }
        var stack = rect
        if rect.width >= wide + 36, rect.height >= 12 {
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
