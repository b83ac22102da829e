/// The one list of what the console does: keys, commands, completion, help and the bottom line are all
/// made from it.
extension KeyMap {
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
        var hint: (key: String, words: String) { (keys.first?.name ?? "", short) }

        /// Its line of the help.
        var line: (keys: String, words: String) {
            (keys.isEmpty ? ":" + action.name : keys.map(\.name).joined(separator: " "), words)
        }
    }

    /// Views whose rows can be marked.
    private static let markable: Set<ViewKind> = [
        .devices, .device, .packets, .rejections, .log, .deadLetters, .registry, .offenders,
    ]

    /// Views with something to copy: packets, a name, a sentence. Secrets are not among them.
    private static let copyable = markable.union([.overview, .routes, .alarms, .refusalGroups])

    /// Views in which a list and what is open of it share the room.
    private static let divided: Set<ViewKind> = [.packets, .rejections, .device]

    static let table: [Binding] =
        ViewKind.allCases.map { view in
            Binding(
                [.character(Character("\(view.rawValue)"))], .show(view), "",
                "show \(view.title.lowercased())")
        } + [
            Binding([.character("[")], .earlierView, "", "the view that was shown before this one"),
            Binding([.character("]")], .laterView, "", "the view that was shown after this one"),
            Binding(
                [.tab], .nextView, "",
                "show the next view, or go to the next pane of an open packet"),
            Binding(
                [.backTab], .previousView, "", "show the view before, or go to the pane before"),
            Binding([.up, .character("k")], .moveUp, "", "one row up"),
            Binding([.down, .character("j")], .moveDown, "", "one row down"),
            Binding([.pageUp], .pageUp, "", "a page up"),
            Binding([.pageDown], .pageDown, "", "a page down"),
            Binding([.home, .character("g")], .first, "", "to the first row"),
            Binding([.end, .character("G")], .last, "", "to the last row, and follow it"),
            Binding(
                [.enter], .open, "open", "open what the cursor is on, or what is behind it",
                in: [
                    .overview, .devices, .packets, .rejections, .routes, .alarms, .log,
                    .secrets, .deadLetters, .device, .registry, .offenders, .refusalGroups,
                ]),
            Binding(
                [.escape, .backspace], .back, "", "go back, take a message away, clear the filter"),
            Binding([.character("/")], .filter, "filter", "list only what matches"),
            Binding(
                [.character("p")], .pause, "pause", "pause or resume the route",
                in: [.routes, .overview]),
            Binding(
                [], .resume, "", "deliver to the route again", in: [.routes, .overview]),
            Binding(
                [.character("l")], .letters, "letters", "list the route's dead letters",
                in: [.routes]),
            Binding(
                [.character("x")], .skip, "skip", "give up what waits for the route",
                in: [.routes]),
            Binding(
                [.character("r")], .redrive, "redrive",
                "send the dead letter, or those that are marked, once more",
                in: [.deadLetters]),
            Binding(
                [.character("R")], .redriveAll, "all",
                "send all dead letters once more: those that a filter lists, or all of the route",
                in: [.deadLetters]),
            Binding(
                [.character("x")], .drop, "drop",
                "give the dead letter, or those that are marked, up for good",
                in: [.deadLetters]),
            Binding(
                [.character("X")], .dropAll, "all",
                "give all dead letters up for good: those that a filter lists, or all of the route",
                in: [.deadLetters]),
            Binding(
                [.character("v")], .read, "read", "read the alarm whole",
                in: [.overview, .alarms]),
            Binding(
                [.character("a")], .acknowledge, "mine",
                "say that you look after the alarm, or take that back",
                in: [.overview, .alarms]),
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
                [], .rotateAll, "",
                "make a new secret for every model, at once the current ones", in: [.secrets]),
            Binding(
                [.character("n")], .provision, "provision",
                "write down what a new device needs, and wait for its first packet",
                in: [.secrets]),
            Binding(
                [.character("d")], .dump, "dump", "write the packets that are listed to a file",
                in: [.packets, .rejections, .device]),
            Binding(
                [.character("d")], .save, "save",
                "write the lines that are listed, or those that are marked, to a file",
                in: [.log]),
            Binding(
                [.character("y"), .character("e")], .copy, "copy",
                "copy the packet, what is marked, or what the row is about", in: Self.copyable),
            Binding(
                [.character("f")], .follow, "device", "list only what this one's device sent",
                in: [.packets, .rejections, .devices, .device]),
            Binding(
                [.character("v")], .values, "values",
                "give all the room to the values, or back to the packets", in: [.device]),
            Binding(
                [], .device, "", "open a device by its model and device_id", in: [.devices]),
            Binding(
                [.character("w")], .registry, "waiting",
                "list devices that wait for approval, or are turned away", in: [.devices]),
            Binding(
                [.character("b")], .blockDevice, "block",
                "turn the device away, or hear it again",
                in: [.devices, .device, .registry]),
            Binding(
                [], .unblockDevice, "", "hear a blocked device again",
                in: [.devices, .device, .registry]),
            Binding(
                [.character("A")], .adopt, "", "know all devices seen so far", in: [.devices]),
            Binding(
                [.character("a")], .approve, "approve", "hear the device from now on",
                in: [.registry, .device]),
            Binding(
                [.character("x")], .reject, "reject",
                "do not hear the device, and list it as waiting no more", in: [.registry]),
            Binding(
                [.character("D")], .remove, "forget",
                "forget what was decided about the device", in: [.registry, .device]),
            Binding(
                [.character("o")], .offenders, "offenders",
                "list addresses that flood, flap or are blocked", in: [.rejections]),
            Binding(
                [.character("b")], .blockAddress, "block",
                "let nobody in from the address for an hour", in: [.rejections, .offenders]),
            Binding(
                [.character("u")], .unblockAddress, "unblock", "lift the block of the address",
                in: [.offenders]),
            Binding(
                [.character("c")], .countBy, "count",
                "count refusals by reason, model, device or source",
                in: [.rejections, .refusalGroups]),
            Binding(
                [.character("M")], .mark, "mark",
                "mark the row, or take its mark away; dump and copy are about what is marked",
                in: Self.markable),
            Binding(
                [.character("'")], .nextMark, "", "to the next row that is marked",
                in: Self.markable),
            Binding(
                [.character("U")], .unmarkAll, "", "take all marks of the view away",
                in: Self.markable),
            Binding(
                [.left], .moveLeft, "", "a byte or a pane to the left",
                in: [.packets, .rejections, .device]),
            Binding(
                [.right], .moveRight, "", "a byte or a pane to the right",
                in: [.packets, .rejections, .device]),
            Binding([.character("s")], .sort, "sort", "sort by the next column", in: [.devices]),
            Binding([.character("S")], .reverse, "", "sort the other way round", in: [.devices]),
            Binding(
                [.character("C")], .columns, "", "hide and show columns",
                in: ViewKind.withColumns),
            Binding([], .hideColumn, "", "hide a column", in: ViewKind.withColumns),
            Binding([], .showColumn, "", "show a hidden column again", in: ViewKind.withColumns),
            Binding([], .showAllColumns, "", "show all columns again", in: ViewKind.withColumns),
            Binding(
                [.character("L")], .layout, "",
                "hide and show panes of the overview, and say how panes share the room"),
            Binding([], .hidePane, "", "hide a pane of the overview", in: [.overview]),
            Binding([], .showPane, "", "show a hidden pane again", in: [.overview]),
            Binding(
                [], .split, "", "put a list and what is open of it side by side, or not",
                in: Self.divided),
            Binding(
                [], .curves, "", "draw curves with dots, blocks or letters", in: [.overview]),
            Binding([], .resetLayout, "", "have all panes as they come"),
            Binding(
                [.character(" ")], .freeze, "freeze", "freeze the view; counting goes on"),
            Binding([.character("<")], .stepBack, "", "back in the last hour, by a moment"),
            Binding([.character(">")], .stepForward, "", "forward again, by a moment"),
            Binding([.character("(")], .minuteBack, "", "back in the last hour, by a minute"),
            Binding([.character(")")], .minuteForward, "", "forward again, by a minute"),
            Binding(
                [.character(":")], .command, "", "type a command; Tab completes it"),
            Binding(
                [.control("r")], .undo, "",
                "take the last change back: a pause, a block, a filter, an order, a theme"),
            Binding(
                [.character("E")], .elevate, "steer",
                "steer the gateway, though another console does"),
            Binding([.character("m")], .message, "", "read the last message whole"),
            Binding([.character("t")], .theme, "theme", "show the next theme"),
            Binding(
                [.character("O")], .mouse, "",
                "have the mouse select and scroll here, or select text in the terminal again"),
            Binding([.control("l")], .repaint, "", "draw everything anew"),
            Binding([.character("?")], .help, "help", "show or hide this help"),
            Binding(
                [.character("q"), .control("c")], .quit, "quit", "quit; the gateway stops too"),
        ]
}
