import NanoCore

/// What is drawn while the view is frozen, or all show a moment of the past.
extension ConsoleModel {
    /// What the view is of.
    var place: Sight.Place {
        Sight.Place(
            view: view, route: view == .deadLetters ? lettersRoute : "",
            device: view == .device ? device : nil)
    }

    var isFrozen: Bool { frozenAt != nil }

    mutating func toggleFreeze() {
        look { [place] in $0.toggleFreeze(place) }
    }

    /// Shows a moment of the last hour: the nearest, or the nearest that is so many seconds away.
    mutating func stepBack(seconds: Double = 0) {
        look { [place, emptyCurve] in
            $0.stepBack(seconds: seconds, from: place, emptyCurve)
        }
    }

    /// The other way round; behind the newest moment is what is now.
    mutating func stepForward(seconds: Double = 0) {
        look { [emptyCurve] in $0.stepForward(seconds: seconds, emptyCurve) }
    }

    /// Begins the curve of the device that is open with what is remembered of it.
    mutating func drawDeviceCurve() {
        look { [emptyCurve] in $0.draw(emptyCurve) }
    }

    /// A curve of the device that is open, with nothing in it yet.
    var emptyCurve: DeviceCurve {
        DeviceCurve(of: device, isRepeated: attachment == .playing)
    }

    /// The times that there is a moment of, oldest first, and the time now.
    var remembered: (times: [Double], now: Double) { (rewind.times, rewind.now) }

    /// How long ago what is drawn was so, in seconds; nil while it is what is now.
    var standstillSeconds: Double? {
        guard let frozenAt else { return nil }
        // It runs on while the gateway does not answer.
        let silence = live.gateway.state == .unreachable ? live.gateway.silentSeconds ?? 0 : 0
        return max(0, rewind.now + silence - frozenAt)
    }

    /// The same for the line on top, the longest form first: `‖ frozen 00:10 · space thaws`.
    var standstillForms: [String] {
        guard let seconds = standstillSeconds else { return [] }
        let age = Numbers.duration(seconds)
        if rewound != nil {
            let ago = "‖ past, \(age) ago"
            return ["\(ago) · \(thawingKey): now", ago, "‖ past", "‖"]
        }
        // Another gateway begins to count at 0.
        let missed =
            live.ledger.received >= shown.ledger.received
            ? ", +\(Numbers.grouped(live.ledger.received - shown.ledger.received)) since" : ""
        let frozen = "‖ frozen \(age)"
        return [
            "\(frozen)\(missed) · \(thawingKey) thaws", "\(frozen) · \(thawingKey) thaws", frozen,
            "‖ frozen", "‖",
        ]
    }

    /// The key that shows what is now again; where there is none, what is typed for it.
    private var thawingKey: String {
        let binding = keyMap.bindings(in: view, isSmall: isSmall, attachment: attachment)
            .first { $0.action == .freeze }
        return binding?.keys.first?.name ?? ":\(Action.freeze.name)"
    }
}
