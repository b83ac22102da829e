import NanoCore

/// What needs somebody, the worst first. A sentence begins with how much there is of it and of whom,
/// and ends in what is to be done: where a row is too short for all of it the sentence takes a free
/// one, or loses its end, which Enter leads to.
enum AlarmsView {
    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let alarms = model.alarms
        let rows = rect.split(top: 1).rest
        let title =
            model.filter(.overview).isEmpty
            ? "Alarms"
            : model.listTitle("Alarms", shown: alarms.count, of: model.shown.alarms.count)
        guard !alarms.isEmpty else {
            screen.rule(title, in: rect)
            if model.shown.alarms.isEmpty {
                drawNone(model.shown, in: rows, on: &screen)
            } else {
                model.drawEmpty("", in: rect, on: &screen)
            }
            return
        }
        let selected = model.cursor.map { $0 - model.routes.count }.flatMap {
            $0 >= 0 ? $0 : nil
        }
        let window = ListState().window(count: alarms.count, index: selected, rows: rows.height)
        let left = alarms.count - window.count
        screen.rule(title, right: left > 0 ? "+\(left) more" : "", in: rect)
        var free = rows.height - window.count
        var y = rows.y
        let order = window.sorted { ($0 == selected ? 0 : 1, $0) < ($1 == selected ? 0 : 1, $1) }
        var heights: [Int: Int] = [:]
        for index in order {
            let needed = wrapped(alarms[index], rows.width).count
            let height = needed - 1 <= free ? needed : 1
            heights[index] = height
            free -= height - 1
        }
        for index in window {
            let height = heights[index] ?? 1
            draw(
                alarms[index], isSelected: index == selected,
                in: Rect(x: rows.x, y: y, width: rows.width, height: height), on: &screen)
            let place = model.routes.count + index
            if model.rowIDs.indices.contains(place) {
                screen.mark(
                    .row(model.rowIDs[place]), x: rows.x, y: y, width: rows.width, height: height)
            }
            y += height
        }
    }

    /// Rows that alarms which come and go leave to what is below.
    private static let leastRows = 4

    /// Rows that all of it takes, with its title.
    static func height(of model: ConsoleModel, width: Int) -> Int {
        let lines = model.alarms.reduce(0) { $0 + wrapped($1, width).count }
        return 1 + max(leastRows, lines)
    }

    private static func drawNone(_ snapshot: Snapshot, in rect: Rect, on screen: inout Screen) {
        let port = snapshot.gateway.devicePort
        let failing = snapshot.routes.first { [.retrying, .refusing].contains($0.state) }
        let sentence =
            if let failing {
                "no alarm yet, but \(SafeText.escaped(failing.name)) is \(failing.state.rawValue)"
            } else if snapshot.ledger.received > 0 {
                "✓ nothing needs you"
            } else if port == 0 {
                // At a gateway's first moments, which can be looked at again.
                "No packet yet."
            } else {
                "No packet yet: devices connect to TCP \(port); `nanogridata simulate` sends some."
            }
        for (row, line) in TextWidth.wrapped(sentence, to: max(1, rect.width - 2)).enumerated()
        where row < rect.height {
            screen.put(" " + line, x: rect.x, y: rect.y + row, style: .dim)
        }
    }

    private static func draw(
        _ alarm: AlarmSnapshot, isSelected: Bool, in rect: Rect, on screen: inout Screen
    ) {
        let style = isSelected ? Style.selected : style(alarm)
        var lines = wrapped(alarm, rect.width)
        if lines.count > rect.height {
            lines = [TextWidth.fitted(sentence(alarm), to: max(1, rect.width - indent))]
        }
        let time = Numbers.clock(unixMilliseconds: alarm.unixMilliseconds)
        screen.put(isSelected ? "▶" : " ", x: rect.x, y: rect.y, style: style)
        screen.put("\(time) \(mark(of: alarm))", x: rect.x + 1, y: rect.y, style: style)
        for (row, line) in lines.enumerated() {
            screen.put(line, x: rect.x + indent, y: rect.y + row, style: style)
        }
        if isSelected { screen.paint(rect, style: .selected) }
    }

    /// One that somebody looks after calls for nobody else.
    static func mark(of alarm: AlarmSnapshot) -> String {
        alarm.acknowledgement == nil ? glyph(alarm.severity) : "◌"
    }

    static func glyph(_ severity: AlarmSnapshot.Severity) -> String {
        severity == .critical ? "✗" : "▲"
    }

    static func style(_ severity: AlarmSnapshot.Severity) -> Style {
        severity == .critical ? .bad : .warning
    }

    /// One that somebody looks after has a colour of its own.
    static func style(_ alarm: AlarmSnapshot) -> Style {
        alarm.acknowledgement == nil ? style(alarm.severity) : .seen
    }

    /// Columns in front of a sentence.
    private static let indent = 12

    static func sentence(_ alarm: AlarmSnapshot) -> String {
        SafeText.escaped("\(alarm.title): \(alarm.text)")
    }

    private static func wrapped(_ alarm: AlarmSnapshot, _ width: Int) -> [String] {
        TextWidth.wrapped(sentence(alarm), to: max(1, width - indent))
    }
}
