/// What a key does.
enum Action: Hashable, Sendable {
    case show(ViewKind)
    case nextView, previousView
    case moveUp, moveDown, pageUp, pageDown, first, last
    case open, back, earlierView, laterView
    case filter, freeze, help, message, theme, quit, repaint, command, undo, mouse
    case letters, redrive, redriveAll, drop, dropAll
    case read, pause, resume, skip, dump, save, sort, reverse, follow
    case stage, promote, abort, revoke, extend, rotate, rotateAll, provision
    case registry, approve, reject, remove, blockDevice, unblockDevice, adopt
    case device, values
    case offenders, blockAddress, unblockAddress
    case acknowledge, elevate
    case copy, mark, nextMark, unmarkAll, countBy, moveLeft, moveRight
    case columns, hideColumn, showColumn, showAllColumns
    case layout, hidePane, showPane, split, curves, resetLayout
    case stepBack, stepForward, minuteBack, minuteForward

    /// Whether it asks the gateway to do something.
    var isCommand: Bool {
        switch self {
        case .redrive, .redriveAll, .drop, .dropAll, .pause, .resume, .skip, .dump, .stage,
            .promote, .abort,
            .revoke, .extend, .rotate, .rotateAll, .provision, .approve, .reject, .remove,
            .blockDevice,
            .unblockDevice, .adopt, .blockAddress, .unblockAddress, .acknowledge:
            true
        default: false
        }
    }

    /// Whether it does something while a moment of the past is shown.
    var worksInThePast: Bool { !isCommand || self == .dump }

    /// Whether it does something where the screen has no room for the views.
    var worksOnSmallScreen: Bool {
        [
            .back, .freeze, .help, .message, .theme, .quit, .repaint, .command, .undo, .mouse,
            .stepBack,
            .stepForward,
            .minuteBack, .minuteForward,
        ].contains(self)
    }
}

/// Which key does what: what the table says, and what an operator has changed of that.
public struct KeyMap: Sendable {
    /// As the console comes.
    public static let standard = KeyMap()

    /// What an operator has bound keys to, in one view or in all; nil to nothing.
    private(set) var changes: [ViewKind?: [Key: Action?]] = [:]
    /// The keys of ``changes`` in their order, which is that of the help.
    private var order: [Key] = []

    /// Binds a key.
    ///
    /// - Parameters:
    ///   - action: Nil to take the key away from whatever it does.
    ///   - view: Nil for all.
    mutating func bind(_ key: Key, to action: Action?, in view: ViewKind?) {
        changes[view, default: [:]][key] = .some(action)
        if !order.contains(key) { order.append(key) }
    }

    /// What an operator has bound a key to in a view; nil where it is as it was.
    private func change(of key: Key, in view: ViewKind) -> Action?? {
        for place in [view, nil] as [ViewKind?] {
            guard let action = changes[place]?[key] else { continue }
            // A key that is bound in all views is as it was where its action does not work.
            if place == nil, let action, !Self.works(action, in: view) { continue }
            return .some(action)
        }
        return nil
    }

    static func works(_ action: Action, in view: ViewKind) -> Bool {
        table.contains { $0.action == action && $0.views?.contains(view) ?? true }
    }

    /// The keys of a binding in a view.
    private func keys(of binding: Binding, in view: ViewKind) -> [Key] {
        guard !changes.isEmpty else { return binding.keys }
        let added = order.filter { change(of: $0, in: view) == .some(binding.action) }
        return added + binding.keys.filter { change(of: $0, in: view) == nil }
    }

    /// The bindings that work in a view, with their keys there; what has none can be typed.
    func bindings(
        in view: ViewKind, isSmall: Bool = false, attachment: Attachment = .none
    ) -> [Binding] {
        Self.commands(attachment).compactMap { binding in
            guard binding.views?.contains(view) ?? true,
                !isSmall || binding.action.worksOnSmallScreen
            else { return nil }
            var here = binding
            here.keys = keys(of: binding, in: view)
            return here
        }
    }

    /// The first view in which a key does something, and what in a word; nil where it is for nothing.
    func use(of key: Key, attachment: Attachment) -> (place: String, short: String)? {
        for view in ViewKind.allWithKeys {
            guard
                let binding = bindings(in: view, attachment: attachment)
                    .first(where: { $0.keys.contains(key) })
            else { continue }
            return (view.title, binding.short)
        }
        return nil
    }

    /// What there is for a console of this kind, wherever it works.
    static func commands(_ attachment: Attachment) -> [Binding] {
        table.filter { binding in
            binding.action == .elevate
                ? attachment == .beside
                : !attachment.changesNothing || !binding.action.isCommand
        }
    }

    /// What is worth a hint in a view, the most important first.
    func hints(
        in view: ViewKind, isSmall: Bool = false, attachment: Attachment = .none
    ) -> [Binding] {
        let named = bindings(in: view, isSmall: isSmall, attachment: attachment).filter {
            !$0.short.isEmpty && !$0.keys.isEmpty
        }
        let first = Self.essentials.flatMap { action in named.filter { $0.action == action } }
        return first + named.filter { !Self.essentials.contains($0.action) }
    }

    /// What the bottom line always has in words, where it works.
    static let essentials: [Action] = [.help, .quit, .open, .filter]

    /// The help for a view. What everybody guesses comes last.
    func help(
        in view: ViewKind, isSmall: Bool, attachment: Attachment = .none
    ) -> [(keys: String, words: String)] {
        let all = bindings(in: view, isSmall: isSmall, attachment: attachment)
        let shows = all.filter(\.isShow).compactMap(\.keys.first?.name)
        let titles = ViewKind.allCases.map(\.title).joined(separator: ", ")
        let rest = all.filter { ($0.short.isEmpty || $0.keys.isEmpty) && !$0.isShow }
        let views = isSmall ? [] : [("\(shows.first ?? "") … \(shows.last ?? "")", titles)]
        let hints = hints(in: view, isSmall: isSmall, attachment: attachment).map { hint in
            guard hint.action == .quit else { return hint.line }
            return switch attachment {
            case .none, .lookingInside: hint.line
            case .steering, .beside, .looking:
                (hint.line.keys, "leave the console; the gateway runs on")
            case .playing: (hint.line.keys, "leave the recording")
            }
        }
        let suspends = attachment.endsGateway ? [] : [("Ctrl-Z", "suspend the console")]
        return hints + views
            + rest.map { binding in
                guard binding.action == .undo, attachment.changesNothing else {
                    return binding.line
                }
                return (binding.line.keys, "take the last change back: a filter, an order, a theme")
            } + suspends
    }

    func action(
        for key: Key, in view: ViewKind, isSmall: Bool = false, attachment: Attachment = .none
    ) -> Action? {
        bindings(in: view, isSmall: isSmall, attachment: attachment).first {
            $0.keys.contains(key)
        }?.action
    }
}
