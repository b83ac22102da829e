/// Rows in columns with a head. Columns drop out by importance where the room is small; a number is
/// never cut.
public struct Table: Sendable {
    public struct Column: Sendable {
        public var title: String
        /// Of its numbers, behind the title: `s`, `/s`.
        public var unit: String
        public var width: Int
        public var isNumber: Bool
        /// The column with the highest number goes first when there is no room.
        public var importance: Int
        /// Takes the room that the others leave.
        public var isFlexible: Bool
        /// Takes of that room what its longest text needs.
        public var isGrowing: Bool
        /// Draws the curve of an entry; the head says how many values that are.
        var graph: GraphKind?

        public init(
            _ title: String, _ width: Int, unit: String = "", number isNumber: Bool = false,
            importance: Int = 0, flexible isFlexible: Bool = false, growing isGrowing: Bool = false
        ) {
            self.title = title
            self.unit = unit
            self.width = width
            self.isNumber = isNumber
            self.importance = importance
            self.isFlexible = isFlexible
            self.isGrowing = isGrowing
        }

        /// What stands above it.
        var head: String {
            unit.isEmpty || unit.hasPrefix("/") ? title + unit : "\(title) \(unit)"
        }

        /// As it is typed, and kept: its title without a unit, `last-seen`.
        var name: String { Self.typed(title) }

        /// Whether a name means it: as older versions kept it, with its unit, it does too.
        func isCalled(_ name: String) -> Bool { [self.name, Self.typed(head)].contains(name) }

        private static func typed(_ words: String) -> String {
            words.lowercased().replacing(" ", with: "-")
        }

        /// A curve that takes the room that the others leave.
        public static func graph(_ width: Int, importance: Int) -> Column {
            var column = Column("", width, importance: importance, flexible: true)
            column.graph = .seconds
            return column
        }

        /// A curve of measurements, between the least and the largest of them.
        static func trace(_ width: Int, importance: Int) -> Column {
            var column = graph(width, importance: importance)
            column.graph = .measurements
            return column
        }
    }

    enum GraphKind {
        /// A column a second.
        case seconds
        case measurements
    }

    /// One value of a row.
    public struct Entry: Sendable {
        public var text: String
        public var style: Style
        /// Of a graph, oldest first.
        public var curve: [Double] = []
        /// What stands on top of the curve, of the same seconds; nil where nothing does.
        var upper: [Double]?

        public init(_ text: String, _ style: Style = .text) {
            self.text = text
            self.style = style
        }

        public init(curve: [Double]) {
            self.init("", Style(.graphLow))
            self.curve = curve
        }

        /// - Parameter upper: Drawn on top of the curve.
        init(curve: [Double], upper: [Double]) {
            self.init(curve: curve)
            self.upper = upper
        }
    }

    public var columns: [Column]
    /// Index of the column that the rows are sorted by, and whether upwards.
    public var sorted: (column: Int, ascending: Bool)?
    /// Columns that are left out, by their names.
    var hidden: Set<String> = []
    /// How curves on top of each other are drawn.
    var curves = StackedGraph.Form.braille

    /// Whether the titles stand above the rows.
    let hasHead: Bool

    public init(
        columns: [Column], sorted: (column: Int, ascending: Bool)? = nil, hasHead: Bool = true
    ) {
        self.columns = columns
        self.sorted = sorted
        self.hasHead = hasHead
    }

    /// Draws the head, if it has one, and as many rows as there is room for.
    ///
    /// - Parameters:
    ///   - selected: Index of the row that the cursor is on.
    ///   - marked: Indices of the rows that have been marked.
    public func draw(
        _ rows: [[Entry]], selected: Int?, marked: Set<Int> = [], in rect: Rect,
        on screen: inout Screen
    ) {
        guard rect.height > 0, rect.width > 2 else { return }
        let layout = layout(rows, width: rect.width - 2)
        for (index, x, width) in layout where hasHead {
            var title =
                columns[index].graph.map { Self.title(of: $0, rows, index, width) }
                ?? columns[index].head
            if let sorted, sorted.column == index { title += sorted.ascending ? "↑" : "↓" }
            put(title, .dim, index, rect.x + 2 + x, rect.y, width, &screen)
        }
        let head = hasHead ? 1 : 0
        for (number, row) in rows.prefix(rect.height - head).enumerated() {
            let y = rect.y + head + number
            for (index, x, width) in layout where index < row.count {
                let (entry, place) = (row[index], rect.x + 2 + x)
                switch (columns[index].graph, entry.upper) {
                case (_, let upper?):
                    stack(upper, on: entry, x: place + width, y: y, width: width, &screen)
                case (.seconds, nil):
                    Graph.draw(
                        entry.curve, entry.style.role, x: place, y: y, width: width, on: &screen)
                case (.measurements, nil):
                    let text = Graph.trace(entry.curve, width: width)
                    put(text, entry.style, index, place, y, width, &screen)
                case (nil, nil): put(entry.text, entry.style, index, place, y, width, &screen)
                }
            }
            if marked.contains(number) { screen.put("◆", x: rect.x + 1, y: y, style: .accent) }
            guard number == selected else { continue }
            screen.put("▶", x: rect.x, y: y, style: .selected)
            screen.paint(
                Rect(x: rect.x, y: y, width: rect.width, height: 1), style: .selected)
        }
    }

    /// How much of its past a curve shows: no more than there is.
    private static func title(
        of graph: GraphKind, _ rows: [[Entry]], _ index: Int, _ width: Int
    ) -> String {
        let longest = rows.map { index < $0.count ? $0[index].curve.count : 0 }.max() ?? 0
        let shown = min(width, longest)
        return switch graph {
        case .seconds: "last \(shown) s"
        case .measurements:
            [shown < longest ? "last \(shown) of \(longest)" : "all \(shown)", "last \(shown)"]
                .first { $0.count <= width } ?? ""
        }
    }

    /// Draws two curves that end in front of a column.
    private func stack(
        _ upper: [Double], on entry: Entry, x: Int, y: Int, width: Int, _ screen: inout Screen
    ) {
        let columns = StackedGraph.columns(
            lower: entry.curve, upper: upper, width: width, form: curves)
        for (place, column) in columns.enumerated() {
            screen.put(
                String(column.character), x: x - columns.count + place, y: y,
                style: column.hasUpper ? Style(.graphMiddle) : entry.style)
        }
    }

    private func put(
        _ text: String, _ style: Style, _ index: Int, _ x: Int, _ y: Int, _ width: Int,
        _ screen: inout Screen
    ) {
        let fitted = TextWidth.fitted(text, to: width)
        if columns[index].isNumber {
            // Part of a number is another number.
            let isCut = fitted != text && text.contains(where: \.isNumber)
            screen.put(isCut ? "…" : fitted, endingAt: x + width, y: y, style: style)
        } else {
            screen.put(fitted, x: x, y: y, style: style, columns: width)
        }
    }
}
