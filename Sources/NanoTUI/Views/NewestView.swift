import NanoCore

/// What tall screens have room for below the alarms: whose frames are refused, and what the gateway has
/// said last.
enum NewestView {
    /// Rows from which on it is worth showing.
    static let leastHeight = 6

    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let rejections = model.shown.rejections
        let groups = RefusalGroup.groups(
            of: rejections, kept: rejections, by: .source,
            now: model.shown.gateway.unixMilliseconds)
        let share = model.shown.log.isEmpty ? rect.height : rect.height / 2
        let (sources, log) = rect.split(top: groups.isEmpty ? 0 : min(groups.count + 2, share))
        if !groups.isEmpty { draw(groups, of: rejections.count, in: sources, on: &screen) }
        guard !model.shown.log.isEmpty, log.height > 1 else { return }
        screen.rule("Log", in: log)
        // It has no head: the columns tell what they are.
        let rows = log.split(top: 1).rest
        let lines = model.shown.log.suffix(rows.height)
        let table = Table(columns: LogView.columns, hasHead: false)
        table.draw(lines.map(LogView.row), selected: nil, in: rows, on: &screen)
    }

    private static func draw(
        _ groups: [RefusalGroup], of count: Int, in rect: Rect, on screen: inout Screen
    ) {
        let left = groups.count - max(0, rect.height - 2)
        let newest = "of the newest \(Numbers.grouped(UInt64(count)))"
        screen.rule(
            "Refusals by source", right: left > 0 ? "\(newest) · +\(left) more" : newest, in: rect)
        RefusalGroupsView.table(.source).draw(
            groups.map { RefusalGroupsView.row($0, .source) }, selected: nil,
            in: rect.split(top: 1).rest, on: &screen)
    }
}
