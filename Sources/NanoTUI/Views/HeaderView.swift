import NanoCore

/// The line on top: who, whether it works, since when.
enum HeaderView {
    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        guard rect.height > 0 else { return }
        let gateway = model.live.gateway
        let isOver = model.hasPlayedOut
        let (glyph, style) = isOver ? ("‖", .paused) : mark(gateway.state)
        let state = isOver ? "ended" : gateway.state.rawValue + age(model)
        let connections = Numbers.counted(UInt64(model.live.connections.open), "conn")
        var parts: [(text: String, style: Style)] = [
            (" nanogridata", .title), ("  \(gateway.name)", .text),
            ("  \(glyph) \(state)", style),
            (word(model.attachment), .warning),
            (model.live.capture?.isRunning == true ? "  capture" : "", .warning),
            (hiddenAlarms(model), .warning),
            (
                "  :\(gateway.devicePort)" + (model.oldness == nil ? "  \(connections)" : ""), .dim
            ),
        ]
        func width(_ parts: some Sequence<(text: String, style: Style)>) -> Int {
            parts.reduce(0) { $0 + TextWidth.columns(of: $1.text) }
        }
        let rect = drawStandstill(
            model, besides: width(parts.prefix(6)), in: rect, on: &screen)
        // The gateway's state matters more than its name, and than the program's.
        if width(parts.prefix(3)) > rect.width { parts.remove(at: 1) }
        if width(parts.prefix(2)) > rect.width, width(parts[1...1]) <= rect.width {
            parts.remove(at: 0)
        }
        var x = rect.x
        for part in parts {
            // Part of a number is another number.
            let text = TextWidth.fitted(part.text, to: rect.width)
            guard x + TextWidth.columns(of: text) <= rect.x + rect.width else { break }
            x = screen.put(text, x: x, y: rect.y, style: part.style)
        }
        let clock = Numbers.clock(unixMilliseconds: gateway.unixMilliseconds) + "Z"
        let facts =
            (model.oldness == nil
                ? [
                    "up \(Numbers.duration(gateway.uptimeSeconds))",
                    Numbers.bytes(gateway.residentBytes),
                ] + (model.isFrozen ? [] : ["cpu \(model.history.processorUse)"]) : []) + [
                model.hasColors ? "theme \(model.themeName)" : "no colours", clock,
            ]
        // From the right, as far as there is room.
        for count in (1...facts.count).reversed() {
            let text = facts.suffix(count).joined(separator: "  ") + " "
            guard x + 2 + TextWidth.columns(of: text) <= rect.x + rect.width else { continue }
            screen.put(text, endingAt: rect.x + rect.width, y: rect.y, style: .dim)
            return
        }
    }

    /// Says at the right end that what is below is not what is now, before anything else is said.
    ///
    /// - Parameter columns: What the longest form has to leave free.
    /// - Returns: What it leaves of the line.
    private static func drawStandstill(
        _ model: ConsoleModel, besides columns: Int, in rect: Rect, on screen: inout Screen
    ) -> Rect {
        let forms = model.standstillForms.map { " \($0) " }
        func fits(_ form: String, _ taken: Int) -> Bool {
            TextWidth.columns(of: form) + taken <= rect.width
        }
        guard
            let form = forms.prefix(1).first(where: { fits($0, columns + 2) })
                ?? forms.dropFirst(model.rewound == nil ? 1 : 0).first(where: { fits($0, 0) })
        else { return rect }
        screen.put(form, endingAt: rect.x + rect.width, y: rect.y, style: .selected)
        let width = rect.width - TextWidth.columns(of: form)
        return Rect(x: rect.x, y: rect.y, width: width, height: rect.height)
    }

    /// Alarms are told where their pane is hidden, and those that a frozen view does not have.
    private static func hiddenAlarms(_ model: ConsoleModel) -> String {
        if model.isFrozen {
            let seen = Set(model.shown.alarms.map(\.id))
            let new = UInt64(model.live.alarms.count { !seen.contains($0.id) })
            return new > 0 ? "  ▲ \(Numbers.counted(new, "new alarm"))" : ""
        }
        let count = UInt64(model.live.alarms.count)
        guard model.view == .overview, !model.shows(.alarms), count > 0 else { return "" }
        return "  ▲ \(Numbers.counted(count, "alarm"))"
    }

    /// How old all below is, where the gateway does not answer.
    private static func age(_ model: ConsoleModel) -> String {
        model.oldness.map { " · \($0)" } ?? ""
    }

    private static func word(_ attachment: Attachment) -> String {
        switch attachment {
        case .none, .steering: ""
        case .lookingInside, .beside, .looking: "  read-only"
        case .playing: "  recording"
        }
    }

    private static func mark(_ state: GatewaySnapshot.State) -> (String, Style) {
        switch state {
        case .running: ("●", .good)
        case .starting: ("◌", .idle)
        case .draining: ("◌", .warning)
        case .blocked: ("✗", .blocked)
        case .unreachable: ("✗", .bad)
        }
    }
}
