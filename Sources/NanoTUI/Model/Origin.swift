import NanoCore

/// Where one came from to a view, and how that view was before.
struct Origin: Sendable {
    var view: ViewKind
    var target: ViewKind
    var filter: Filter?
    var list: ListState?
    /// The route whose dead letters were listed.
    var lettersRoute: String
    /// The device that was open.
    var device: DeviceName?
}

extension ConsoleModel {
    /// Goes to a view to see what is behind a row; Esc leads back.
    mutating func go(to target: ViewKind, showing filter: Filter?) {
        trail.append(
            Origin(
                view: view, target: target, filter: filters[target], list: lists[target],
                lettersRoute: lettersRoute, device: device))
        filters[target] = filter
        if Self.growsAtEnd(target) { lists[target] = ListState(following: true) }
        view = target
        opened = nil
    }

    /// The key that takes a message away. What went wrong goes with `Esc` too, whatever that is bound to.
    var closingKey: String {
        let keys =
            keyMap.bindings(in: view, isSmall: isSmall, attachment: attachment)
            .first { $0.action == .back }?.keys ?? []
        return (keys.first { $0 == .escape } ?? keys.first ?? .escape).name
    }

    /// Closes what is open, or goes back to where one came from, or clears the filter.
    mutating func goBack() {
        if notice != nil {
            dismissNotice()
        } else if themeFault != nil {
            themeFault = nil
        } else if view == .secrets, watch != nil {
            watch = nil
        } else if opened != nil {
            opened = nil
        } else if let origin = trail.popLast() {
            filters[origin.target] = origin.filter
            lists[origin.target] = origin.list
            lettersRoute = origin.lettersRoute
            if device != origin.device { look(at: origin.device) }
            view = origin.view
        } else if !filter(view).source.isEmpty {
            let before = Invocation(action: .filter, arguments: [filter(view).source])
            lastChange = Change(before, in: view)
            filters[view] = nil
        }
    }
}
