import NanoCore

/// A change that can be taken back.
struct Change: Equatable, Sendable {
    enum Way: Equatable, Sendable {
        /// By the command that does so.
        case run(Invocation)
        /// A block of an address: what was blocked before stays.
        case takeBackBlock(String)
        /// By the hidden columns of the view.
        case columns(Set<String>)
        case layout(Layout)
    }

    var back: Way
    /// Where the command has to be given; nil for anywhere.
    var view: ViewKind?

    init(_ back: Invocation, in view: ViewKind? = nil) {
        self.init(.run(back), in: view)
    }

    init(_ back: Way, in view: ViewKind? = nil) {
        self.back = back
        self.view = view
    }

    /// What takes a command back that was done; nil where nothing does.
    init?(takingBack command: Command) {
        func change(_ action: Action, _ arguments: String...) -> Change {
            Change(Invocation(action: action, arguments: arguments))
        }
        switch command {
        case .pauseRoute(let name): self = change(.resume, name)
        case .resumeRoute(let name): self = change(.pause, name)
        case .register(.block(let name)): self = change(.unblockDevice, "\(name.model)", name.id)
        case .register(.unblock(let name)): self = change(.blockDevice, "\(name.model)", name.id)
        case .blockAddress(let source, _): self.init(.takeBackBlock(source))
        case .unblockAddress(let source), .takeBackBlock(let source):
            self = change(.blockAddress, source)
        default: return nil
        }
    }
}

extension Change {
    /// What taking it back does, in words: `resume alba`.
    fileprivate var words: String {
        switch back {
        case .run(let invocation):
            ([invocation.action.name] + invocation.arguments)
                .map { SafeText.shortened($0, to: 40) }.filter { !$0.isEmpty }
                .joined(separator: " ")
        case .takeBackBlock(let source): "unblock \(SafeText.shortened(source, to: 60))"
        case .columns: "columns as they were"
        case .layout: "the layout as it was"
        }
    }

    /// What a command was that changed the gateway for good, in words; nil of one that can be taken
    /// back, or that changed nothing of it.
    static func wordsOfFinal(_ command: Command) -> String? {
        switch command {
        case .stageSecret: "the making of a secret"
        case .promoteSecret: "a promotion"
        case .rotateSecret: "a rotation"
        case .abortRotation: "the end of a rotation"
        case .revokeSecret: "a revocation"
        case .extendGrace: "a longer grace"
        case .provision: "a provisioning"
        case .skipRoute: "a skip"
        case .redrive, .redriveMatching: "a redrive"
        case .dropDeadLetters: "a drop"
        case .register(let step):
            switch step {
            case .approve: "an approval"
            case .reject: "a rejection"
            case .block, .unblock: nil
            case .remove: "the forgetting of a device"
            case .adopt: "an adoption"
            }
        default: nil
        }
    }
}

extension ConsoleModel {
    /// Takes the last change back. That is a change as well: another time brings it back again. Of what
    /// came after it and cannot be taken back it says so first, once.
    mutating func undo() -> [Effect] {
        guard let change = lastChange else {
            say(
                lastFinal.map { "\($0) cannot be taken back" } ?? "there is nothing to take back",
                isFault: true)
            return []
        }
        if let words = lastFinal {
            lastFinal = nil
            say(
                "\(words) cannot be taken back; once more takes back what was before it: "
                    + change.words, isFault: true)
            return []
        }
        if let view = change.view, view != self.view { show(view) }
        switch change.back {
        case .run(let invocation): return run(invocation)
        case .takeBackBlock(let source):
            // Both say why, where nothing can be done.
            if rewound != nil { return perform(.unblockAddress) }
            if !sayUnanswered() { askToTakeBack(blockOf: source) }
        case .columns(let hidden): setColumns(hidden)
        case .layout(let layout): setLayout(layout)
        }
        return []
    }
}
