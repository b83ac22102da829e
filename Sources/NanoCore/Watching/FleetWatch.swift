/// Watches devices for what is unusual of them, from look to look at what the gateway has counted and
/// at a sample of what they sent.
///
/// A value without clocks. Its memory is bounded: so many devices, fields and names, and no more.
public struct FleetWatch: Sendable {
    /// Devices that are other than usual, by the ways of it; ways that nobody is in are left out.
    public private(set) var anomalies: [AnomalySnapshot] = []
    /// Devices of which nothing is accepted any more, while frames with their names are refused.
    public private(set) var refused: Set<DeviceName> = []
    private let rules: WatchRules
    private var devices: [DeviceName: WatchedDevice] = [:]
    /// The names of fields, and their places.
    private var names: [String] = []
    private var places: [String: UInt16] = [:]
    /// Monotonic nanoseconds of the last look.
    private var lookedAt: UInt64?
    /// Packets that were looked at last time.
    private var seenRecords: Set<UInt64> = []

    /// Devices that are watched, at most; later ones are not, until there is room.
    private let capacity: Int
    private static let fewestPackets: UInt64 = 3
    private static let strayMilliseconds: Int64 = 600_000
    /// Names of fields that are told apart, at most; later ones are not looked at.
    static let nameCapacity = 1_024
    /// Looks that are further apart say nothing of the time in between.
    private static let longestNanoseconds: UInt64 = 20_000_000_000

    /// - Parameter capacity: Devices that are watched, at most.
    public init(rules: WatchRules, capacity: Int = 20_000) {
        self.rules = rules
        self.capacity = capacity
    }

    /// Looks at all devices; to be called every few seconds.
    ///
    /// - Parameter listens: Whether devices could be heard since the last look.
    public mutating func look(_ rows: [DeviceSnapshot], listens: Bool, now: Moment) {
        let time = now.monotonicNanoseconds
        defer { lookedAt = time }
        guard let lookedAt, time > lookedAt else { return add(rows, now) }
        // A process that was stopped for a while has heard nobody either.
        guard listens, time - lookedAt <= Self.longestNanoseconds else {
            for row in rows {
                devices[DeviceName(row)]?.leaveOut(row, nanoseconds: time - lookedAt, now: time)
            }
            return
        }
        let seconds = Double(time - lookedAt) / 1e9
        for row in rows {
            devices[DeviceName(row)]?.look(row, seconds: seconds, now: time, rules: rules)
        }
        add(rows, now)
        anomalies = AnomalyKind.allCases.compactMap { anomaly($0, time) }
        refused =
            anomalies.contains { $0.kind == .refused }
            ? Set(devices.lazy.filter { $0.value.since(.refused) != nil }.map(\.key)) : []
    }

    /// Watches devices no longer that cannot be heard; heard again, they are learned anew.
    public mutating func forget(_ rows: [DeviceSnapshot]) {
        for row in rows { devices[DeviceName(row)] = nil }
    }

    /// Looks at packets that were accepted; those of the last call may be among them.
    public mutating func look(_ packets: [PacketRecord]) {
        guard rules.watchesValues, let lookedAt else { return }
        for packet in packets where !seenRecords.contains(packet.id) {
            guard let name = DeviceName(packet), devices[name] != nil else { continue }
            for field in Measurements(of: packet).fields {
                guard let place = place(of: field.name) else { continue }
                devices[name]?.note(field: place, field.value, now: lookedAt, rules: rules)
            }
        }
        seenRecords = Set(packets.map(\.id))
    }

    /// Looks at frames that were refused; those of the last call may be among them.
    public mutating func hear(_ rejections: [PacketRecord], now: Moment) {
        for record in rejections {
            guard let refusal = record.refusal, let name = DeviceName(record) else { continue }
            let age = UInt64(max(0, now.unixMilliseconds - record.unixMilliseconds)) * 1_000_000
            devices[name]?.note(
                refusal, diagnosis: record.finding.map(String.init),
                at: now.monotonicNanoseconds - min(now.monotonicNanoseconds, age))
        }
    }

    /// The gateway's clock was set, which no device's was.
    public mutating func gatewayStepped(by seconds: Double) {
        for name in devices.keys { devices[name]?.gatewayStepped(by: seconds) }
    }

    private mutating func add(_ rows: [DeviceSnapshot], _ now: Moment) {
        guard devices.count < rows.count else { return }
        var rows = rows
        if rows.count > capacity {
            rows.removeAll { isStray($0, now) }
            let kept = Set(rows.lazy.map(DeviceName.init))
            if devices.count >= capacity { devices = devices.filter { kept.contains($0.key) } }
        }
        for row in rows where devices.count < capacity {
            let name = DeviceName(row)
            if devices[name] == nil {
                devices[name] = WatchedDevice(row, now: now.monotonicNanoseconds)
            }
        }
    }

    /// Whether a device was heard once or twice and then no more: nothing can be usual of it, and
    /// made-up names look like that.
    private func isStray(_ row: DeviceSnapshot, _ now: Moment) -> Bool {
        row.accepted < Self.fewestPackets
            && now.unixMilliseconds - row.lastSeenUnixMilliseconds >= Self.strayMilliseconds
    }

    private mutating func place(of name: String) -> UInt16? {
        if let place = places[name] { return place }
        guard names.count < Self.nameCapacity else { return nil }
        let place = UInt16(names.count)
        names.append(name)
        places[name] = place
        return place
    }

    private func anomaly(_ kind: AnomalyKind, _ now: UInt64) -> AnomalySnapshot? {
        var found: [(since: UInt64, name: DeviceName)] = []
        for (name, device) in devices {
            if let since = device.since(kind) { found.append((since, name)) }
        }
        guard !found.isEmpty else { return nil }
        found.sort { ($0.since, $0.name.id) < ($1.since, $1.name.id) }
        let examples = found.prefix(AnomalySnapshot.mostExamples).map { _, name in
            AnomalySnapshot.Example(
                model: name.model, device: name.id,
                evidence: devices[name]?.evidence(of: kind, now: now, names: names) ?? "")
        }
        let models = Set(found.map(\.name.model))
        return AnomalySnapshot(
            kind: kind, devices: found.count, model: models.count == 1 ? models.first : nil,
            examples: examples)
    }
}
