import NanoCore

/// A change that can be taken back, by the command that does so.
struct Change: Equatable, Sendable {
    var back: Invocation
    /// Where the command has to be given; nil for anywhere.
    var view: ViewKind?

    init(_ back: Invocation, in view: ViewKind? = nil) {
        self.back = back
        self.view = view
    }

    /// What takes a command back that was done; nil where nothing does.
    init?(takingBack command: Command, in snapshot: Snapshot) {
        func change(_ action: Action, _ arguments: String...) -> Change {
            Change(Invocation(action: action, arguments: arguments))
        }
        // With a closed registry, to hear a device again would let one in that nobody has let in.
        if case .register = command, snapshot.registry.isClosed { return nil }
        switch command {
        case .pauseRoute(let name): self = change(.resume, name)
        case .resumeRoute(let name): self = change(.pause, name)
        case .register(.block(let name)): self = change(.unblockDevice, "\(name.model)", name.id)
        case .register(.unblock(let name)): self = change(.blockDevice, "\(name.model)", name.id)
        case .blockAddress(let source, _): self = change(.unblockAddress, source)
        case .unblockAddress(let source): self = change(.blockAddress, source)
        default: return nil
        }
    }
}

extension ConsoleModel {
    /// Takes the last change back. That is a change as well: another time brings it back again.
    mutating func undo() -> [Effect] {
        guard let change = lastChange else {
            say("there is nothing to take back", isFault: true)
            return []
        }
        if let view = change.view, view != self.view { show(view) }
        return run(change.back)
    }
}
