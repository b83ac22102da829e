import NanoCore

/// A view as it was when one left it.
struct Visit: Sendable {
    var view: ViewKind
    var filter: Filter?
    /// The cursor, which is on a row by its identity.
    var list: ListState?
    /// The route whose dead letters were listed.
    var lettersRoute: String
    /// The device that was open.
    var device: DeviceName?
    /// The views that one had come through.
    var trail: [Origin]

    /// Whether both show the same list; the cursor makes no difference.
    func isSamePlace(as other: Visit) -> Bool {
        view == other.view && (filter?.source ?? "") == (other.filter?.source ?? "")
            && (view != .deadLetters || lettersRoute == other.lettersRoute)
            && (view != .device || device == other.device)
    }
}

/// The views that one has seen, to go back and forward through.
struct Visits: Sendable {
    /// How many are kept each way; of more the oldest go.
    static let limit = 50

    /// The nearest last.
    private(set) var earlier: [Visit] = []
    private(set) var later: [Visit] = []
    /// Where one is; nil before the first key.
    private var current: Visit?

    /// Whether nothing was noted yet.
    var isEmpty: Bool { current == nil }

    /// Takes note of where one is after a key. A new place ends the way forward.
    mutating func note(_ visit: Visit) {
        if let current, !current.isSamePlace(as: visit) {
            earlier.append(current)
            if earlier.count > Self.limit { earlier.removeFirst() }
            later = []
        }
        current = visit
    }

    /// - Returns: The place before; nil where there is none.
    mutating func goBack() -> Visit? {
        guard let visit = earlier.popLast() else { return nil }
        if let current { later.append(current) }
        current = visit
        return visit
    }

    /// - Returns: The place that one went back from; nil where there is none.
    mutating func goForward() -> Visit? {
        guard let visit = later.popLast() else { return nil }
        if let current { earlier.append(current) }
        current = visit
        return visit
    }
}

extension ConsoleModel {
    private var visit: Visit {
        Visit(
            view: view, filter: filters[view], list: lists[view], lettersRoute: lettersRoute,
            device: device, trail: trail)
    }

    /// Takes note of where one is. A filter that is being typed is no place yet.
    mutating func noteVisit() {
        if case .filter = overlay { return }
        visits.note(visit)
    }

    /// Back to where one came from, or through the views that one has seen.
    mutating func goTheWay(of action: Action) -> [Effect] {
        let before = device
        switch action {
        case .back: goBack()
        case .earlierView: showEarlierView()
        default: showLaterView()
        }
        return keepPackets(unless: before)
    }

    private mutating func showEarlierView() {
        guard let visit = visits.goBack() else { return say("there is no view before this one") }
        show(visit)
    }

    private mutating func showLaterView() {
        guard let visit = visits.goForward() else { return say("there is no view after this one") }
        show(visit)
    }

    private mutating func show(_ visit: Visit) {
        view = visit.view
        filters[view] = visit.filter
        lists[view] = visit.list
        lettersRoute = visit.lettersRoute
        if visit.view == .device { look(at: visit.device) }
        trail = visit.trail
        opened = nil
    }
}
