import NanoCore

/// One packet in three panes: those around it, its fields, its bytes. The reading stops where the frame
/// failed; what was decided, and what it probably comes from, stands first.
enum PacketView {
    static func draw(
        _ record: PacketRecord, in model: ConsoleModel, rect: Rect, on screen: inout Screen
    ) {
        screen.rule(
            title(of: record, in: model),
            right: Numbers.counted(UInt64(record.bytes.count), "byte"), in: rect)
        let body = rect.split(top: 1).rest
        let verdict = verdict(record, in: model, width: max(1, rect.width - 4))
        let (head, panes) = body.split(top: min(verdict.count, max(1, body.height / 3)))
        for (row, line) in verdict.prefix(head.height).enumerated() {
            screen.put(line.text, x: head.x + 1, y: head.y + row, style: line.style)
        }
        let lines = PacketDetail.lines(of: record)
        let layout = DetailLayout(
            in: panes, split: model.lasting.layout.split, pane: model.detail.pane,
            fields: lines.count, bytes: record.bytes.count)
        FieldsPane.draw(lines, model.detail, in: layout.fields, on: &screen)
        if let rect = layout.bytes {
            BytesPane.draw(
                record, lines, model.detail, bytesInRow: layout.bytesInRow, in: rect, on: &screen)
        }
        if let rect = layout.records { RecordsPane.draw(record, model, in: rect, on: &screen) }
    }

    /// The head of a pane; of the one with the cursor it stands in brackets.
    static func drawHead(
        _ title: String, right: String = "", isActive: Bool, in rect: Rect, on screen: inout Screen
    ) {
        screen.rule(
            isActive ? "[\(title)]" : title, right: right, in: rect,
            style: isActive ? .accent : .border)
    }

    private static func title(of record: PacketRecord, in model: ConsoleModel) -> String {
        let time = Numbers.clock(unixMilliseconds: record.unixMilliseconds)
        let device = record.deviceID.map { " \(SafeText.escaped($0))" } ?? ""
        let name = record.refusal?.reason.name ?? "accepted"
        let sender = record.model.map { "\($0)" } ?? "–"
        let isMarked = model.marks.isMarked(.number(record.id), in: model.view)
        return (isMarked ? "◆ " : "")
            + "\(name) · \(sender)\(device) · \(SafeText.escaped(record.address)) · \(time)Z"
    }

    /// What was decided and what was found out about it, wrapped; each fact once, also beside the fields,
    /// which say where it is.
    private static func verdict(
        _ record: PacketRecord, in model: ConsoleModel, width: Int
    ) -> [(text: String, style: Style)] {
        var sentences: [(mark: String, text: String, style: Style)] = []
        if let account = RefusalAccount(of: record) {
            sentences.append(("✗", account.sentence, .bad))
            if let evidence = account.evidence { sentences.append((" ", evidence, .text)) }
            if let like = likeness(of: record, in: model) { sentences.append((" ", like, .dim)) }
        } else {
            sentences.append(("✓", "accepted: every check passed", .good))
        }
        return sentences.flatMap { mark, text, style in
            TextWidth.wrapped(text, to: width).enumerated().map { row, line in
                ((row == 0 ? "\(mark) " : "  ") + line, style)
            }
        }
    }

    /// How many of the refusals that are kept are like it, lately; nil where none is.
    private static func likeness(of record: PacketRecord, in model: ConsoleModel) -> String? {
        let since = record.unixMilliseconds - 60_000
        let like = model.shown.rejections.filter {
            $0.id != record.id && $0.unixMilliseconds > since
                && $0.unixMilliseconds <= record.unixMilliseconds
                && $0.refusal?.reason == record.refusal?.reason && $0.model == record.model
        }
        guard !like.isEmpty else { return nil }
        let isOneSource = like.allSatisfy { $0.host == record.host }
        return "\(Numbers.grouped(UInt64(like.count))) like it in the minute before, "
            + (isOneSource
                ? "all from \(SafeText.escaped(String(record.host)))" : "from several addresses")
    }
}
