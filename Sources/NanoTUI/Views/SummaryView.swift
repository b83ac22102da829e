import NanoCore

/// One fact a row, the most important first: the overview where it has no room for columns, and all
/// that is shown where no view has room.
enum SummaryView {
    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        // Where keys move a cursor, its mark stands in front of the rows.
        let indent = model.isSmall ? 0 : 2
        let room = Rect(
            x: rect.x + indent, y: rect.y, width: rect.width - indent, height: rect.height)
        let content = SummaryContent(model)
        let rows = content.rows(width: room.width)
        let cursor = model.isSmall ? nil : model.cursor.map { model.rowIDs[$0] }
        let selected = cursor.flatMap { id in rows.firstIndex { $0.id == id } }
        let pinned = content.newestAlarm.flatMap { id in rows.firstIndex { $0.id == id } }
        let (shown, left) = shown(
            rows, selected: selected, pinned: pinned, isLedgerFirst: !content.balances,
            height: rect.height)
        // The last row tells what has no room, or where there is more to see.
        var free = rect.height - shown.count - 1
        var y = rect.y
        for index in shown {
            let row = rows[index]
            let lines = lines(of: row, width: room.width, free: free)
            free -= lines.count - 1
            for (place, line) in lines.enumerated() {
                screen.put(line, x: room.x, y: y + place, style: row.style)
            }
            let place = Rect(x: rect.x, y: y, width: rect.width, height: lines.count)
            y += lines.count
            if let id = row.id, !model.isSmall {
                screen.mark(
                    .row(id), x: place.x, y: place.y, width: place.width, height: place.height)
            }
            guard index == selected else { continue }
            screen.put("▶", x: rect.x, y: place.y, style: .selected)
            screen.paint(place, style: .selected)
        }
        let rest = Rect(
            x: room.x, y: y, width: room.width, height: rect.y + rect.height - y)
        drawEnd(left.map { rows[$0] }, model, in: rest, on: &screen)
    }

    /// Columns from which on a sentence is continued on the next row.
    private static let leastForLines = 40

    /// One line; of a sentence as many as it takes where so many rows are free, else it loses its end.
    private static func lines(
        of row: SummaryContent.Row, width: Int, free: Int
    ) -> [String] {
        // A line that is shorter than a word would break it, and numbers with it.
        if row.kind == .alarm, width >= leastForLines {
            let lines = row.wrapped(to: width)
            if lines.count - 1 <= max(0, free) { return lines }
        }
        return [TextWidth.fitted(row.text, to: width)]
    }

    /// Rows that stay while the others scroll: what comes in, and whether it adds up.
    private static let fixed = 3

    /// Indices of the rows that are drawn, and of those that have no room. One row is left free to count
    /// these.
    ///
    /// - Parameters:
    ///   - pinned: The row of the alarm that is drawn whatever else has no room.
    ///   - isLedgerFirst: Whether the first row says something worse.
    private static func shown(
        _ rows: [SummaryContent.Row], selected: Int?, pinned: Int?, isLedgerFirst: Bool,
        height: Int
    ) -> (shown: [Int], left: [Int]) {
        guard rows.count > height, height > 1 else {
            if height == 1, let pinned, !isLedgerFirst { return ([pinned], []) }
            return (Array(rows.indices.prefix(height)), [])
        }
        let needed = pinned == nil ? 0 : 1
        let fixed = min(fixed, max(1, height - 1 - needed), rows.count)
        func window(_ room: Int) -> [Int] {
            ListState().window(
                count: rows.count - fixed, index: selected.map { max(0, $0 - fixed) }, rows: room
            ).map { $0 + fixed }
        }
        let room = height - 1 - fixed
        var list = window(room)
        if let pinned, !list.contains(pinned) {
            // The first of two rows says that the ledger does not balance, or the alarm.
            list = room > 0 ? window(room - 1) : []
            list.append(pinned)
            list.sort()
        }
        let shown = (Array(0..<fixed) + list).prefix(height)
        return (Array(shown), rows.indices.filter { !shown.contains($0) })
    }

    /// Says what has no room, or on what screen there is more to see.
    private static func drawEnd(
        _ left: [SummaryContent.Row], _ model: ConsoleModel, in rect: Rect,
        on screen: inout Screen
    ) {
        guard rect.height > 0 else { return }
        let alarms = UInt64(left.count { $0.kind == .alarm })
        let all = model.isSmall ? "all of it needs 60x16" : "with columns from 80x23 on"
        let room = model.isSmall ? "needs 60x16" : "columns from 80x23 on"
        let more = "+\(left.count) more"
        let counts =
            alarms > 0
            ? [
                "\(more), \(Numbers.counted(alarms, "alarm")) among them",
                "\(more), \(Numbers.counted(alarms, "alarm"))",
            ]
            : [more]
        let forms =
            left.isEmpty ? [all] : counts.map { "\($0); \(room)" } + counts + [more]
        guard let text = forms.first(where: { TextWidth.columns(of: $0) <= rect.width }) else {
            return
        }
        screen.put(
            text, x: rect.x, y: rect.y, style: left.isEmpty ? .dim : alarms > 0 ? .warning : .dim)
    }
}
