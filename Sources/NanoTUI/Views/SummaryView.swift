import NanoCore

/// One fact a row, the most important first: the overview where it has no room for columns, and all
/// that is shown where no view has room.
enum SummaryView {
    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        // Where keys move a cursor, its mark stands in front of the rows.
        let indent = model.isSmall ? 0 : 2
        let room = Rect(
            x: rect.x + indent, y: rect.y, width: rect.width - indent, height: rect.height)
        let rows = SummaryContent(model).rows(width: room.width)
        let cursor = model.isSmall ? nil : model.cursor.map { model.rowIDs[$0] }
        let selected = cursor.flatMap { id in rows.firstIndex { $0.id == id } }
        let (shown, left) = shown(rows, selected: selected, height: rect.height)
        for (place, index) in shown.enumerated() {
            let (row, y) = (rows[index], rect.y + place)
            screen.put(
                TextWidth.fitted(row.text, to: room.width), x: room.x, y: y, style: row.style)
            if let id = row.id, !model.isSmall {
                screen.mark(.row(id), x: rect.x, y: y, width: rect.width)
            }
            guard index == selected else { continue }
            screen.put("▶", x: rect.x, y: y, style: .selected)
            screen.paint(Rect(x: rect.x, y: y, width: rect.width, height: 1), style: .selected)
        }
        let free = Rect(
            x: room.x, y: rect.y + shown.count, width: room.width,
            height: rect.height - shown.count)
        drawEnd(left.map { rows[$0] }, model, in: free, on: &screen)
    }

    /// Rows that stay while the others scroll: what comes in, and whether it adds up.
    private static let fixed = 3

    /// Indices of the rows that are drawn, and of those that have no room. One row is left free to count
    /// these.
    private static func shown(
        _ rows: [SummaryContent.Row], selected: Int?, height: Int
    ) -> (shown: [Int], left: [Int]) {
        guard rows.count > height, height > 1 else {
            return (Array(rows.indices.prefix(height)), [])
        }
        let fixed = min(fixed, height - 1, rows.count)
        let window = ListState().window(
            count: rows.count - fixed, index: selected.map { max(0, $0 - fixed) },
            rows: height - 1 - fixed)
        let shown = Array(0..<fixed) + window.map { $0 + fixed }
        return (shown, rows.indices.filter { !shown.contains($0) })
    }

    /// Says what has no room, or on what screen there is more to see.
    private static func drawEnd(
        _ left: [SummaryContent.Row], _ model: ConsoleModel, in rect: Rect,
        on screen: inout Screen
    ) {
        guard rect.height > 0 else { return }
        let alarms = UInt64(left.count { $0.kind == .alarm })
        let more = "+\(left.count) more"
        let forms =
            left.isEmpty
            ? [model.isSmall ? "all of it needs 60x16" : "with columns from 80x23 on"]
            : (alarms > 0
                ? [" among them", ""].map { "\(more), \(Numbers.counted(alarms, "alarm"))\($0)" }
                : []) + [more]
        guard let text = forms.first(where: { TextWidth.columns(of: $0) <= rect.width }) else {
            return
        }
        screen.put(
            text, x: rect.x, y: rect.y, style: left.isEmpty ? .dim : alarms > 0 ? .warning : .dim)
    }
}
