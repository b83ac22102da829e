import NanoCore

/// The rows of one view, filtered and in their order. They are made when something that they depend
/// on has changed, not for every look at them: there may be thousands.
struct Listing: Sendable {
    /// Of the view of one device, that one.
    private(set) var devices: [DeviceSnapshot] = []
    private(set) var records: [PacketRecord] = []
    private(set) var log: [LogLine] = []
    private(set) var alarms: [AlarmSnapshot] = []
    private(set) var audit: [AuditSnapshot] = []
    private(set) var routes: [RouteSnapshot] = []
    private(set) var secrets: [SecretSnapshot] = []
    private(set) var letters: [DeadLetterSnapshot] = []
    private(set) var unheard: [RegistryRow] = []
    private(set) var offenders: [OffenderSnapshot] = []
    private(set) var groups: [RefusalGroup] = []
    /// What the device that is open has measured.
    private(set) var values = DeviceValues()
    private(set) var ids: [RowID] = []
    /// Index of the row that the cursor is on before it is moved.
    private(set) var start = 0
    /// The places of the devices in the snapshot, among those that match.
    private var order: [Int] = []

    init() {}

    /// - Parameters:
    ///   - route: The one whose dead letters are listed.
    ///   - device: The one that is open.
    ///   - kept: Marked packets, which are listed also when they have left the snapshot.
    ///   - grouping: What refusals are counted by.
    ///   - hidden: Panes of the overview that are not shown: their rows are no rows.
    ///   - last: The listing before this one, whose order is a good start for sorting.
    init(
        _ view: ViewKind, of snapshot: Snapshot, filter: Filter, sort: DeviceSort,
        route: String, device: DeviceName?, kept: [PacketRecord] = [],
        grouping: RefusalGrouping = .reason, hidden: Set<OverviewPane> = [], after last: Listing
    ) {
        let now = snapshot.gateway.unixMilliseconds
        switch view {
        case .overview:
            let all = hidden.contains(.alarms) ? [] : snapshot.alarms
            alarms = all.filter { filter.matches(FilterSubject($0), now: now) }
                .sorted { $0.isLookedAt(before: $1) }
            routes = hidden.contains(.routes) ? [] : snapshot.routesByNeed
            ids = routes.map { .name($0.name) } + alarms.map { .alarm($0.id) }
            start = alarms.isEmpty ? 0 : routes.count
        case .devices:
            let all = snapshot.devices.filter {
                filter.matches(FilterSubject($0, now: now), now: now)
            }
            order = sort.order(of: all, from: last.order, now: now)
            devices = order.map { all[$0] }
            ids = devices.map { .device($0.model, $0.id) }
        case .packets: list(snapshot.packets, and: kept, filter, now)
        case .rejections: list(snapshot.rejections, and: kept, filter, now)
        case .routes:
            routes = snapshot.routes.filter { filter.matches(FilterSubject($0), now: now) }
            ids = routes.map { .name($0.name) }
        case .secrets:
            secrets = snapshot.secrets.filter { filter.matches(FilterSubject($0), now: now) }
            ids = secrets.map { .generation($0.model, $0.generation) }
        case .alarms:
            let all = snapshot.alarms.sorted { $0.isLookedAt(before: $1) } + snapshot.endedAlarms
            alarms = all.filter { filter.matches(FilterSubject($0), now: now) }
            audit = snapshot.audit.reversed()
            ids = alarms.map(RowID.init) + audit.map { .number($0.number) }
        case .log:
            log = snapshot.log.filter { filter.matches(FilterSubject($0), now: now) }
            ids = log.map { .number($0.id) }
        case .deadLetters:
            let all = snapshot.routes.first { $0.name == route }?.newestDeadLetters ?? []
            letters = all.reversed().filter { filter.matches(FilterSubject($0), now: now) }
            ids = letters.map { .number(UInt64($0.number)) }
        case .device:
            guard let device else { return }
            devices = snapshot.devices.first { DeviceName($0) == device }.map { [$0] } ?? []
            let sent = DeviceRecords(of: device, in: snapshot)
            values = DeviceValues(sent.accepted, profile: snapshot.profile(of: device.model))
            records = sent.all.filter { filter.matches(FilterSubject(verdict: $0), now: now) }
            ids = records.map { .number($0.id) }
        case .registry:
            unheard = snapshot.registry.rows.filter {
                filter.matches(FilterSubject($0), now: now)
            }
            ids = unheard.map { .device($0.name.model, $0.name.id) }
        case .offenders:
            offenders = snapshot.offenders.rows.filter {
                filter.matches(FilterSubject($0), now: now)
            }
            ids = offenders.map { .name($0.source) }
        case .refusalGroups:
            let all = snapshot.rejections
            groups = RefusalGroup.groups(
                of: all.filter { filter.matches(FilterSubject($0), now: now) }, kept: all,
                by: grouping, now: now)
            // A name may be empty; none is something else.
            ids = groups.map { .name($0.name.map { "=" + $0 } ?? "-") }
        }
    }

    private mutating func list(
        _ all: [PacketRecord], and kept: [PacketRecord], _ filter: Filter, _ now: Int64
    ) {
        // What is looked at of the past has not seen what was marked later.
        var missing = kept.filter { $0.unixMilliseconds <= now }
        if !missing.isEmpty {
            let known = Set(all.map(\.id))
            missing.removeAll { known.contains($0.id) }
        }
        records = (missing + all).filter { filter.matches(FilterSubject($0), now: now) }
        ids = records.map { .number($0.id) }
    }
}

extension RowID {
    /// An alarm may have stood before under the same name.
    fileprivate init(_ alarm: AlarmSnapshot) {
        let ended = alarm.endedUnixMilliseconds.map { "\($0) " } ?? ""
        self = .alarm(ended + alarm.id)
    }
}

extension AlarmSnapshot {
    /// The worst are looked at first, and of these the newest.
    fileprivate func isLookedAt(before other: AlarmSnapshot) -> Bool {
        if severity != other.severity { return severity > other.severity }
        if unixMilliseconds != other.unixMilliseconds {
            return unixMilliseconds > other.unixMilliseconds
        }
        return id < other.id
    }
}
