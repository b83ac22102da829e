/// Which devices are known, and which wait to be.
public struct RegistrySnapshot: Codable, Sendable {
    /// Whether only known devices are heard.
    public var isClosed = false
    /// Devices by what was decided about them.
    public var known = 0
    public var rejected = 0
    public var blocked = 0
    /// Devices that have shown a valid MAC and wait for somebody to approve them.
    public var waiting = 0
    /// Devices that waited and had to make room for newer ones, since the start.
    public var forgotten: UInt64 = 0
    /// Genuine frames that were refused because of their device, since the start.
    public var refused: UInt64 = 0
    /// The device that has waited for longest, with its address; nil when none waits.
    public var longestWaiting: RegistryRow?
    /// With ``SnapshotParts/devices``: those that wait, the first to come first, then the rejected
    /// and the blocked.
    public var rows: [RegistryRow] = []
    /// The same: what an adoption of all devices would do now; nil of gateways that do not tell.
    public var adoption: RegistryAdoption?

    public init() {}
}

/// Which devices become known when all that were seen are adopted.
public struct RegistryAdoption: Codable, Equatable, Sendable {
    /// Those of this run that nothing was decided about.
    public var heard = 0
    /// The same, of those that were heard within a day and not since the start.
    public var heardBefore = 0
    /// How many of both wait for approval now.
    public var waiting = 0
    /// How many of both the configuration names as known.
    public var configured = 0
    /// Devices that would be adopted, were nothing decided about them.
    public var decided = 0

    public init() {}
}

/// A device that is not heard.
public struct RegistryRow: Codable, Sendable {
    public var name: DeviceName
    /// Nil for one that waits.
    public var standing: DeviceStanding?
    /// Address and port of its newest frame.
    public var address = ""
    /// Milliseconds of Unix time; 0 for a device that nothing has come from since the start.
    public var firstSeenUnixMilliseconds: Int64 = 0
    public var lastSeenUnixMilliseconds: Int64 = 0
    /// Frames refused since the start.
    public var frames: UInt64 = 0
    /// Number of the generation of its model's secret that signed its newest frame.
    public var generation = 0

    public init(name: DeviceName, standing: DeviceStanding? = nil) {
        self.name = name
        self.standing = standing
    }

    /// What lists call its state.
    package var stateName: String { Self.stateName(of: standing) }

    static func stateName(of standing: DeviceStanding?) -> String {
        standing?.rawValue ?? "waiting"
    }
}
