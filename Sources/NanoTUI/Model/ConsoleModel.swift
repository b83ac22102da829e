public import NanoCore

/// Everything that the console knows. Keys and snapshots change it, views draw it; it does nothing
/// by itself.
public struct ConsoleModel: Sendable {
    /// What there is to be drawn.
    private var sight = Sight()
    /// Those that a script's next line is about, whatever the view shows.
    private var partsOfScript: SnapshotParts = []
    /// The rows of the view, as they are after every key and every snapshot.
    var listing = Listing()
    /// Whether they have to be made anew.
    var isListingStale = true
    /// Uptime of the gateway when they were made, in seconds.
    var listedAt = 0.0
    var view = ViewKind.overview { didSet { isListingStale = true } }
    var lists: [ViewKind: ListState] = [
        .packets: ListState(following: true), .rejections: ListState(following: true),
        .log: ListState(following: true),
    ]
    /// The route whose dead letters are listed.
    var lettersRoute = "" {
        didSet {
            isListingStale = true
            if lettersRoute != oldValue { marks.clear(.deadLetters) }
        }
    }
    /// The device that is open.
    var device: DeviceName? {
        didSet {
            isListingStale = true
            if device != oldValue { marks.clear(.device) }
        }
    }
    /// Whether its values have the room of its packets.
    var showsAllValues = false
    var filters: [ViewKind: Filter] = [:] { didSet { isListingStale = true } }
    /// Filters that were kept, of all views.
    var filterHistory = LineHistory()
    /// What later consoles begin with.
    public var lasting = LastingSettings() { didSet { isListingStale = true } }
    /// The packet that is open, with its bytes.
    var opened: PacketRecord?
    /// Dead letters that the gateway counts, to be asked about then.
    var counting: LetterCount?
    /// Where one is in the open packet.
    var detail = PacketDetail()
    var marks = Marks() { didSet { isListingStale = true } }
    var refusalGrouping = RefusalGrouping.reason { didSet { isListingStale = true } }
    /// How text gets to the operator's clipboard.
    public var clipboard = Clipboard()
    /// What is said of a copy behind where it was written.
    var copyRemarks: [String] = []
    /// The views that one came through, the nearest last.
    var trail: [Origin] = []
    /// The views that one has seen, wherever one came from.
    var visits = Visits()
    var overlay = Overlay.none
    /// First line of the open sheet that is shown.
    var sheetScroll = 0
    /// What is said at the bottom now.
    var notice: Notice?
    /// What was said last, to be read again.
    var message: Notice?
    /// What comes from a device that was provisioned.
    var watch: ProvisionWatch?
    /// The same, of one whose provisioning was asked for.
    var expectedWatch: ProvisionWatch?
    /// What has become of the models that are rotated together; nil while none are.
    var rotation: RotationRound?
    /// Whether the screen has no room for the views.
    var isSmall = false
    /// The name of the theme in use.
    public var themeName: String
    /// The names of the themes that there are.
    public var themeNames: [String] = []
    /// Whether the terminal shows colours.
    var hasColors = true
    /// What is wrong with the file of the theme in use, which keeps the look it had; nil for nothing.
    public var themeFault: ThemeError? {
        didSet {
            // It is newer than what is said, which would hide it for seconds.
            if let themeFault, themeFault != oldValue { notice = nil }
        }
    }
    /// The command line that was entered and could not be taken, until it is changed.
    var refusedLine: String?
    /// Commands that were typed before.
    var commandHistory = LineHistory()
    /// How to take the last change back; nil before there was any that can be.
    var lastChange: Change? { didSet { lastFinal = nil } }
    /// What was done since then that cannot be taken back: `a rotation`; nil for nothing.
    var lastFinal: String?
    /// Which key does what.
    var keyMap = KeyMap.standard
    /// What clicks are about on the screen as it was drawn last.
    var hotspots: [Hotspot] = []
    /// The row that was clicked last, until a key is pressed.
    var clicked: RowID?
    /// Whether the overview has room for the newest refusals and the log.
    var hasRoomForNewest = false
    /// Rows that a page up or down moves by.
    var pageRows = 10

    var attachment: Attachment

    public init(themeName: String, attachment: Attachment = .none) {
        self.themeName = themeName
        self.attachment = attachment
    }

