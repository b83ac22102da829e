import NanoCore

/// One frame, every byte of it named; the reading stops where the frame failed.
enum PacketView {
    static func draw(_ record: PacketRecord, scroll: Int, in rect: Rect, on screen: inout Screen) {
        let time = Numbers.clock(unixMilliseconds: record.unixMilliseconds)
        let device = record.deviceID.map { " \(SafeText.escaped($0))" } ?? ""
        let verdict = record.refusal?.reason.name ?? "accepted"
        let model = record.model.map { "\($0)" } ?? "–"
        screen.rule(
            "\(verdict) · \(model)\(device) · \(SafeText.escaped(record.address)) · \(time)Z",
            right: "\(record.bytes.count) bytes", in: rect)
        let (body, foot) = rect.split(top: 1).rest.split(bottom: 3)
        let lines = Dissection(frame: record.bytes, refusal: record.refusal).lines
        let first = min(scroll, max(0, lines.count - body.height))
        for (row, line) in lines.dropFirst(first).prefix(body.height).enumerated() {
            draw(
                line, in: Rect(x: body.x, y: body.y + row, width: body.width, height: 1),
                on: &screen)
        }
        drawVerdict(record, in: foot, on: &screen)
    }

    private static func draw(_ line: Dissection.Line, in rect: Rect, on screen: inout Screen) {
        let shown = rect.width >= 100 ? 16 : 8
        let place = String(line.offset, radix: 16)
        let style: Style = line.mark == .failed ? .bad : .text
        var x = rect.x + 1
        x = screen.put(
            String(repeating: "0", count: max(0, 4 - place.count)) + place, x: x, y: rect.y,
            style: .dim)
        screen.put(line.hexadecimal(atMost: shown), x: x + 2, y: rect.y, style: style)
        x += 2 + shown * 3 + 2
        let mark: Style = line.mark == .failed ? .bad : .good
        x = screen.put(line.mark.glyph, x: x, y: rect.y, style: mark) + 1
        let indent = String(repeating: "  ", count: line.depth)
        let separator = line.field.isEmpty || line.meaning.isEmpty ? "" : ": "
        let text = indent + line.field + separator + line.meaning
        screen.put(
            TextWidth.fitted(text, to: max(0, rect.x + rect.width - x)), x: x, y: rect.y,
            style: style)
    }

    private static func drawVerdict(_ record: PacketRecord, in rect: Rect, on screen: inout Screen)
    {
        let words = record.refusal?.words ?? "accepted: every check passed"
        let style: Style = record.refusal == nil ? .good : .bad
        let lines =
            [("▶ " + words, style)] + (record.diagnosis.map { [("▶ " + $0, .warning)] } ?? [])
        for (row, line) in lines.enumerated() where row + 1 < rect.height {
            let text = TextWidth.fitted(SafeText.escaped(line.0), to: max(0, rect.width - 2))
            screen.put(text, x: rect.x + 1, y: rect.y + 1 + row, style: line.1)
        }
    }
}
