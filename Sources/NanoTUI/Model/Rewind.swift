import NanoCore

/// The last hour of a gateway, to be looked at once more.
///
/// Totals are kept of every second, and every ten seconds the rows of all views with them; farther back
/// both get sparser, so that an hour of a large fleet has room too.
struct Rewind: Sendable {
    /// A moment as it is shown again.
    struct Moment: Sendable {
        /// In seconds of ``Rewind/now``: what tells moments apart.
        let at: Double
        let snapshot: Snapshot
        let history: History
        /// When the rows were noted; nil where none are left.
        let rowsAt: Double?
    }

    /// The parts that the rows of all views are in.
    static let rows: SnapshotParts = [.devices, .packets, .rejections, .log, .deadLetters, .audit]
    private static let hour: Double = 3_600
    private static let secondsBetweenTotals: Double = 0.9
    private static let secondsBetweenRows: Double = 10
    /// Packets, refusals, lines of the log and audit entries that are kept of a moment: the newest.
    static let recordCount = 200

    private var totals = FadingRing<Snapshot>(
        limits: .init(entries: 900, bytes: 8 << 20, seconds: hour))
    private var rows = FadingRing<Snapshot>(
        limits: .init(entries: 360, bytes: 16 << 20, seconds: hour))

    /// Whether the next snapshot should come with all rows.
    private(set) var isWaitingForRows = true
    /// The time of the newest snapshot, in seconds of the gateway's uptime, which goes on over its
    /// restarts.
    private(set) var now: Double = 0
    /// What had passed when the gateway was started last.
    private var base: Double = 0
    /// The gateway as it was looked at last.
    private var gateway = GatewaySnapshot()

    /// The times that there is a moment of, oldest first.
    var times: [Double] { totals.entries.map(\.at) }

    /// Takes note of a snapshot that came with these parts.
    mutating func note(_ snapshot: Snapshot, parts: SnapshotParts) {
        if snapshot.gateway.isStartedAnew(since: gateway) { base = now }
        gateway = snapshot.gateway
        now = base + snapshot.gateway.uptimeSeconds
        if parts.isSuperset(of: Self.rows) {
            let kept = snapshot.withNewest(Self.recordCount)
            rows.add(kept, at: now, bytes: kept.approximateBytes)
            isWaitingForRows = false
        } else if let last = rows.entries.last?.at {
            isWaitingForRows = now - last >= Self.secondsBetweenRows
        }
        if let last = totals.entries.last?.at, now - last < Self.secondsBetweenTotals { return }
        let bare = snapshot.withoutRows
        totals.add(bare, at: now, bytes: bare.approximateBytes)
    }

    /// The newest moment that is at least so many seconds before a time; the oldest that there is where
    /// none is; nil before there is any.
    func moment(before time: Double, by seconds: Double = 0) -> Moment? {
        let entries = totals.entries
        guard !entries.isEmpty else { return nil }
        return moment(totals.index(at: seconds > 0 ? time - seconds : time.nextDown) ?? 0)
    }

    /// The oldest moment that is at least so many seconds behind a time; nil where none is.
    func moment(behind time: Double, by seconds: Double = 0) -> Moment? {
        let wanted = seconds > 0 ? time + seconds : time.nextUp
        return totals.entries.firstIndex { $0.at >= wanted }.map(moment)
    }

    /// Snapshots with all rows, oldest first.
    ///
    /// - Parameter time: Of the newest that may be among them; nil for all.
    func rows(until time: Double?) -> [Snapshot] {
        rows.entries.prefix { $0.at <= time ?? .infinity }.map(\.element)
    }

    /// The devices as they were listed last, of this run and of earlier ones; nil where that is more than so
    /// many seconds ago.
    func devices(
        within seconds: Double
    ) -> (devices: [DeviceSnapshot], former: [DeviceSnapshot])? {
        let newest = rows.entries.last {
            !$0.element.devices.isEmpty || $0.element.formerDevices?.isEmpty == false
        }
        guard let newest, now - newest.at <= seconds else { return nil }
        return (newest.element.devices, newest.element.formerDevices ?? [])
    }

    /// Which devices use which generations, as it was noted last.
    var adoptions: [ModelID: SecretAdoption] { rows.entries.last?.element.adoptions ?? [:] }

    private func moment(_ index: Int) -> Moment {
        let entry = totals.entries[index]
        var snapshot = entry.element
        let kept = rows.index(at: entry.at).map { rows.entries[$0] }
        if let kept { snapshot.fill(Self.rows, from: kept.element) }
        // Curves go back some minutes, and are made once more from the totals of that time.
        var history = History()
        let uptime = snapshot.gateway.uptimeSeconds
        for earlier in totals.entries[..<index]
        where entry.at - earlier.at < min(uptime, Double(History.seconds)) {
            history.note(earlier.element)
        }
        history.note(entry.element)
        return Moment(at: entry.at, snapshot: snapshot, history: history, rowsAt: kept?.at)
    }
}

extension Snapshot {
    /// The rows of views that are counted in thousands left out.
    var withoutRows: Snapshot {
        var bare = self
        bare.devices = []
        bare.adoptions = [:]
        bare.formerDevices = nil
        bare.registry.rows = []
        (bare.packets, bare.rejections, bare.log, bare.audit) = ([], [], [], [])
        for index in bare.routes.indices { bare.routes[index].newestDeadLetters = [] }
        return bare
    }

    /// The newest of what comes and goes alone: these make most of a snapshot.
    fileprivate func withNewest(_ count: Int) -> Snapshot {
        var part = self
        part.packets = Array(packets.suffix(count))
        part.rejections = Array(rejections.suffix(count))
        part.log = Array(log.suffix(count))
        part.audit = Array(audit.suffix(count))
        return part
    }

    /// About what it takes of memory, from its numbers of rows.
    fileprivate var approximateBytes: Int {
        let letters = routes.reduce(0) { $0 + $1.newestDeadLetters.count }
        let frames = (packets + rejections).reduce(0) { $0 + $1.bytes.count + $1.plain.count }
        return 4_096 + (models.count + unknownModels.count) * 512 + routes.count * 1_024
            + (alarms.count + endedAlarms.count + anomalies.count) * 512 + secrets.count * 256
            + (devices.count + (formerDevices?.count ?? 0)) * 256
            + (registry.rows.count + offenders.rows.count) * 256 + letters * 1_024
            + (packets.count + rejections.count) * 384 + frames + (log.count + audit.count) * 320
    }
}
