/// What a key does.
enum Action: Hashable, Sendable {
    case show(ViewKind)
    case nextView, previousView
    case moveUp, moveDown, pageUp, pageDown, first, last
    case open, back
    case filter, freeze, help, message, theme, quit, repaint
    case letters, redrive, redriveAll, drop, dropAll
    case read, pause, skip, dump, sort, reverse, follow
    case stage, promote, abort, revoke, extend, rotate, provision
    case registry, approve, reject, remove, blockDevice, adopt
    case offenders, blockAddress, unblockAddress
    case stepBack, stepForward, minuteBack, minuteForward

    /// Whether it asks the gateway to do something.
    var isCommand: Bool {
        switch self {
        case .redrive, .redriveAll, .drop, .dropAll, .pause, .skip, .dump, .stage, .promote, .abort,
            .revoke, .extend, .rotate, .provision, .approve, .reject, .remove, .blockDevice, .adopt,
            .blockAddress, .unblockAddress:
            true
        default: false
        }
    }

    /// Whether it does something where the screen has no room for the views.
    var worksOnSmallScreen: Bool {
        [
            .back, .freeze, .help, .message, .theme, .quit, .repaint, .stepBack, .stepForward,
            .minuteBack, .minuteForward,
        ].contains(self)
    }
}

/// The one list of keys: handling, help and the bottom line are all made from it.
enum KeyMap {
    struct Binding: Sendable {
        var keys: [Key]
        var action: Action
        /// For the bottom line; empty for keys that everybody guesses.
        var short: String
        /// For the help.
        var words: String
        /// Nil where it works everywhere.
        var views: Set<ViewKind>?

        init(
            _ keys: [Key], _ action: Action, _ short: String, _ words: String,
            in views: Set<ViewKind>? = nil
        ) {
            self.keys = keys
            self.action = action
            self.short = short
            self.words = words
            self.views = views
        }

        /// Whether it shows one of the views.
        var isShow: Bool {
            if case .show = action { true } else { false }
        }

        /// What the bottom line says of it.
        var hint: (key: String, words: String) { (keys[0].name, short) }

        /// Its line of the help.
        var line: (keys: String, words: String) {
            (keys.map(\.name).joined(separator: " "), words)
        }
    }

    static let bindings: [Binding] =
        ViewKind.allCases.map { view in
            Binding(
                [.character(Character("\(view.rawValue)"))], .show(view), "",
                "show \(view.title.lowercased())")
        } + [
            Binding([.tab], .nextView, "", "show the next view"),
            Binding([.backTab], .previousView, "", "show the view before"),
            Binding([.up, .character("k")], .moveUp, "", "one row up"),
            Binding([.down, .character("j")], .moveDown, "", "one row down"),
            Binding([.pageUp], .pageUp, "", "a page up"),
            Binding([.pageDown], .pageDown, "", "a page down"),
            Binding([.home, .character("g")], .first, "", "to the first row"),
            Binding([.end, .character("G")], .last, "", "to the last row, and follow it"),
            Binding(
                [.enter], .open, "open", "open what the cursor is on, or what is behind it",
                in: [.overview, .devices, .packets, .rejections, .routes, .log, .deadLetters]),
            Binding(
                [.escape, .backspace], .back, "", "go back, take a message away, clear the filter"),
            Binding(
                [.character("/")], .filter, "filter", "list only what matches",
                in: [.devices, .packets, .rejections, .log, .deadLetters, .registry, .offenders]),
            Binding(
                [.character("/")], .filter, "", "list only what matches", in: [.routes, .secrets]),
            Binding(
                [.character("/")], .filter, "", "list only the alarms that match",
                in: [.overview]),
            Binding(
                [.character("p")], .pause, "pause", "pause or resume the route",
                in: [.routes, .overview]),
            Binding(
                [.character("l")], .letters, "letters", "list the route's dead letters",
                in: [.routes]),
            Binding(
                [.character("x")], .skip, "skip", "give up what waits for the route",
                in: [.routes]),
            Binding(
                [.character("r")], .redrive, "redrive", "send the dead letter once more",
                in: [.deadLetters]),
            Binding(
                [.character("R")], .redriveAll, "all",
                "send all dead letters of the route once more",
                in: [.deadLetters]),
            Binding(
                [.character("x")], .drop, "drop", "give the dead letter up for good",
                in: [.deadLetters]),
            Binding(
                [.character("X")], .dropAll, "all",
                "give all dead letters of the route up for good",
                in: [.deadLetters]),
            Binding(
                [.character("v")], .read, "read", "read the alarm whole", in: [.overview]),
            Binding(
                [.character("s")], .stage, "stage",
                "make a new secret that is accepted beside the current one", in: [.secrets]),
            Binding(
                [.character("p")], .promote, "promote", "make the staged secret the current one",
                in: [.secrets]),
            Binding(
                [.character("a")], .abort, "abort", "give the staged secret up", in: [.secrets]),
            Binding(
                [.character("x")], .revoke, "revoke", "end the grace of a former secret",
                in: [.secrets]),
            Binding(
                [.character("e")], .extend, "extend", "accept a former secret for longer",
                in: [.secrets]),
            Binding(
                [.character("R")], .rotate, "rotate", "make a new secret, at once the current one",
                in: [.secrets]),
            Binding(
                [.character("n")], .provision, "provision",
                "write down what a new device needs, and wait for its first packet",
                in: [.secrets]),
            Binding(
                [.character("d")], .dump, "dump", "write the packets that are listed to a file",
                in: [.packets, .rejections]),
            Binding(
                [.character("f")], .follow, "device", "list only what this one's device sent",
                in: [.packets, .rejections]),
            Binding(
                [.character("w")], .registry, "waiting",
                "list devices that wait for approval, or are turned away", in: [.devices]),
            Binding(
                [.character("b")], .blockDevice, "block",
                "turn the device away, or hear it again", in: [.devices]),
            Binding(
                [.character("A")], .adopt, "", "know all devices seen so far", in: [.devices]),
            Binding(
                [.character("a")], .approve, "approve", "hear the device from now on",
                in: [.registry]),
            Binding(
                [.character("x")], .reject, "reject",
                "do not hear the device, and list it as waiting no more", in: [.registry]),
            Binding(
                [.character("D")], .remove, "forget",
                "forget that the device was rejected or blocked", in: [.registry]),
            Binding(
                [.character("o")], .offenders, "offenders",
                "list addresses that flood, flap or are blocked", in: [.rejections]),
            Binding(
                [.character("b")], .blockAddress, "block",
                "let nobody in from the address for an hour", in: [.rejections, .offenders]),
            Binding(
                [.character("u")], .unblockAddress, "unblock", "lift the block of the address",
                in: [.offenders]),
            Binding([.character("s")], .sort, "sort", "sort by the next column", in: [.devices]),
            Binding([.character("S")], .reverse, "", "sort the other way round", in: [.devices]),
            Binding(
                [.character(" ")], .freeze, "freeze", "freeze the view; counting goes on"),
            Binding([.character("<")], .stepBack, "", "back in the last hour, by a moment"),
            Binding([.character(">")], .stepForward, "", "forward again, by a moment"),
            Binding([.character("(")], .minuteBack, "", "back in the last hour, by a minute"),
            Binding([.character(")")], .minuteForward, "", "forward again, by a minute"),
            Binding([.character("m")], .message, "", "read the last message whole"),
            Binding([.character("t")], .theme, "theme", "show the next theme"),
            Binding([.control("l")], .repaint, "", "draw everything anew"),
            Binding([.character("?")], .help, "help", "show or hide this help"),
            Binding(
                [.character("q"), .control("c")], .quit, "quit", "quit; the gateway stops too"),
        ]

