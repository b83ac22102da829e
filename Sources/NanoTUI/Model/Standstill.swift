import NanoCore

/// What is drawn while the views are frozen, or show a moment of the past.
extension ConsoleModel {
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
