import NanoCore

/// The keys that the bottom line tells of.
extension ConsoleModel {
    /// A key, and in a word what it does.
    typealias Hint = (key: String, words: String)

    /// The keys that do something for what the cursor is on, in the order of their use.
    var hints: [Hint] {
        hintsOfPlace
            + keyMap.hints(in: view, isSmall: isSmall, attachment: attachment).filter {
                isOfUse($0.action)
            }.map {
                binding in
                (binding.hint.key, words(of: binding))
            }
    }

    /// What leads away from what lies over a list.
    private var hintsOfPlace: [Hint] {
        if opened != nil { return [("Esc", "back"), ("Tab", "pane")] }
        return hidesList ? [("Esc", "back")] : []
    }

    /// Whether the rows of the view are not shown, so that nothing may be about them.
    var hidesList: Bool {
        view == .device && showsAllValues && opened == nil && unheardRow == nil
    }

    /// What is about the row under the cursor, or about all rows.
    static let actionsOnRows: Set<Action> = [
        .open, .filter, .dump, .copy, .mark, .nextMark, .unmarkAll,
    ]

    /// In a word, what a key does to what the cursor is on.
    private func words(of binding: KeyMap.Binding) -> String {
        switch binding.action {
        case .pause where chosenRoute?.state == .paused: "resume"
        case .blockDevice where standingOfChosen == .blocked: "unblock"
        case .follow where view.tab == .devices: "packets"
        case .values where showsAllValues: "list"
        case .freeze where rewound != nil: "now"
        case .freeze where isFrozen: "thaw"
        default: binding.hint.words
        }
    }

    private func isOfUse(_ action: Action) -> Bool {
        if hidesList, Self.actionsOnRows.contains(action) { return false }
        if rewound != nil, !action.worksInThePast { return false }
        return switch action {
        // An open packet has nothing to open or to list; there one goes back.
        case .open: opened == nil && (unheardRow == nil || cursor != nil)
        case .filter: opened == nil && view.isLong
        // Elsewhere one looks them up: the line is for what a view is about.
        case .copy, .mark: cursor != nil && view.listsPackets
        case .countBy: opened == nil
        case .save: !log.isEmpty
        // What is not heard has no values, and no packets among the others'.
        case .values, .follow: unheardRow == nil
        case .dump: unheardRow == nil || cursor != nil
        case .pause: chosenRoute != nil
        case .skip: chosenRoute?.hasSomethingToSkip ?? false
        case .letters: (chosenRoute?.deadLetters ?? 0) > 0
        case .redrive, .drop: !letters.isEmpty
        case .redriveAll, .dropAll: (routeOfLetters?.deadLetters ?? 0) > 0
        case .read: selectedAlarm != nil
        case .acknowledge: selectedAlarm.map { $0.endedUnixMilliseconds == nil } ?? false
        case .stage: chosenSecret != nil && stagedSecret == nil
        case .promote, .abort: stagedSecret != nil
        case .revoke, .extend: chosenSecret?.state == .previous
        case .rotate: stagedSecret == nil
        case .blockDevice: chosenDevice != nil || chosenRow != nil
        case .blockAddress: cursor != nil
        case .unblockAddress: chosenOffender?.state == .blocked
        case .approve:
            chosenRow.map {
                view == .registry || $0.standing.map { $0 != .known } ?? live.registry.isClosed
            } ?? false
        case .reject: chosenRow.map { $0.standing == nil } ?? false
        case .remove: chosenRow.map { $0.standing != nil } ?? false
        default: true
        }
    }

    /// The hints that the names of the views make room for, whatever the cursor is on: the line
    /// must not change its form with every row. On the overview one learns the views, and their
    /// names come before keys that are only of use there.
    var lastingHints: [Hint] {
        hintsOfPlace
            + keyMap.hints(in: view, isSmall: isSmall, attachment: attachment).filter { binding in
                KeyMap.essentials.contains(binding.action)
                    || [.copy, .mark].contains(binding.action)
                    ? isOfUse(binding.action)
                    : binding.views != nil && view != .overview
                        && (rewound == nil || binding.action.worksInThePast)
            }.map(\.hint)
    }
}