    /// The bindings that work in a view.
    static func bindings(
        in view: ViewKind, isSmall: Bool = false, attachment: Attachment = .none
    ) -> [Binding] {
        bindings.filter { binding in
            (binding.views?.contains(view) ?? true)
                && (!isSmall || binding.action.worksOnSmallScreen)
                && (!attachment.changesNothing || !binding.action.isCommand)
        }
    }

    /// What is worth a hint in a view, the most important first.
    static func hints(
        in view: ViewKind, isSmall: Bool = false, attachment: Attachment = .none
    ) -> [Binding] {
        let named = bindings(in: view, isSmall: isSmall, attachment: attachment).filter {
            !$0.short.isEmpty
        }
        let first = essentials.flatMap { action in named.filter { $0.action == action } }
        return first + named.filter { !essentials.contains($0.action) }
    }

    /// What the bottom line always has in words, where it works.
    static let essentials: [Action] = [.help, .quit, .open, .filter]

    /// The help for a view. What everybody guesses comes last.
    static func help(
        in view: ViewKind, isSmall: Bool, attachment: Attachment = .none
    ) -> [(keys: String, words: String)] {
        let shows = bindings.filter(\.isShow).compactMap(\.keys.first?.name)
        let titles = ViewKind.allCases.map(\.title).joined(separator: ", ")
        let rest = bindings(in: view, isSmall: isSmall, attachment: attachment).filter {
            $0.short.isEmpty && !$0.isShow
        }
        let views = isSmall ? [] : [("\(shows.first ?? "") … \(shows.last ?? "")", titles)]
        let hints = hints(in: view, isSmall: isSmall, attachment: attachment).map { hint in
            guard hint.action == .quit else { return hint.line }
            return switch attachment {
            case .none: hint.line
            case .steering, .looking: (hint.line.keys, "leave the console; the gateway runs on")
            case .playing: (hint.line.keys, "leave the recording")
            }
        }
        return hints + views + rest.map(\.line)
    }

    static func action(
        for key: Key, in view: ViewKind, isSmall: Bool = false, attachment: Attachment = .none
    ) -> Action? {
        bindings(in: view, isSmall: isSmall, attachment: attachment).first {
            $0.keys.contains(key)
        }?.action
    }
}
