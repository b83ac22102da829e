/// A part of the overview that can be hidden.
enum OverviewPane: String, CaseIterable, Sendable {
    case ledger, models, routes, alarms
    /// Connections, times, refusals and addresses, which only large screens have room for.
    case side
    /// Whose frames are refused and what the gateway said last, which only tall screens have room for.
    case newest

    /// Those of which one always stays.
    static let main: Set<OverviewPane> = [.ledger, .models, .routes, .alarms]

    static let names = allCases.map(\.rawValue)
}

/// How a list and what is open of it share the room of a view.
enum PaneSplit: String, CaseIterable, Sendable {
    /// Side by side where there is much room.
    case auto
    /// Side by side wherever both have room at all.
    case beside
    /// One above the other.
    case below

    static let names = allCases.map(\.rawValue)

    /// Whether a device and its packets are side by side.
    func putsPacketsBeside(in rect: Rect) -> Bool {
        switch self {
        case .auto: rect.width >= 160 && rect.height >= 30
        case .beside: rect.width >= 120 && rect.height >= 20
        case .below: false
        }
    }
}

/// Which panes there are, and how they share the room.
struct Layout: Equatable, Sendable {
    /// At least one of ``OverviewPane/main`` is not among them.
    var hiddenPanes: Set<OverviewPane> = []
    var split = PaneSplit.auto
    /// What the curves of accepted and refused packets are drawn with.
    var curves = StackedGraph.Form.braille
}

// As it stands in a file, with what later versions may have written beside it.
extension Layout {
    /// - Parameter blame: Called with the key of each value that cannot be used, and what is allowed.
    init(_ object: [String: Any], blame: (String, String) -> Void) {
        if let value = object["hidden_panes"] {
            let panes = (value as? [String])?.map { OverviewPane(rawValue: $0) }
            if let panes, !panes.contains(nil),
                !OverviewPane.main.isSubset(of: panes.compactMap(\.self))
            {
                hiddenPanes = Set(panes.compactMap(\.self))
            } else {
                blame(
                    "hidden_panes",
                    "is a list of \(OverviewPane.names.joined(separator: ", ")), without one at least "
                        + "of the first four")
            }
        }
        if let value = object["split"] {
            if let split = (value as? String).flatMap(PaneSplit.init(rawValue:)) {
                self.split = split
            } else {
                blame("split", "is one of \(PaneSplit.names.joined(separator: ", "))")
            }
        }
        if let value = object["curves"] {
            if let form = (value as? String).flatMap(StackedGraph.Form.init(rawValue:)) {
                curves = form
            } else {
                blame("curves", "is one of \(StackedGraph.Form.names.joined(separator: ", "))")
            }
        }
    }

    /// What a file has of an earlier one, with what has changed.
    func object(changing old: Layout, in object: [String: Any]) -> [String: Any] {
        var object = object
        if old.hiddenPanes != hiddenPanes {
            object["hidden_panes"] = hiddenPanes.map(\.rawValue).sorted()
        }
        if old.split != split { object["split"] = split.rawValue }
        if old.curves != curves { object["curves"] = curves.rawValue }
        return object
    }
}
