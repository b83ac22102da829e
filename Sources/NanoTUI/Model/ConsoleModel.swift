public import NanoCore

/// Everything that the console knows. Keys and snapshots change it, views draw it; it does nothing
/// by itself.
public struct ConsoleModel: Sendable {
    /// The newest snapshot.
    private(set) var live = Snapshot()
    /// Counts on, whatever is shown.
    private var counted = History()
    /// What is shown in place of the newest while the view is frozen.
    private var frozen: (snapshot: Snapshot, history: History, at: Double)?
    /// The last hour.
    private(set) var rewind = Rewind()
    /// The moment of it that is shown, which the view is frozen at.
    private(set) var rewound: Rewind.Moment?
    /// The larger parts that have come for the shown snapshot.
    private var arrived: SnapshotParts = []
    /// Those that have come with the newest one.
    private var liveParts: SnapshotParts = []
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
    /// How fast it has sent.
    private(set) var deviceCurve = DeviceCurve()
    /// Whether its values have the room of its packets.
    var showsAllValues = false
    var filters: [ViewKind: Filter] = [:] { didSet { isListingStale = true } }
    /// Filters that were kept, of all views.
    var filterHistory = LineHistory()
    /// What later consoles begin with.
    public var lasting = LastingSettings() { didSet { isListingStale = true } }
    /// The packet that is open, with its bytes.
    var opened: PacketRecord?
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
    private(set) var notice: Notice?
    /// What was said last, to be read again.
    private(set) var message: Notice?
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
        if rewind.isWaitingForRows { return Rewind.rows }
        if isTypingCommand { return view.parts.union([.devices]) }
        let needed = view.parts.union(partsOfScript)
        let isWatching = watch.map { !$0.isOver } ?? false
        let watched: SnapshotParts = isWatching ? [.packets, .rejections, .devices] : []
        let newest: SnapshotParts =
            view == .overview && hasRoomForNewest ? [.rejections, .log] : []
        return needed.union(watched).union(newest)
    }

    /// Whether the view shows a part that has not come yet: ask for a snapshot now.
    public var isWaitingForRows: Bool { !view.parts.isSubset(of: arrived) }

    /// Has the next snapshots come with what a command asks by.
    ///
    /// - Returns: Whether the newest one has come with that.
    mutating func hasRows(for action: Action) -> Bool {
        partsOfScript = action.partsAskedBy
        return partsOfScript.isSubset(of: liveParts)
    }

    /// Has the next snapshots come without what a command asked by.
    mutating func forgetRowsOfScript() { partsOfScript = [] }

    /// Whether the devices are those of the shown snapshot; views that list none do without.
    var hasDevices: Bool { arrived.contains(.devices) }

    /// Whether they are in the newest one.
    var hasLiveDevices: Bool { liveParts.contains(.devices) }

    /// Takes in the newest snapshot, made with ``parts``.
    public mutating func receive(_ snapshot: Snapshot) {
        if snapshot.gateway.isStartedAnew(since: live.gateway) { forgetEarlierGateway() }
        // What was done before is no news of a gateway that does not answer.
        if snapshot.gateway.state == .unreachable, live.gateway.state != .unreachable {
            notice = nil
        }
        let before = parts
        live = snapshot
        counted.note(snapshot)
        rewind.note(snapshot, parts: snapshot.parts ?? before)
        // What is asked for changes with what comes; an earlier gateway does not say what came.
        let asked = before.intersection(parts)
        liveParts = snapshot.parts ?? snapshot.filledParts.union(asked)
        watch?.note(snapshot)
        if frozen == nil {
            arrived = liveParts
            deviceCurve.note(snapshot)
        } else {
            // A view that was not shown before has nothing that could stand still.
            let missing = liveParts.intersection(asked).subtracting(arrived)
            frozen?.snapshot.fill(missing, from: snapshot)
            arrived.formUnion(missing)
        }
        isListingStale = true
        refreshMarks()
        if !isTooFastToRead { refreshListing() }
        keepCursor()
        refreshOpened()
        if let notice, now > notice.until { self.notice = nil }
    }

    /// The gateway was started anew: its totals begin at 0, and so does its time.
    private mutating func forgetEarlierGateway() {
        counted = History()
        deviceCurve = DeviceCurve(of: device, isRepeated: attachment == .playing)
        notice = nil
        // It numbers its packets from the beginning.
        marks = Marks()
        opened = nil
    }

    private mutating func refreshMarks() {
        if view == .deadLetters, !isFrozen, liveParts.contains(.deadLetters) {
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

    /// Says what became of a command.
    public mutating func finish(_ command: Command, _ result: CommandResult) {
        if let expected = expectedWatch,
            command == .provision(expected.model, device: expected.device)
        {
            expectedWatch = nil
            if case .done = result { watch = expected }
        }
        if case .done = result, let change = Change(takingBack: command) {
            lastChange = change
        } else if case .done = result, let words = Change.wordsOfFinal(command) {
            lastFinal = words
        }
        // That its packets are kept is seen where they are.
        if case .follow = command, case .done = result { return }
        let details = remarks(on: command)
        switch noteRotation(command, result) {
        case .done(let text): say(text, .done, details)
        case .unchanged(let text): say(text, .remark, details)
        case .failed(let text): say(text, .fault, details)
        }
    }

    /// Shows a sentence for some seconds: a remark, or what is wrong.
    ///
    /// - Parameter details: What there is to say beside it, the most important first.
    public mutating func say(_ text: String, details: [String] = [], isFault: Bool = false) {
        say(text, isFault ? .fault : .remark, details)
    }

    /// Uptime of the gateway, in seconds; it goes on while the gateway does not answer.
    private var now: Double {
        live.gateway.uptimeSeconds + (live.gateway.silentSeconds ?? 0)
    }

    private mutating func say(_ text: String, _ kind: Notice.Kind, _ details: [String]) {
        let until = now + Notice.seconds
        notice = Notice(text: text, details: details, kind: kind, until: until)
        message = notice
    }

    /// Says which theme is shown now, which a narrow head has no room for.
    mutating func sayTheme() {
        say(hasColors ? "theme \(themeName)" : "theme \(themeName); the terminal shows no colours")
    }

    /// Makes what is wrong with the theme's file the message that is read whole, where nothing newer is.
    mutating func recallThemeFault() {
        guard notice == nil, let themeFault else { return }
        message = Notice(text: themeFault.description, kind: .fault, until: 0)
    }

    mutating func dismissNotice() {
        notice = nil
    }

    mutating func toggleFreeze() {
        if frozen == nil {
            frozen = (live, counted, rewind.now)
        } else {
            frozen = nil
            rewound = nil
            arrived = live.filledParts
            drawDeviceCurve()
        }
        isListingStale = true
    }

    /// Begins the curve of the device that is open with what is remembered of it.
    mutating func drawDeviceCurve() {
        deviceCurve = DeviceCurve(of: device, isRepeated: attachment == .playing)
        guard device != nil else { return }
        let shown = shown
        let end = shown.gateway.uptimeSeconds
        // To find a device costs a look at all of them: of the hour only what the curve shows, and the
        // rows before that, which are ten seconds apart or more.
        let start = end - Double(History.seconds) - 60
        for earlier in rewind.rows(until: rewound?.at)
        where (start...end).contains(earlier.gateway.uptimeSeconds) {
            deviceCurve.note(earlier)
        }
        // The rows of a moment of the past are older than it, and noted already.
        if rewound == nil { deviceCurve.note(shown) }
    }

    /// The times that there is a moment of, oldest first, and the time now.
    var remembered: (times: [Double], now: Double) { (rewind.times, rewind.now) }

    /// Shows a moment of the last hour: the nearest, or the nearest that is so many seconds away.
    mutating func stepBack(seconds: Double = 0) {
        let lag = live.gateway.uptimeSeconds - shown.gateway.uptimeSeconds
        let from = rewound?.at ?? rewind.now - max(0, lag)
        if let moment = rewind.moment(before: from, by: seconds) { show(moment) }
    }

    /// The other way round; behind the newest moment is what is now.
    mutating func stepForward(seconds: Double = 0) {
        guard let rewound else { return }
        if let moment = rewind.moment(behind: rewound.at, by: seconds) {
            show(moment)
        } else {
            toggleFreeze()
        }
    }

    private mutating func show(_ moment: Rewind.Moment) {
        rewound = moment
        frozen = (moment.snapshot, moment.history, moment.at)
        // What is not kept of that moment is not made up from now.
        arrived = Rewind.rows
        isListingStale = true
        drawDeviceCurve()
    }

    /// Whether a command is being typed.
    var isTypingCommand: Bool { if case .command = overlay { true } else { false } }

    var deviceSort: DeviceSort {
        get { lasting.sort }
        set { lasting.sort = newValue }
    }

    func filter(_ view: ViewKind) -> Filter { filters[view] ?? view.filter("") }

    func list(_ view: ViewKind) -> ListState { lists[view] ?? ListState() }

    var isFrozen: Bool { frozen != nil }

    /// When what is drawn was so, in seconds of ``Rewind/now``; nil while it is what is now.
    var frozenAt: Double? { frozen?.at }

    /// The newest snapshot, or the one that was frozen.
    var shown: Snapshot { frozen?.snapshot ?? live }

    /// The rates and curves that belong to ``shown``.
    var history: History { frozen?.history ?? counted }
}
