/// Watches the gateway's own clock, from look to look: what the system says of it, whether it was set,
/// and what the devices' clocks say.
public struct ClockWatch: Sendable {
    /// What is known now.
    public private(set) var snapshot = ClockSnapshot()
    private let rules: ClockRules
    private var steps = ClockSteps()
    private var witnesses = ClockWitnesses()
    /// What devices that were let in have said.
    private var heard: [DeviceName: HeardClock] = [:]

    /// What a device said longer ago than this says nothing any more.
    static let memoryMilliseconds: Int64 = 300_000

    public init(rules: ClockRules) {
        self.rules = rules
        snapshot.mustBeSynchronised = rules.mustBeSynchronised
    }

    /// Takes in what the system says; to be called about once a second.
    ///
    /// - Parameter reading: Nil where the system does not tell.
    /// - Returns: The step, if the clock was set since the last look.
    public mutating func look(_ reading: ClockReading?, now: Moment) -> ClockStep? {
        snapshot.state =
            reading.map { $0.isSynchronised ? .synchronised : .unsynchronised } ?? .unknown
        snapshot.estimatedErrorSeconds = reading?.estimatedErrorSeconds
        snapshot.maximumErrorSeconds = reading?.maximumErrorSeconds
        guard let step = steps.look(now: now, leastSeconds: rules.stepSeconds) else { return nil }
        snapshot.lastStep = step
        snapshot.steps += 1
        return step
    }

    /// Takes in refusals, for those of genuine frames whose time was too far off.
    public mutating func hear(_ rejections: [PacketRecord], keys: KeyTable) {
        witnesses.hear(rejections, keys: keys)
    }

    /// Compares the clock with the devices'.
    ///
    /// A device that was let in is not asked what recordings of its frames say: whoever plays them
    /// again could otherwise make the clock look wrong.
    public mutating func compare(with devices: [DeviceSnapshot], now: Moment) {
        let stepped = snapshot.lastStep?.unixMilliseconds ?? .min
        let since = max(stepped, now.unixMilliseconds - Self.memoryMilliseconds)
        guard since <= now.unixMilliseconds else { return }
        let times = since...now.unixMilliseconds
        heard = heard.filter { times.contains($0.value.heardAt) }
        for device in devices where times.contains(device.lastSeenUnixMilliseconds) {
            let (ahead, time) = (device.clockOffsetSeconds, device.lastSeenUnixMilliseconds)
            let source = IPNetwork(sourceOfPlace: device.address)
            heard[DeviceName(device), default: HeardClock(ahead: ahead, at: time, from: source)]
                .note(ahead: ahead, at: time, from: source, since: since)
        }
        var votes = witnesses.votes(since: since, now: now)
        for (name, clock) in heard { votes[name] = clock.isCatchingUp ? nil : clock.vote }
        snapshot.consensus = ClockConsensus(
            Array(votes.values), leastDevices: rules.leastDevices)
    }
}

/// What the system says of its clock.
public struct ClockReading: Codable, Equatable, Sendable {
    /// Whether something keeps it right.
    public var isSynchronised: Bool
    public var estimatedErrorSeconds: Double
    public var maximumErrorSeconds: Double

    public init(
        isSynchronised: Bool, estimatedErrorSeconds: Double, maximumErrorSeconds: Double
    ) {
        self.isSynchronised = isSynchronised
        self.estimatedErrorSeconds = estimatedErrorSeconds
        self.maximumErrorSeconds = maximumErrorSeconds
    }
}
