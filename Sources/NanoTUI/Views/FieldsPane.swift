import NanoCore

/// The fields of a packet in the order of judgement, items of its payload as a tree.
enum FieldsPane {
    /// Rows for reading the field under the cursor whole, where its row has no room for it.
    private static let rowsToRead = 3

    static func draw(
        _ lines: [Dissection.Line], _ detail: PacketDetail, in rect: Rect, on screen: inout Screen
    ) {
        guard rect.height > 1, lines.indices.contains(detail.field) else { return }
        let isActive = detail.pane == .fields
        PacketView.drawHead(
            "Fields", right: "\(detail.field + 1) of \(lines.count)", isActive: isActive, in: rect,
            on: &screen)
        var rows = rect.split(top: 1).rest
        let whole = wrapped(lines[detail.field], width: rect.width)
        if !whole.isEmpty, rows.height > whole.count + 2 {
            let parts = rows.split(bottom: whole.count)
            rows = parts.rest
            for (row, text) in whole.enumerated() {
                screen.put(
                    text, x: parts.bottom.x + 2, y: parts.bottom.y + row, style: .accent)
            }
        }
        let window = ListState().window(count: lines.count, index: detail.field, rows: rows.height)
        for (row, index) in window.enumerated() {
            draw(
                lines[index], isChosen: index == detail.field, isActive: isActive,
                in: Rect(x: rows.x, y: rows.y + row, width: rows.width, height: 1), on: &screen)
        }
    }

    /// Columns in front of what a field says: cursor, offset, mark.
    private static let indent = 10

    private static func draw(
        _ line: Dissection.Line, isChosen: Bool, isActive: Bool, in rect: Rect,
        on screen: inout Screen
    ) {
        let isFault = line.mark == .failed
        screen.put(offset(of: line), x: rect.x + 2, y: rect.y, style: .dim)
        screen.put(
            line.mark.glyph, x: rect.x + indent - 2, y: rect.y, style: isFault ? .bad : .good)
        let style: Style = isFault ? .bad : line.mark == .none ? .dim : .text
        screen.put(
            TextWidth.fitted(text(of: line), to: max(0, rect.width - indent)),
            x: rect.x + indent, y: rect.y, style: style)
        guard isChosen else { return }
        screen.put("▶", x: rect.x, y: rect.y, style: .selected)
        screen.paint(rect, style: isActive ? .selected : Style(.accent, bold: true))
    }

    /// In the frame; of an opened payload, with a plus, in that.
    private static func offset(of line: Dissection.Line) -> String {
        let place = line.sealed.map { line.offset - $0.lowerBound } ?? line.offset
        let digits = String(place, radix: 16)
        let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return line.sealed == nil ? " " + padded : "+" + padded
    }

    private static func text(of line: Dissection.Line) -> String {
        let separator = line.field.isEmpty || line.meaning.isEmpty ? "" : ": "
        return String(repeating: "  ", count: line.depth) + line.field + separator + line.meaning
    }

    /// All that a field says, where its row cuts it; nothing where it does not.
    private static func wrapped(_ line: Dissection.Line, width: Int) -> [String] {
        guard TextWidth.columns(of: text(of: line)) > width - indent else { return [] }
        let separator = line.field.isEmpty || line.meaning.isEmpty ? "" : ": "
        return Array(
            TextWidth.wrapped(line.field + separator + line.meaning, to: max(1, width - 4))
                .prefix(rowsToRead))
    }
}
