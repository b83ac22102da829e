import NanoCore

/// What is refused, counted by what it has in common.
enum RefusalGroupsView {
    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let grouping = model.refusalGrouping
        let total = model.refusalGroups.reduce(0) { $0 + $1.count }
        let title = model.listTitle(
            "Rejections by \(grouping)", shown: total, of: model.shown.rejections.count)
        screen.rule(title, right: "c: by \(grouping.next)", in: rect)
        let rows = rect.split(top: 1).rest
        guard !model.refusalGroups.isEmpty else {
            model.drawEmpty("Nothing has been refused yet.", in: rows, on: &screen)
            return
        }
        model.drawList(
            table(grouping), count: model.refusalGroups.count, in: rows, on: &screen
        ) { index in
            row(model.refusalGroups[index], grouping)
        }
    }

    static func table(_ grouping: RefusalGrouping) -> Table {
        Table(columns: [
            Table.Column("\(grouping)", 20, growing: true),
            Table.Column("kept", 6, number: true), Table.Column("per s", 7, number: true),
            Table.Column("newest", 8, importance: 2),
            Table.Column(grouping == .reason ? "mostly from" : "mostly", 18, importance: 1),
        ])
    }

    static func row(
        _ group: RefusalGroup, _ grouping: RefusalGrouping
    ) -> [Table.Entry] {
        [
            Table.Entry(
                group.name.map(SafeText.name) ?? "not told", grouping == .reason ? .bad : .text),
            Table.Entry(Numbers.grouped(UInt64(group.count))),
            Table.Entry(Numbers.rate(group.perSecond)),
            Table.Entry(Numbers.clock(unixMilliseconds: group.newestUnixMilliseconds), .dim),
            Table.Entry(SafeText.escaped(group.mostly), .dim),
        ]
    }
}
