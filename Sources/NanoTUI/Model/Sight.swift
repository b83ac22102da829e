import NanoCore

/// What there is to be drawn: the newest of the gateway, views that stand still, and the last hour.
struct Sight: Sendable {
    /// What a view is of: that of a device or a route's letters is another view for another one.
    struct Place: Equatable, Sendable {
        var view: ViewKind
        /// Of dead letters; empty in other views.
        var route = ""
        /// The one that is open; nil in other views.
        var device: DeviceName?
    }

    /// A view as it was when it was frozen.
    private struct Frozen {
        let place: Place
        var snapshot: Snapshot
        let history: History
        let curve: DeviceCurve
        /// In seconds of ``Rewind/now``.
        let at: Double
        /// The larger parts that have come for it.
        var arrived: SnapshotParts
    }

    /// The newest snapshot.
    private(set) var live = Snapshot()
    /// The larger parts that have come with it.
    private(set) var liveParts: SnapshotParts = []
    /// The last hour.
    private(set) var rewind = Rewind()
    /// The moment of it that all views show.
    private(set) var rewound: Rewind.Moment?
    /// Counts on, whatever is shown.
    private var counted = History()
    /// How fast the device that is open has sent, and how fast it had at the moment that is shown.
    private var curve = DeviceCurve()
    private var pastCurve = DeviceCurve()
    /// Views that stand still, one of each kind at most.
    private var frozen: [ViewKind: Frozen] = [:]

    // MARK: - What comes

    /// Takes in the newest snapshot, made with these parts.
    mutating func note(_ snapshot: Snapshot, parts: SnapshotParts) {
        live = snapshot
        counted.note(snapshot)
        curve.note(snapshot)
        rewind.note(snapshot, parts: snapshot.parts ?? parts)
    }

    /// Says which parts the newest snapshot has, and which of them were asked for the view that is shown.
    mutating func note(parts: SnapshotParts, asked: SnapshotParts, at place: Place) {
        liveParts = parts
        guard isFrozen(place), let arrived = frozen[place.view]?.arrived else { return }
        // A view whose rows had not come yet has nothing that could stand still.
        let missing = parts.intersection(asked).subtracting(arrived)
        guard !missing.isEmpty else { return }
        frozen[place.view]?.snapshot.fill(missing, from: live)
        frozen[place.view]?.arrived.formUnion(missing)
    }

    /// The gateway was started anew: its totals begin at 0, and so does its time.
    mutating func forgetEarlierGateway(_ curve: DeviceCurve) {
        counted = History()
        self.curve = curve
    }

    /// Begins the curve of a device with what is remembered of it.
    mutating func draw(_ curve: DeviceCurve) {
        self.curve = remembered(curve, until: nil, end: live.gateway.uptimeSeconds)
        self.curve.note(live)
        drawPast(curve)
    }

    // MARK: - What is shown

    /// The newest snapshot, or the one that stands still.
    func shown(at place: Place) -> Snapshot {
        if let rewound { return rewound.snapshot }
        return isFrozen(place) ? frozen[place.view]?.snapshot ?? live : live
    }

    /// The rates and curves that belong to it.
    func history(at place: Place) -> History {
        if let rewound { return rewound.history }
        return isFrozen(place) ? frozen[place.view]?.history ?? counted : counted
    }

    /// The curve of the device that belongs to it.
    func deviceCurve(at place: Place) -> DeviceCurve {
        if rewound != nil { return pastCurve }
        return isFrozen(place) ? frozen[place.view]?.curve ?? curve : curve
    }

    /// The larger parts that have come for it. What is not kept of the past is not made up from now.
    func arrived(at place: Place) -> SnapshotParts {
        if rewound != nil { return Rewind.rows }
        return isFrozen(place) ? frozen[place.view]?.arrived ?? liveParts : liveParts
    }

    /// When what is shown was so, in seconds of ``Rewind/now``; nil while it is what is now.
    func stoodAt(_ place: Place) -> Double? {
        rewound?.at ?? (isFrozen(place) ? frozen[place.view]?.at : nil)
    }

    /// Whether a view is frozen, whatever moment of the past lies over it.
    func isFrozen(_ place: Place) -> Bool { frozen[place.view]?.place == place }

    /// Whether one of the views is that a number key leads to.
    func hasFrozen(behind tab: ViewKind) -> Bool { frozen.keys.contains { $0.tab == tab } }

    // MARK: - What stands still

    /// Has a view stand still, or show what is now again. From the past it leads back for all.
    mutating func toggleFreeze(_ place: Place) {
        if rewound != nil {
            rewound = nil
        } else if isFrozen(place) {
            frozen[place.view] = nil
        } else {
            frozen[place.view] = Frozen(
                place: place, snapshot: live, history: counted, curve: curve, at: rewind.now,
                arrived: liveParts)
        }
    }

    /// Shows a moment of the last hour: the nearest, or the nearest that is so many seconds away. The view
    /// is not frozen any more: what it showed is one of these moments.
    mutating func stepBack(seconds: Double, from place: Place, _ curve: DeviceCurve) {
        let from = stoodAt(place) ?? rewind.now
        guard let moment = rewind.moment(before: from, by: seconds) else { return }
        if isFrozen(place) { frozen[place.view] = nil }
        show(moment, curve)
    }

    /// The other way round; behind the newest moment is what is now.
    mutating func stepForward(seconds: Double, _ curve: DeviceCurve) {
        guard let rewound else { return }
        if let moment = rewind.moment(behind: rewound.at, by: seconds) {
            show(moment, curve)
        } else {
            self.rewound = nil
        }
    }

    private mutating func show(_ moment: Rewind.Moment, _ curve: DeviceCurve) {
        rewound = moment
        drawPast(curve)
    }

    /// - Parameter curve: One of the device that is open, with nothing in it.
    private mutating func drawPast(_ curve: DeviceCurve) {
        guard let rewound else { return }
        // The rows of a moment are older than it, and among these.
        pastCurve = remembered(
            curve, until: rewound.at, end: rewound.snapshot.gateway.uptimeSeconds)
    }

    /// To find a device costs a look at all of them: of the hour only what the curve shows, and the rows
    /// before that, which are ten seconds apart or more.
    private func remembered(
        _ curve: DeviceCurve, until time: Double?, end: Double
    ) -> DeviceCurve {
        guard curve.isOfDevice else { return curve }
        var drawn = curve
        let start = end - Double(History.seconds) - 60
        for earlier in rewind.rows(until: time)
        where (start...end).contains(earlier.gateway.uptimeSeconds) {
            drawn.note(earlier)
        }
        return drawn
    }
}
