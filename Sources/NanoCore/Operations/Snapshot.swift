/// The state of a gateway at one moment, as consoles, `/stats` and `/metrics` see it.
public struct Snapshot: Codable, Sendable {
    public var gateway = GatewaySnapshot()
    public var connections = ConnectionsSnapshot()
    public var ledger = LedgerSnapshot()
    public var latency = LatencySnapshot()
    public var journal = JournalSnapshot()
    public var clock = ClockSnapshot()
    /// Nil of gateways that do not say.
    public var replayMemory: ReplayMemorySnapshot?
    /// Models with a secret, ordered by model id.
    public var models: [ModelSnapshot] = []
    /// Models that frames claimed to be of and that have no secret, ordered by model id; a model is
    /// one byte, so whoever makes them up makes up no more than 256.
    public var unknownModels: [ModelSnapshot] = []
    /// In the order of configuration.
    public var routes: [RouteSnapshot] = []
    /// The larger parts that it was made with, empty ones too; nil of gateways that do not say.
    public var parts: SnapshotParts?
    /// Devices seen since the start: always present, whatever parts were asked for.
    public var deviceCount = 0
    /// The senders of most packets, most first, at most ten.
    public var topTalkers: [TalkerSnapshot] = []
    /// Devices that are other than usual, by the ways of it.
    public var anomalies: [AnomalySnapshot] = []
    /// Alarms that stand, newest first.
    public var alarms: [AlarmSnapshot] = []
    /// Alarms that have ended, the last to end first, at most ``AlarmBoard/historyCount``.
    public var endedAlarms: [AlarmSnapshot] = []
    /// Certificates that the gateway shows or believes, in the order of their keys.
    public var certificates: [CertificateSnapshot] = []
    /// Ordered by model id, then newest generation first.
    public var secrets: [SecretSnapshot] = []
    public var registry = RegistrySnapshot()
    public var offenders = OffendersSnapshot()
    /// The capture that runs, or the last one; nil before the first.
    public var capture: CaptureSnapshot?

    /// With ``SnapshotParts/devices``: in no particular order.
    public var devices: [DeviceSnapshot] = []
    /// Which devices use which generation of their models' secrets; comes with the devices.
    public var adoptions: [ModelID: SecretAdoption] = [:]
    /// Devices that earlier runs have heard within a day, and this one has not: where they sent from last,
    /// and when. Comes with the devices; nil of gateways that do not tell.
    public var formerDevices: [DeviceSnapshot]?
    /// With ``SnapshotParts/packets``: the newest accepted packets, and those of the device that is
    /// followed, newest last.
    public var packets: [PacketRecord] = []
    /// With ``SnapshotParts/rejections``: the newest refusals, newest last.
    public var rejections: [PacketRecord] = []
    /// With ``SnapshotParts/log``: the newest lines, newest last.
    public var log: [LogLine] = []
    /// With ``SnapshotParts/audit``: the newest entries of the audit trail, newest last.
    public var audit: [AuditSnapshot] = []

    public init() {}
}

/// The larger parts of a snapshot, made only when somebody looks at them.
public struct SnapshotParts: OptionSet, Codable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let devices = SnapshotParts(rawValue: 1 << 0)
    public static let packets = SnapshotParts(rawValue: 1 << 1)
    public static let rejections = SnapshotParts(rawValue: 1 << 2)
    public static let log = SnapshotParts(rawValue: 1 << 3)
    /// More of each route's dead letters than the very newest.
    public static let deadLetters = SnapshotParts(rawValue: 1 << 4)
    public static let audit = SnapshotParts(rawValue: 1 << 5)
}

/// What the gateway as a whole is doing.
public struct GatewaySnapshot: Codable, Sendable {
    public enum State: String, Codable, Sendable {
        case starting, running, draining
        /// Up, but nothing can be accepted at the moment; ``GatewaySnapshot/stateReason`` says why.
        case blocked
        /// In another process that does not answer; the rest is what it said last.
        case unreachable
    }

