import NanoCore

/// What fired, since when and who looks after it; below it what was done, by whom, with its result.
enum AlarmsAuditView {
    static let columns = [
        Table.Column("", 1), Table.Column("state", 8), Table.Column("since", 8),
        Table.Column("lasts", 8, number: true, importance: 1),
        Table.Column("seen by", 10, importance: 2),
        Table.Column(telling, 16, importance: 0, flexible: true),
    ]
    /// The column that tells which alarm it is.
    static let telling = "alarm"

    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let (alarms, audit) = (model.alarms, model.audit)
        // Each takes what it needs, and half of the room where both need more.
        let half = rect.height / 2
        let above = max(min(alarms.count + 2, rect.height - min(audit.count + 2, half)), 3)
        let (top, bottom) = rect.split(top: above)
        drawAlarms(model, in: top, on: &screen)
        let rows = bottom.split(top: 1).rest
        screen.rule("Audit trail", right: kept(audit), in: bottom)
        guard !audit.isEmpty else {
            if !model.isWaitingForRows {
                screen.put(
                    "Nothing was done yet.", x: rows.x + 2, y: rows.y, style: .dim)
            }
            return
        }
        let cursor = model.cursor.map { $0 - alarms.count }
        drawPart(
            model, AuditRows.table, alarms.count..<alarms.count + audit.count, cursor, in: rows,
            on: &screen
        ) {
            AuditRows.row(audit[$0])
        }
    }

    /// How many of all entries there are; they are numbered from 1 on, and the newest comes first.
    private static func kept(_ audit: [AuditSnapshot]) -> String {
        guard let newest = audit.first else { return "" }
        return "newest \(audit.count) of \(Numbers.grouped(newest.number))"
    }

    private static func drawAlarms(
        _ model: ConsoleModel, in rect: Rect, on screen: inout Screen
    ) {
        let alarms = model.alarms
        let standing = alarms.count { $0.endedUnixMilliseconds == nil }
        let seen = alarms.count { $0.endedUnixMilliseconds == nil && $0.acknowledgement != nil }
        let all = model.shown.alarms.count + model.shown.endedAlarms.count
        let title =
            model.filter(.alarms).isEmpty
            ? "Alarms · \(standing) stand"
            : model.listTitle("Alarms", shown: alarms.count, of: all)
        screen.rule(
            title,
            right: standing > 0 ? "\(seen) of them looked after" : "", in: rect)
        let rows = rect.split(top: 1).rest
        guard !alarms.isEmpty || all == 0 else {
            return model.drawEmpty("", in: rect, on: &screen)
        }
        guard !alarms.isEmpty else {
            screen.put("✓ Nothing needs you.", x: rows.x + 2, y: rows.y, style: .dim)
            return
        }
        let now = model.shown.gateway.unixMilliseconds
        var table = Table(columns: columns)
        table.hidden = model.hiddenColumns(of: .alarms)
        drawPart(model, table, 0..<alarms.count, model.cursor, in: rows, on: &screen) {
            row(alarms[$0], now)
        }
    }

    /// The rows of one of the two lists, with the cursor where it is in this one.
    ///
    /// - Parameter places: Of its rows in the view.
    private static func drawPart(
        _ model: ConsoleModel, _ table: Table, _ places: Range<Int>, _ cursor: Int?, in rect: Rect,
        on screen: inout Screen, row: (Int) -> [Table.Entry]
    ) {
        let index = cursor.flatMap { (0..<places.count).contains($0) ? $0 : nil }
        let window = ListState().window(
            count: places.count, index: index, rows: rect.height - 1)
        let selected = index.map { $0 - window.lowerBound }
        table.draw(window.map(row), selected: selected, in: rect, on: &screen)
        let shown = window.map { $0 + places.lowerBound }
        model.markRows(shown, in: rect.split(top: 1).rest, on: &screen)
    }

    private static func row(_ alarm: AlarmSnapshot, _ now: Int64) -> [Table.Entry] {
        let isOver = alarm.endedUnixMilliseconds != nil
        let style: Style = isOver ? .silent : AlarmsView.style(alarm)
        let byClock = Double(max(0, (alarm.endedUnixMilliseconds ?? now) - alarm.unixMilliseconds))
        return [
            Table.Entry(isOver ? "✓" : AlarmsView.glyph(alarm.severity), style),
            Table.Entry(isOver ? "over" : alarm.severity.rawValue, style),
            Table.Entry(Numbers.clock(unixMilliseconds: alarm.unixMilliseconds), .dim),
            Table.Entry(Numbers.duration(alarm.lastedSeconds ?? byClock / 1_000), .dim),
            Table.Entry(
                alarm.acknowledgement.map { SafeText.escaped($0.by) } ?? (isOver ? "" : "nobody"),
                alarm.acknowledgement == nil ? .dim : .text),
            Table.Entry(SafeText.escaped("\(alarm.title): \(alarm.text)"), style),
        ]
    }
}
