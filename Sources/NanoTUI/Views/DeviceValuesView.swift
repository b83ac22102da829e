import NanoCore

/// What a device measures: a row for each of its numbers, and larger graphs where there is room.
enum DeviceValuesView {
    /// Rows of a larger graph with its name, at least and at most.
    private static let graphRows = 4...9
    /// Columns in front of a larger graph, for the numbers at its ends.
    private static let axisWidth = 12

    static func draw(_ values: DeviceValues, in rect: Rect, on screen: inout Screen) {
        let hidden = values.series.count - max(0, rect.height - 2)
        let parts = [
            values.packets > 0 ? "of \(Numbers.counted(UInt64(values.packets), "packet"))" : "",
            values.left > 0 ? "\(Numbers.grouped(UInt64(values.left))) numbers left out" : "",
            hidden > 0 ? "+\(hidden) more" : "",
        ]
        screen.rule(
            "Values", right: parts.filter { !$0.isEmpty }.joined(separator: " · "), in: rect)
        let rows = rect.split(top: 1).rest
        guard !values.series.isEmpty else {
            guard rows.height > 0 else { return }
            screen.put(
                "No telemetry of it is kept yet.", x: rows.x + 2, y: rows.y, style: .dim)
            return
        }
        let (top, rest) = rows.split(top: values.series.count + 1)
        table(values.series, width: rect.width).draw(
            values.series.map(row), selected: nil, in: top, on: &screen)
        drawGraphs(values.series, in: rest, on: &screen)
    }

    private static func table(_ series: [DeviceValues.Series], width: Int) -> Table {
        func widest(_ text: (DeviceValues.Series) -> String) -> Int {
            series.map { TextWidth.columns(of: SafeText.escaped(text($0))) }.max() ?? 0
        }
        return Table(columns: [
            Table.Column("value", max(5, min(widest(\.name), width >= 90 ? 32 : 18))),
            Table.Column("unit", max(4, min(widest(\.unit), 8)), importance: 2),
            Table.Column("latest", 8, number: true),
            Table.Column("least", 8, number: true, importance: 3),
            Table.Column("mean", 8, number: true, importance: 4),
            Table.Column("largest", 8, number: true, importance: 3),
            .trace(10, importance: 1),
        ])
    }

    private static func row(_ series: DeviceValues.Series) -> [Table.Entry] {
        let decimals = series.decimals
        func number(_ value: Double) -> String { Numbers.measured(value, decimals: decimals) }
        return [
            Table.Entry(SafeText.escaped(series.name)),
            Table.Entry(series.unit.isEmpty ? "–" : SafeText.escaped(series.unit), .dim),
            Table.Entry(number(series.latest), .accent),
            Table.Entry(number(series.least), .dim),
            Table.Entry(
                Numbers.measured(series.mean, decimals: series.meanDecimals), .dim),
            Table.Entry(number(series.largest), .dim),
            Table.Entry(curve: series.points),
        ]
    }

    /// Graphs of the first series, as many as there is room for.
    private static func drawGraphs(
        _ series: [DeviceValues.Series], in rect: Rect, on screen: inout Screen
    ) {
        let height = min(
            graphRows.upperBound, max(graphRows.lowerBound, rect.height / series.count))
        for (place, one) in series.prefix(rect.height / height).enumerated() {
            draw(
                one,
                in: Rect(
                    x: rect.x, y: rect.y + place * height, width: rect.width, height: height),
                on: &screen)
        }
    }

    private static func draw(
        _ series: DeviceValues.Series, in rect: Rect, on screen: inout Screen
    ) {
        let name = TextWidth.fitted(series.name, to: max(0, rect.width / 2))
        let x = screen.put("  \(name) ", x: rect.x, y: rect.y)
        screen.put(
            TextWidth.fitted(series.unit, to: 16), x: x, y: rect.y, style: .dim)
        let width = max(0, rect.width - axisWidth)
        let rows = Graph.chart(series.points, width: width, height: rect.height - 1)
        let shown = series.points.suffix(width)
        let decimals = series.decimals
        for (row, text) in rows.enumerated() {
            let y = rect.y + 1 + row
            let number = row == 0 ? shown.max() : row == rows.count - 1 ? shown.min() : nil
            if let number {
                screen.put(
                    Numbers.measured(number, decimals: decimals), endingAt: rect.x + axisWidth - 1,
                    y: y, style: .dim)
            }
            screen.put(text, x: rect.x + axisWidth, y: y, style: Style(.graphLow))
        }
    }
}