    public var name = ""
    public var version = ""
    public var state = State.starting
    /// Why the state is not `running`, in a sentence; empty when it is.
    public var stateReason = ""
    /// While nothing can be accepted since an unclean end lost the replay memory.
    public var replayLoss: ReplayLoss?
    /// What was wrong with the audit trail since the start; empty when nothing was.
    public var auditDamage = ""
    /// How far the copies of the audit trail in databases are; nil of gateways that do not say.
    public var auditCopies: [AuditCopySnapshot]?
    public var devicePort = 0
    /// The port of TLS's own; 0 where there is none.
    public var tlsPort = 0
    public var monitorPort = 0
    public var unixMilliseconds: Int64 = 0
    public var uptimeSeconds: Double = 0
    /// When it was started: what tells it from the one before. Nil of gateways that do not say.
    public var startedUnixMilliseconds: Int64?
    /// For how long it has not answered, in seconds; nil while it does.
    public var silentSeconds: Double?
    public var residentBytes: UInt64 = 0
    /// Processor time used since the start, in seconds.
    public var cpuSeconds: Double = 0
    /// Seconds that deliveries get when the gateway stops.
    public var drainSeconds = 0
    /// Hours that a rotated secret is accepted.
    public var graceHours = 0
    /// Why the keystore that has been changed cannot be read, so that the secrets from before hold; nil
    /// while it can, and where the gateway does not tell.
    public var keystoreFault: String?
    /// The same of the registry of devices, and of the blocks of addresses.
    public var registryFault: String?
    public var blocksFault: String?

    public init() {}

    /// Whether it was started anew since another look at it: its totals began at 0 since, and so did
    /// its time.
    package func isStartedAnew(since earlier: GatewaySnapshot) -> Bool {
        if uptimeSeconds < earlier.uptimeSeconds { return true }
        guard let started = startedUnixMilliseconds, let before = earlier.startedUnixMilliseconds
        else { return false }
        return started != before
    }
}

/// Device connections.
public struct ConnectionsSnapshot: Codable, Sendable {
    public var open = 0
    /// Accepted since the start.
    public var total: UInt64 = 0
    /// Closed before a byte of a frame was judged, since the start.
    public var turnedAway = TurnedAwayConnections()
    /// Closed by the gateway: idle, half a frame for too long, a gap too costly to search, or to make
    /// room.
    public var closedByGateway: UInt64 = 0
    /// Those over TLS; nil where the device port does not speak it.
    public var tls: TLSConnectionsSnapshot?

    public init() {}
}

/// Where every packet went: received = refused + accepted + committing, always.
public struct LedgerSnapshot: Codable, Sendable {
    public var received: UInt64 = 0
    public var accepted: UInt64 = 0
    public var committing: UInt64 = 0
    /// Bytes read from devices.
    public var bytes: UInt64 = 0
    /// By ``RefusalReason/rawValue``, one element a reason.
    public var refusedByReason = [UInt64](repeating: 0, count: RefusalReason.allCases.count)
    /// Of the replays, those that came again from where they came first.
    public var retransmitted: UInt64 = 0

    public init() {}

    public var refused: UInt64 { refusedByReason.reduce(0, &+) }
    public subscript(reason: RefusalReason) -> UInt64 { refusedByReason[Int(reason.rawValue)] }
    /// Whether nothing was lost or counted twice.
    public var balances: Bool { received == refused &+ accepted &+ committing }
}

/// Room for packets that wait for their destinations.
public struct JournalSnapshot: Codable, Sendable {
    /// Bytes on disk.
    public var usedBytes: UInt64 = 0
    /// Bytes that there may be.
    public var budgetBytes: UInt64 = 0
    /// Whether the oldest packets expire when there is no more room; otherwise nothing is read from
    /// devices then.
    public var expires = false
    /// Whether nothing can be taken in at the moment.
    public var isFull = false
    /// Bytes that its disk has room for; nil where nobody has measured.
    public var diskFreeBytes: UInt64?
    /// Those of them that it leaves to what is kept beside it; nil where the gateway does not tell.
    public var diskSpareBytes: UInt64?
    /// When a packet counts as accepted, as it is configured; nil where the gateway does not tell.
    public var durability: String?
    /// Why dead letters cannot be stored at the moment; empty when they can.
    public var deadLetterFault = ""
    /// Destinations that had packets waiting at the start and are not configured, ordered by name.
    public var unconfigured: [UnconfiguredRoute] = []

