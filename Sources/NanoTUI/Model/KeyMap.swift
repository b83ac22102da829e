/// What a key does.
enum Action: Hashable, Sendable {
    case show(ViewKind)
    case nextView, previousView
    case moveUp, moveDown, pageUp, pageDown, first, last
    case open, back
    case filter, freeze, help, theme, quit, repaint
    case pause, rotate, dump, sort, reverse, follow
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
                [.enter], .open, "open", "open what the cursor is on, down to its bytes",
                in: [.overview, .devices, .packets, .rejections]),
            Binding([.escape, .backspace], .back, "", "go back, or clear the filter"),
            Binding(
                [.character("/")], .filter, "filter",
                "filter: words, model:esp32 reason:replay device:ESP32-0* address:10.0.",
                in: [.devices, .packets, .rejections, .log]),
            Binding(
                [.character("p")], .pause, "pause", "pause or resume the route",
                in: [.routes, .overview]),
            Binding(
                [.character("R")], .rotate, "rotate", "make a new secret for the model",
                in: [.secrets]),
            Binding(
                [.character("d")], .dump, "dump", "write the packets that are listed to a file",
                in: [.packets, .rejections]),
            Binding(
                [.character("f")], .follow, "device", "list only what this one's device sent",
                in: [.packets, .rejections]),
            Binding([.character("s")], .sort, "sort", "sort by the next column", in: [.devices]),
            Binding([.character("S")], .reverse, "", "sort the other way round", in: [.devices]),
            Binding(
                [.character(" ")], .freeze, "freeze", "freeze the view; counting goes on"),
            Binding([.character("t")], .theme, "theme", "show the next theme"),
            Binding([.control("l")], .repaint, "", "draw everything anew"),
            Binding([.character("?")], .help, "help", "show or hide this help"),
            Binding(
                [.character("q"), .control("c")], .quit, "quit", "quit; the gateway stops too"),
        ]

    /// The bindings that work in a view.
    static func bindings(in view: ViewKind) -> [Binding] {
        bindings.filter { $0.views?.contains(view) ?? true }
    }

    /// What is worth a hint in a view, help and the way out first.
    static func hints(in view: ViewKind) -> [Binding] {
        let named = bindings(in: view).filter { !$0.short.isEmpty }
        let first = named.filter { [.help, .quit].contains($0.action) }
        return first + named.filter { ![.help, .quit].contains($0.action) }
    }

    /// The help for a view. What everybody guesses comes last, so that it is left out first where
    /// there is no room.
    static func help(in view: ViewKind) -> [(keys: String, words: String)] {
        let shows = bindings.filter(\.isShow).compactMap(\.keys.first?.name)
        let titles = ViewKind.allCases.map(\.title).joined(separator: ", ")
        let rest = bindings(in: view).filter { $0.short.isEmpty && !$0.isShow }
        return hints(in: view).map(\.line)
            + [("\(shows.first ?? "") … \(shows.last ?? "")", titles)]
            + rest.map(\.line)
    }

    static func action(for key: Key, in view: ViewKind) -> Action? {
        bindings(in: view).first { $0.keys.contains(key) }?.action
    }
}
