import NanoCore

/// The newest frames with their verdicts, live.
enum RecordsView {
    static let rejectionColumns = [
        Table.Column("time", 8), Table.Column("reason", 17),
        Table.Column("model", 5, importance: 2), Table.Column("device", 12, importance: 1),
        Table.Column("what is wrong", 26, importance: 1, flexible: true),
        Table.Column("address", 21, importance: 4),
    ]

    static let packetColumns = [
        Table.Column("time", 8), Table.Column("model", 5, importance: 1),
        Table.Column("device", 14), Table.Column("type", 9, importance: 3),
        Table.Column("level", 8, importance: 4),
        Table.Column("reading", 34, importance: 1, flexible: true),
        Table.Column("bytes", 5, number: true, importance: 5),
        Table.Column("address", 21, importance: 6),
    ]

    static func drawPackets(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let records = model.records
        let title = model.listTitle(
            "Packets", shown: records.count, of: model.shown.packets.count,
            ever: model.shown.ledger.accepted)
        screen.rule(title, right: follow(model), in: rect)
        let rows = rect.split(top: 1).rest
        guard !records.isEmpty else {
            model.drawEmpty("No packet has been accepted yet.", in: rows, on: &screen)
            return
        }
        let table = Table(columns: packetColumns)
        model.drawList(table, count: records.count, in: rows, on: &screen) { index in
            let record = records[index]
            let header = FrameBounds(readingAt: 0, in: record.bytes.span)?.header
            return [
                Table.Entry(Numbers.clock(unixMilliseconds: record.unixMilliseconds), .dim),
                Table.Entry(record.model?.description ?? "–"),
                Table.Entry(record.deviceName ?? "–"),
                Table.Entry(header?.type.name ?? "–"), Table.Entry(header?.level.name ?? "–", .dim),
                Table.Entry(SafeText.escaped(Reading.words(of: record)), .accent),
                Table.Entry(Numbers.grouped(UInt64(record.bytes.count)), .dim),
                Table.Entry(SafeText.escaped(record.address), .dim),
            ]
        }
    }

    static func drawRejections(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let records = model.records
        let title = model.listTitle(
            "Rejections", shown: records.count, of: model.shown.rejections.count,
            ever: model.shown.ledger.refused)
        let offenders = OffendersView.summary(model.shown.offenders)
        screen.rule(
            title, right: (offenders.isEmpty ? "" : offenders + " · ") + follow(model), in: rect)
        let (counts, rest) = rect.split(top: 1).rest.split(top: 3)
        let inner = Rect(
            x: counts.x + 2, y: counts.y, width: counts.width - 3, height: counts.height)
        drawReasons(model, in: inner.split(top: 2).top, on: &screen)
        drawSenders(records, in: inner.split(bottom: 1).bottom, on: &screen)
        guard !records.isEmpty else {
            model.drawEmpty("Nothing has been refused yet.", in: rest, on: &screen)
            return
        }
        let table = Table(columns: rejectionColumns)
        model.drawList(table, count: records.count, in: rest, on: &screen) { index in
            let record = records[index]
            return [
                Table.Entry(Numbers.clock(unixMilliseconds: record.unixMilliseconds), .dim),
                Table.Entry(record.refusal?.reason.name ?? "", .bad),
                Table.Entry(record.model?.description ?? "–"),
                Table.Entry(record.deviceName ?? "–"),
                Table.Entry(SafeText.escaped(RefusalAccount(of: record)?.sentence ?? "")),
                Table.Entry(SafeText.escaped(record.address), .dim),
            ]
        }
    }

    /// All that was refused since the start; where a filter stands it says that this is not what matches.
    private static func drawReasons(
        _ model: ConsoleModel, in rect: Rect, on screen: inout Screen
    ) {
        let isFiltered = !model.filter(.rejections).isEmpty
        draw(Tally(items: reasons(model)), isFiltered ? "of all: " : "", in: rect, on: &screen)
    }

    private static func drawSenders(
        _ records: [PacketRecord], in rect: Rect, on screen: inout Screen
    ) {
        guard !records.isEmpty else { return }
        draw(Tally(items: senders(records)), "of these: ", in: rect, on: &screen)
    }

    /// Draws a tally behind a word of what it counts.
    private static func draw(
        _ tally: Tally, _ whose: String, in rect: Rect, on screen: inout Screen
    ) {
        let x = screen.put(whose, x: rect.x, y: rect.y, style: .dim)
        let rest = Rect(
            x: x, y: rect.y, width: rect.width - (x - rect.x), height: rect.height)
        tally.draw(in: rest, on: &screen)
    }

    /// How often each reason was given since the start, most often first.
    private static func reasons(_ model: ConsoleModel) -> [Tally.Item] {
        let ledger = model.shown.ledger
        return RefusalReason.allCases.filter { ledger[$0] > 0 }
            .sorted { ledger[$0] > ledger[$1] }
            .map { reason in
                let rate = Numbers.rate(model.history.rate("reason/\(reason.name)"))
                let count = "\(Numbers.grouped(ledger[reason])) \(rate)/s"
                return Tally.Item(name: reason.name, count: count)
            }
    }

    /// How many of those listed each device sent, most first; by address where none is known.
    private static func senders(_ records: [PacketRecord]) -> [Tally.Item] {
        var counts: [String: Int] = [:]
        for record in records { counts[sender(record), default: 0] += 1 }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { name, count in
            Tally.Item(
                name: TextWidth.fitted(name, to: 24), count: Numbers.grouped(UInt64(count)))
        }
    }

    private static func sender(_ record: PacketRecord) -> String {
        if let device = record.deviceName { return device }
        return record.address.lastIndex(of: ":").map { String(record.address[..<$0]) } ?? "–"
    }

    private static func follow(_ model: ConsoleModel) -> String {
        model.list(model.view).isFollowing ? "▼ following" : "End follows"
    }
}

extension PacketRecord {
    /// The device's id as it is shown; nil where it has none, or an empty one, which names nobody.
    fileprivate var deviceName: String? {
        deviceID.flatMap { $0.isEmpty ? nil : SafeText.name($0) }
    }
}
