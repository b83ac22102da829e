import NanoCore

/// One frame, every byte of it named; the reading stops where the frame failed.
enum PacketView {
    /// - Returns: The first line that is shown: at most the one from which on all fit.
    static func draw(
        _ record: PacketRecord, scroll: Int, seeksFault: Bool, in rect: Rect,
        on screen: inout Screen
    ) -> Int {
        let time = Numbers.clock(unixMilliseconds: record.unixMilliseconds)
        let device = record.deviceID.map { " \(SafeText.escaped($0))" } ?? ""
        let name = record.refusal?.reason.name ?? "accepted"
        let model = record.model.map { "\($0)" } ?? "–"
        screen.rule(
            "\(name) · \(model)\(device) · \(SafeText.escaped(record.address)) · \(time)Z",
            right: Numbers.counted(UInt64(record.bytes.count), "byte"), in: rect)
        let verdict = self.verdict(record, width: max(1, rect.width - 4))
        let (body, foot) = rect.split(top: 1).rest.split(
            bottom: min(verdict.count + 1, rect.height / 2))
        let lines = Dissection(
            frame: record.bytes, refusal: record.refusal, plain: record.plain
        ).lines
        let fault = seeksFault ? lines.lastIndex { $0.mark == .failed } : nil
        let first = first(of: lines.count, scroll: scroll, showing: fault, rows: body.height)
        for (row, line) in lines.dropFirst(first).prefix(body.height).enumerated() {
            draw(
                line, in: Rect(x: body.x, y: body.y + row, width: body.width, height: 1),
                on: &screen)
        }
        for (row, line) in verdict.enumerated() where row + 1 < foot.height {
            screen.put(line.0, x: foot.x + 1, y: foot.y + 1 + row, style: line.1)
        }
        return first
    }

    /// The first of so many lines to show, so that no row stays empty and, where there is one, the
    /// failing line is among them.
    static func first(of count: Int, scroll: Int, showing fault: Int?, rows: Int) -> Int {
        min(max(scroll, (fault ?? 0) - rows + 1), max(0, count - rows))
    }

    /// What was decided and what was found out about it, wrapped.
    private static func verdict(_ record: PacketRecord, width: Int) -> [(String, Style)] {
        let words = record.refusal?.words ?? "accepted: every check passed"
        let style: Style = record.refusal == nil ? .good : .bad
        let sentences =
            [(words, style)] + (record.diagnosis.map { [($0, .warning)] } ?? [])
        return sentences.flatMap { text, style in
            TextWidth.wrapped(text, to: width).enumerated().map { row, line in
                ((row == 0 ? "▶ " : "  ") + line, style)
            }
        }
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
}
