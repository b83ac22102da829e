public import NanoCore

/// Everything that the console knows. Keys and snapshots change it, views draw it; it does nothing
/// by itself.
public struct ConsoleModel: Sendable {
    /// The newest snapshot.
    private(set) var live = Snapshot()
    /// What the views show: the newest snapshot, or the one that was frozen.
    private(set) var shown = Snapshot()
    private(set) var history = History()
    private(set) var isFrozen = false
    var view = ViewKind.overview
    var lists: [ViewKind: ListState] = [
        .packets: ListState(following: true), .rejections: ListState(following: true),
        .log: ListState(following: true),
    ]
    var filters: [ViewKind: Filter] = [:]
    var deviceSort = DeviceSort()
    /// The packet that is open, with its bytes.
    var opened: PacketRecord?
    /// First line of the open packet that is shown.
    var scroll = 0
    var overlay = Overlay.none
    /// One sentence about what was done last, and whether it failed.
    private(set) var notice: (text: String, isFault: Bool)?
    private var noticeUntil: Double = 0
    /// The name of the theme in use.
    public var themeName: String
    /// Why the last change of theme failed, if it did.
    var pageRows = 10

    public init(themeName: String) {
        self.themeName = themeName
    }

    /// The parts of a snapshot that the console shows now.
    public var parts: SnapshotParts { view.parts }

    /// Takes in the newest snapshot.
    public mutating func receive(_ snapshot: Snapshot) {
        live = snapshot
        history.note(snapshot)
        if !isFrozen { shown = snapshot }
        if notice != nil, snapshot.gateway.uptimeSeconds > noticeUntil { notice = nil }
    }

    /// Says what became of a command.
    public mutating func finish(_ result: CommandResult) {
        switch result {
        case .done(let text): say(text)
        case .failed(let text): say(text, isFault: true)
        }
    }

    /// Shows a sentence for some seconds.
    public mutating func say(_ text: String, isFault: Bool = false) {
        notice = (text, isFault)
        noticeUntil = live.gateway.uptimeSeconds + 8
    }

    mutating func toggleFreeze() {
        isFrozen.toggle()
        if !isFrozen { shown = live }
    }

    func filter(_ view: ViewKind) -> Filter { filters[view] ?? .none }

    func list(_ view: ViewKind) -> ListState { lists[view] ?? ListState() }

    // MARK: - What the lists show

    var devices: [DeviceSnapshot] {
        let filter = filter(.devices)
        let matching =
            filter.isEmpty
            ? shown.devices
            : shown.devices.filter { device in
                filter.matches(
                    Filter.Subject(
                        model: device.model, device: device.id, address: device.address,
                        text: "\(device.id) \(device.address) \(device.model)"))
            }
        return deviceSort.sorted(matching)
    }

    var packets: [PacketRecord] { shown.packets.filter { matches($0, filter(.packets)) } }

    var rejections: [PacketRecord] {
        shown.rejections.filter { matches($0, filter(.rejections)) }
    }

    var log: [LogLine] {
        let filter = filter(.log)
        return shown.log.filter {
            filter.matches(Filter.Subject(text: "\($0.level) \($0.label) \($0.message)"))
        }
    }

    private func matches(_ record: PacketRecord, _ filter: Filter) -> Bool {
        guard !filter.isEmpty else { return true }
        let reason = record.refusal?.reason.name ?? ""
        let device = record.deviceID ?? ""
        return filter.matches(
            Filter.Subject(
                model: record.model, reason: reason, device: device, address: record.address,
                text: "\(device) \(reason) \(record.address) \(record.model?.description ?? "")"))
    }

    /// Identities of the rows of a view, in their order.
    var rowIDs: [String] {
        switch view {
        case .overview: shown.alarms.map(\.id)
        case .devices: devices.map(DeviceSort.identity)
        case .packets: packets.map { "\($0.id)" }
        case .rejections: rejections.map { "\($0.id)" }
        case .routes: shown.routes.map(\.name)
        case .secrets: shown.secrets.map { "\($0.model)/\($0.generation)" }
        case .log: log.map { "\($0.id)" }
        }
    }

    /// Whether the list of a view grows at its end.
    static func growsAtEnd(_ view: ViewKind) -> Bool {
        [.packets, .rejections, .log].contains(view)
    }
}
