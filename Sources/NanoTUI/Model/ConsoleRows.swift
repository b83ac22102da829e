import NanoCore

/// The rows of the view: when they are made, and what there is of them.
extension ConsoleModel {
    /// Brings the rows up to date after a key or a snapshot.
    mutating func refreshListing() {
        // No row moves under a question.
        if case .confirmation = overlay { return }
        guard isListingStale else { return }
        listing = Listing(
            view, of: shown, filter: filter(view), sort: deviceSort, route: lettersRoute,
            device: device, kept: marks.records(in: view), grouping: refusalGrouping,
            hidden: lasting.layout.hiddenPanes, after: listing)
        isListingStale = false
        listedAt = live.gateway.uptimeSeconds
    }

    /// A row that has gone leaves the cursor to the one in its place, and does not take it back when it
    /// comes again. While a filter is typed, and in the past, rows come and go with that.
    mutating func keepCursor() {
        if case .filter = overlay { return }
        if rewound != nil { return }
        let (list, rows) = (list(view), rowIDs)
        guard let selected = list.selected, !list.isFollowing, let index = cursor,
            rows[index] != selected
        else { return }
        lists[view]?.select(index, in: rows)
    }

    /// Whether a list that is followed is left as it is for now: one that more comes to than it has
    /// rows for moves once a second, so that it can be read.
    var isTooFastToRead: Bool {
        let all: [PacketRecord]
        switch view {
        case .packets: all = shown.packets
        case .rejections: all = shown.rejections
        default: return false
        }
        let passed = live.gateway.uptimeSeconds - listedAt
        guard (0..<0.9).contains(passed), list(view).isFollowing, let last = listing.records.last
        else { return false }
        let newest = all.suffix(pageRows)
        return !newest.contains { $0.id == last.id }
    }

    /// The rows of the devices view, or the device that is open; none in another view.
    var devices: [DeviceSnapshot] { listing.devices }

    /// The rows of the packets, the rejections or the device view; none in another.
    var records: [PacketRecord] { listing.records }

    /// The rows of the log; none in another view.
    var log: [LogLine] { listing.log }

    /// The dead letters that are listed, newest first; none in another view.
    var letters: [DeadLetterSnapshot] { listing.letters }

    /// The devices that are not heard, as they are listed; none in another view.
    var unheard: [RegistryRow] { listing.unheard }

    /// What the device that is open has measured; nothing in another view.
    var deviceValues: DeviceValues { listing.values }

    /// The addresses that flood, flap or are blocked; none in another view.
    var offenders: [OffenderSnapshot] { listing.offenders }

    /// Refusals by what they have in common; none in another view.
    var refusalGroups: [RefusalGroup] { listing.groups }

    /// The routes as the view lists them; none in a view without routes.
    var routes: [RouteSnapshot] { listing.routes }

    /// The newest entries of the audit trail, newest first; none in another view than theirs.
    var audit: [AuditSnapshot] { listing.audit }

    /// The generations of secrets as the view lists them; none in another view.
    var secrets: [SecretSnapshot] { listing.secrets }

    /// The alarms of the overview or of their view in the order that they are looked at; none in
    /// another view.
    var alarms: [AlarmSnapshot] { listing.alarms }

    /// Index of the row that the cursor of the view is on; nil where there are none.
    var cursor: Int? { list(view).index(in: rowIDs, start: listing.start) }

    /// Identities of the rows of the view, in their order.
    var rowIDs: [RowID] { listing.ids }

    /// Whether the list of a view grows at its end.
    static func growsAtEnd(_ view: ViewKind) -> Bool {
        [.packets, .rejections, .log, .device].contains(view)
    }
}