    /// The parts of a snapshot that the console shows now.
    public var parts: SnapshotParts {
        if sight.rewind.isWaitingForRows { return Rewind.rows }
        if isTypingCommand { return view.parts.union([.devices]) }
        let needed = view.parts.union(partsOfScript)
        let isWatching = watch.map { !$0.isOver } ?? false
        let watched: SnapshotParts = isWatching ? [.packets, .rejections, .devices] : []
        let newest: SnapshotParts =
            view == .overview && hasRoomForNewest ? [.rejections, .log] : []
        return needed.union(watched).union(newest)
    }

    /// Whether the view shows a part that has not come yet: ask for a snapshot now.
    public var isWaitingForRows: Bool { !view.parts.isSubset(of: sight.arrived(at: place)) }

    /// Has the next snapshots come with what a command asks by.
    ///
    /// - Returns: Whether the newest one has come with that.
    mutating func hasRows(for action: Action) -> Bool {
        partsOfScript = action.partsAskedBy
        return partsOfScript.isSubset(of: sight.liveParts)
    }

    /// Has the next snapshots come without what a command asked by.
    mutating func forgetRowsOfScript() { partsOfScript = [] }

    /// Whether the devices are those of the shown snapshot; views that list none do without.
    var hasDevices: Bool { sight.arrived(at: place).contains(.devices) }

    /// Whether they are in the newest one.
    var hasLiveDevices: Bool { sight.liveParts.contains(.devices) }

    /// Takes in the newest snapshot, made with ``parts``.
    public mutating func receive(_ snapshot: Snapshot) {
        if snapshot.gateway.isStartedAnew(since: live.gateway) { forgetEarlierGateway() }
        // What was done before is no news of a gateway that does not answer.
        if snapshot.gateway.state == .unreachable, live.gateway.state != .unreachable {
            notice = nil
        }
        let before = parts
        sight.note(snapshot, parts: before)
        // What is asked for changes with what comes; an earlier gateway does not say what came.
        let asked = before.intersection(parts)
        sight.note(
            parts: snapshot.parts ?? snapshot.filledParts.union(asked), asked: asked, at: place)
        watch?.note(snapshot)
        isListingStale = true
        refreshMarks()
        if !isTooFastToRead { refreshListing() }
        keepCursor()
        refreshOpened()
        if let notice, now > notice.until { self.notice = nil }
    }

    /// The gateway was started anew: its totals begin at 0, and so does its time.
    private mutating func forgetEarlierGateway() {
        sight.forgetEarlierGateway(emptyCurve)
        notice = nil
        // It numbers its packets from the beginning.
        marks = Marks()
        opened = nil
    }

    private mutating func refreshMarks() {
        if view == .deadLetters, !isFrozen, sight.liveParts.contains(.deadLetters) {
            keepMarksOfLetters()
        }
        guard marks.count(in: .rejections) > 0 else { return }
        marks.refresh(from: live.rejections, in: .rejections)
    }

    /// The open packet follows its newest copy: what was found out about it may come later.
    private mutating func refreshOpened() {
        guard let id = opened?.id else { return }
        let copies = opened?.refusal == nil ? live.packets : live.rejections
        if let copy = copies.last(where: { $0.id == id }) { opened = copy }
    }

    /// Changes what is drawn.
    mutating func look(_ body: (inout Sight) -> Void) {
        body(&sight)
        isListingStale = true
    }

    /// Whether a command is being typed.
    var isTypingCommand: Bool { if case .command = overlay { true } else { false } }

    var deviceSort: DeviceSort {
        get { lasting.sort }
        set { lasting.sort = newValue }
    }

    func filter(_ view: ViewKind) -> Filter { filters[view] ?? view.filter("") }

    func list(_ view: ViewKind) -> ListState { lists[view] ?? ListState() }

    /// The newest snapshot.
    var live: Snapshot { sight.live }

    /// The last hour.
    var rewind: Rewind { sight.rewind }

    /// The moment of it that all views show; nil for what is now, or what stands still.
    var rewound: Rewind.Moment? { sight.rewound }

    /// The newest snapshot, or the one that was frozen.
    var shown: Snapshot { sight.shown(at: place) }

    /// The rates and curves that belong to ``shown``.
    var history: History { sight.history(at: place) }

    /// How fast the device that is open has sent.
    var deviceCurve: DeviceCurve { sight.deviceCurve(at: place) }

    /// When what is drawn was so, in seconds of ``Rewind/now``; nil while it is what is now.
    var frozenAt: Double? { sight.stoodAt(place) }

    /// Whether one of the views that a number key leads to stands still.
    func hasFrozen(behind tab: ViewKind) -> Bool { sight.hasFrozen(behind: tab) }
}
