import NanoCore

/// The line that says which moment of the last hour is shown, and where in it that is.
enum ScrubberView {
    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        guard rect.height > 0, let moment = model.rewound else { return }
        let (times, now) = model.remembered
        let clock = Numbers.clock(unixMilliseconds: moment.snapshot.gateway.unixMilliseconds)
        let ago = Numbers.duration(max(0, now - moment.at))
        screen.fill(rect)
        let x = screen.put(
            " ‖ \(clock)Z, \(ago) ago \(rows(of: moment))", x: rect.x, y: rect.y, style: .warning)
        let end = "< > step  ( ) a minute  space: now "
        let isWide = x + 12 + TextWidth.columns(of: end) <= rect.x + rect.width
        let limit = rect.x + rect.width - (isWide ? TextWidth.columns(of: end) + 1 : 1)
        if isWide { screen.put(end, endingAt: rect.x + rect.width, y: rect.y, style: .dim) }
        guard let first = times.first, now > first, limit - x >= 8 else { return }
        let line = Rect(x: x, y: rect.y, width: limit - x, height: 1)
        screen.fill(line, with: "─", style: .dim)
        let share = min(1, max(0, (moment.at - first) / (now - first)))
        let place = x + Int((share * Double(line.width - 1)).rounded())
        screen.put("●", x: place, y: rect.y, style: .accent)
    }

    /// Of when the rows are, where that is another moment.
    private static func rows(of moment: Rewind.Moment) -> String {
        guard let at = moment.rowsAt else { return "· no lists kept " }
        let seconds = moment.at - at
        return seconds < 1 ? "" : "· lists \(Numbers.duration(seconds)) older "
    }
}
