import NanoCore

/// Addresses that flood with what is refused, or connect for nothing, and those that are blocked.
enum OffendersView {
    static let columns = [
        Table.Column("state", 8), Table.Column("address", 18, growing: true),
        Table.Column("refused", 11, unit: "/min", number: true),
        Table.Column("conns", 9, unit: "/min", number: true, importance: 1),
        Table.Column("mostly", 17, importance: 2),
        Table.Column("since", 8, number: true, importance: 3),
        Table.Column("ends in", 8, number: true), Table.Column("by", 8, importance: 4),
    ]

    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let offenders = model.shown.offenders
        let all = offenders.offending + offenders.blocked
        let title = model.listTitle("Offenders", shown: model.offenders.count, of: all)
        let left = all - offenders.rows.count
        let parts = [summary(offenders), left > 0 ? "+\(Numbers.grouped(UInt64(left))) more" : ""]
        screen.rule(
            title, right: parts.filter { !$0.isEmpty }.joined(separator: " · "), in: rect)
        let rows = rect.split(top: 1).rest
        guard !model.offenders.isEmpty else {
            model.drawEmpty(
                "No address floods, flaps or is blocked.", in: rows, on: &screen)
            return
        }
        let table = Table(columns: columns)
        let now = model.shown.gateway.unixMilliseconds
        model.drawList(table, count: model.offenders.count, in: rows, on: &screen) { index in
            row(model.offenders[index], offenders.holds ?? [], now)
        }
    }

    private static func row(
        _ row: OffenderSnapshot, _ holds: [BlockHold], _ now: Int64
    ) -> [Table.Entry] {
        let hold = row.isByOperator ? holds.first { $0.source == row.source } : nil
        let style: Style =
            switch row.state {
            case .watched: .idle
            case .slowed: .warning
            case .blocked: .blocked
            }
        let since = Double(max(0, now - row.sinceUnixMilliseconds)) / 1_000
        let left = row.untilUnixMilliseconds.map { Double(max(0, $0 - now)) / 1_000 }
        return [
            Table.Entry(row.state.rawValue, style), Table.Entry(SafeText.escaped(row.source)),
            Table.Entry(Numbers.grouped(UInt64(row.refusedPerMinute))),
            Table.Entry(Numbers.grouped(UInt64(row.connectionsPerMinute))),
            hold.map { Table.Entry(words(of: $0), .blocked) }
                ?? Table.Entry(row.reasons.first?.reason.name ?? "–", .dim),
            Table.Entry(Numbers.duration(since), .dim),
            Table.Entry(left.map(Numbers.duration) ?? "–"),
            Table.Entry(row.isByOperator ? "operator" : "gateway", .dim),
        ]
    }

    /// How many it keeps out that were heard before: `⊘ 3 devices`.
    private static func words(of hold: BlockHold) -> String {
        let count = UInt64(hold.isCounted ? hold.devices : hold.addresses)
        return hold.isCounted
            ? "⊘ \(Numbers.counted(count, "device"))"
            : "⊘ \(Numbers.grouped(count)) \(count == 1 ? "address" : "addresses")"
    }

    /// What a head says of offenders; empty where there are none.
    static func summary(_ offenders: OffendersSnapshot) -> String {
        [
            (offenders.offending, offenders.offending == 1 ? "offends" : "offend"),
            (offenders.blocked, "blocked"),
        ]
        .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: " · ")
    }
}