    public init() {}

    /// 0…1, or a little more: what has been judged is taken in.
    public var usedShare: Double {
        budgetBytes > 0 ? Double(usedBytes) / Double(budgetBytes) : 0
    }

    /// Bytes that it may still grow by, and whether it is the disk that has no room for more, before its
    /// limit is reached.
    package var room: (bytes: UInt64, isOfDisk: Bool) {
        // Devices have to wait a little before the limit, so that what is on its way has room.
        let limit = expires ? budgetBytes : budgetBytes / 16 * 15
        let left = limit - min(limit, usedBytes)
        guard let diskFreeBytes else { return (left, false) }
        let free = diskFreeBytes - min(diskFreeBytes, diskSpareBytes ?? 0)
        return free < left ? (free, true) : (left, false)
    }

    /// The share in use of what there is room for, on the disk too; 0…1, or a little more.
    package var fullShare: Double {
        let (left, isOfDisk) = room
        return isOfDisk ? Double(usedBytes) / (Double(usedBytes) + Double(left)) : usedShare
    }
}

/// A destination that is not configured, and for which packets are kept.
public struct UnconfiguredRoute: Codable, Equatable, Sendable {
    /// As it was configured; to be escaped before it is shown.
    public var name: String
    public var waiting: UInt64
    /// Packets that were given up since the start.
    public var expiredBy: ExpiredPackets

    public init(name: String, waiting: UInt64, expiredBy: ExpiredPackets) {
        self.name = name
        self.waiting = waiting
        self.expiredBy = expiredBy
    }
}

/// One model's packets.
public struct ModelSnapshot: Codable, Sendable {
    public var id: ModelID
    public var name = ""
    public var minimumLevel = SecurityLevel.standard
    /// Whose keys its devices sign with; nil where the gateway does not tell, or has no secret.
    public var keying: Keying?
    /// How payloads of levels 2 and 3 travel; nil as with ``keying``.
    public var encryption: PayloadEncryption?
    public var profile: Profile?
    /// Devices of this model seen since the start.
    public var devices = 0
    /// Of these, those that a block of an operator keeps out; nil where the gateway does not tell.
    public var blockedDevices: Int?
    /// Devices that were heard before the start alone, within a day, which such a block keeps out; nil where
    /// the gateway does not tell.
    public var blockedFormerDevices: Int?
    public var accepted: UInt64 = 0
    /// By ``RefusalReason/rawValue``, one element a reason.
    public var refusedByReason = [UInt64](repeating: 0, count: RefusalReason.allCases.count)
    /// Of the replays, those that came again from where they came first.
    public var retransmitted: UInt64 = 0
    /// Attempts to deliver this model's packets that failed.
    public var routeFailures: UInt64 = 0

    public init(id: ModelID) {
        self.id = id
    }

    public var refused: UInt64 { refusedByReason.reduce(0, &+) }
    public subscript(reason: RefusalReason) -> UInt64 { refusedByReason[Int(reason.rawValue)] }
}

/// Times that packets took, since the start.
public struct LatencySnapshot: Codable, Sendable {
    /// Judging one frame.
    public var decode = QuantileSnapshot()
    /// From the journal to the destination's answer.
    public var route = QuantileSnapshot()
    /// From the socket to the destination's answer.
    public var endToEnd = QuantileSnapshot()
    /// From the device's bytes to the commit in the journal.
    public var commit = QuantileSnapshot()

    public init() {}
}

/// A histogram in few numbers.
public struct QuantileSnapshot: Codable, Equatable, Sendable {
    public var count: UInt64 = 0
    public var sumMicroseconds: Double = 0
    public var p50Microseconds: Double = 0
    public var p99Microseconds: Double = 0
    public var maximumMicroseconds: Double = 0
    /// How many took at most so long, for each of ``Histogram/bucketBoundsNanoseconds``.
    public var buckets: [UInt64] = []

    public init() {}
}
