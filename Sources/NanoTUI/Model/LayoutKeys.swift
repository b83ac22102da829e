import NanoCore

/// Which panes there are, how they share the room, and what their curves are drawn with; it lasts.
extension ConsoleModel {
    /// Whether the overview has a pane where there is room for it.
    func shows(_ pane: OverviewPane) -> Bool { !lasting.layout.hiddenPanes.contains(pane) }

    mutating func setPane(_ name: String, isHidden: Bool) {
        guard let pane = OverviewPane(rawValue: name) else { return }
        guard shows(pane) == isHidden else {
            return say("the pane \(name) is \(isHidden ? "hidden" : "shown") already")
        }
        var hidden = lasting.layout.hiddenPanes
        if isHidden { hidden.insert(pane) } else { hidden.remove(pane) }
        guard !OverviewPane.main.isSubset(of: hidden) else {
            return say("the last pane has to stay; show another one first", isFault: true)
        }
        lasting.layout.hiddenPanes = hidden
        lastChange = Change(
            Invocation(action: isHidden ? .showPane : .hidePane, arguments: [name]), in: .overview)
    }

    mutating func setSplit(_ split: PaneSplit) {
        lastChange = Change(
            Invocation(action: .split, arguments: [lasting.layout.split.rawValue]))
        lasting.layout.split = split
        let place =
            switch split {
            case .auto: "side by side where there is much room"
            case .beside: "side by side where both have room"
            case .below: "one above the other"
            }
        say("a list and what is open of it are \(place)")
    }

    mutating func setCurves(_ form: StackedGraph.Form) {
        lastChange = Change(
            Invocation(action: .curves, arguments: [lasting.layout.curves.rawValue]))
        lasting.layout.curves = form
        say("accepted and refused packets are drawn as \(form.rawValue)")
    }

    /// Has all panes as they come.
    mutating func resetLayout() {
        guard lasting.layout != Layout() else { return say("the layout is as it comes already") }
        setLayout(Layout())
    }

    mutating func setLayout(_ layout: Layout) {
        lastChange = Change(.layout(lasting.layout))
        lasting.layout = layout
    }
}
