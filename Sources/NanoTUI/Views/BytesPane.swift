import NanoCore

/// The bytes of a packet with their text. Those of the field under the cursor are lit, and stand in
/// brackets for whoever sees no colours.
enum BytesPane {
    static func draw(
        _ record: PacketRecord, _ lines: [Dissection.Line], _ detail: PacketDetail,
        bytesInRow: Int, in rect: Rect, on screen: inout Screen
    ) {
        guard rect.height > 1, lines.indices.contains(detail.field) else { return }
        let lit = lines[detail.field].range
        PacketView.drawHead(
            "Bytes", right: place(of: lit), isActive: detail.pane == .bytes, in: rect, on: &screen)
        let rows = rect.split(top: 1).rest
        let count = (record.bytes.count + bytesInRow - 1) / bytesInRow
        let window = ListState().window(
            count: count, index: detail.byte / bytesInRow, rows: rows.height)
        let styles = styles(of: record, lines)
        let cursor = detail.pane == .bytes ? detail.byte..<detail.byte + 1 : lit
        for (row, index) in window.enumerated() {
            let start = index * bytesInRow
            drawRow(
                start..<min(start + bytesInRow, record.bytes.count), of: record.bytes,
                styles: styles, lit: lit, brackets: cursor, bytesInRow: bytesInRow,
                x: rows.x, y: rows.y + row, on: &screen)
        }
    }

    private static func place(of range: Range<Int>) -> String {
        guard let last = range.last else { return "no byte at fault" }
        func hex(_ offset: Int) -> String { "0x" + String(offset, radix: 16) }
        return range.count == 1
            ? hex(last) : "\(hex(range.lowerBound))…\(hex(last)), \(range.count) bytes"
    }

    /// How each byte looks while it is not lit: what failed, and what was not read.
    private static func styles(of record: PacketRecord, _ lines: [Dissection.Line]) -> [Style] {
        var styles = [Style](repeating: .text, count: record.bytes.count)
        for line in lines where line.isLeaf {
            let style: Style = line.mark == .failed ? .bad : line.mark == .none ? .dim : .text
            for offset in line.range.clamped(to: styles.indices) { styles[offset] = style }
        }
        return styles
    }

    private static func drawRow(
        _ range: Range<Int>, of bytes: [UInt8], styles: [Style], lit: Range<Int>,
        brackets: Range<Int>, bytesInRow: Int, x: Int, y: Int, on screen: inout Screen
    ) {
        let digits = String(range.lowerBound, radix: 16)
        screen.put(
            String(repeating: "0", count: max(0, 4 - digits.count)) + digits, x: x + 1, y: y,
            style: .dim)
        // Where a byte was found at fault, its row says so.
        if range.contains(where: { styles[$0] == .bad }) {
            screen.put("✗", x: x + 5, y: y, style: .bad)
        }
        let text = x + 8 + bytesInRow * 3
        for offset in range {
            let column = x + 7 + (offset - range.lowerBound) * 3
            let isLit = lit.contains(offset)
            let style = isLit ? .selected : styles[offset]
            screen.put(Hexadecimal.text([bytes[offset]]), x: column, y: y, style: style)
            let goesOn = isLit && lit.contains(offset + 1) && offset + 1 < range.upperBound
            if goesOn { screen.put(" ", x: column + 2, y: y, style: .selected) }
            let isBracketed = brackets.contains(offset)
            if isBracketed, offset == max(brackets.lowerBound, range.lowerBound) {
                screen.put("[", x: column - 1, y: y, style: .key)
            }
            if isBracketed, offset + 1 == min(brackets.upperBound, range.upperBound) {
                screen.put("]", x: column + 2, y: y, style: .key)
            }
            screen.put(
                character(bytes[offset]), x: text + offset - range.lowerBound, y: y, style: style)
        }
    }

    private static func character(_ byte: UInt8) -> String {
        (0x20...0x7E).contains(byte) ? String(UnicodeScalar(byte)) : "·"
    }
}
