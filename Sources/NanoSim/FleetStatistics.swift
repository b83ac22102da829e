/// What a fleet has done so far.
public struct FleetStatistics: Equatable, Sendable {
    /// Connections that are open now, attackers' included.
    public var connected = 0
    /// Connections that were opened.
    public var connects = 0
    /// Attempts to connect that failed.
    public var failedConnects = 0
    /// Connections of honest devices that stood for a second, or when the run ended.
    public var kept = 0
    /// Connections of honest devices that were closed sooner.
    public var cutShort = 0
    /// Frames that honest devices sent.
    public var frames = 0
    /// Bytes that were sent, by anybody.
    public var bytes = 0
    /// Times that a device held back since its connection was full.
    public var heldBack = 0
    /// Frames, or what stood for them, that were sent with each fault.
    public var faults: [FleetFault: Int] = [:]
    /// Why a connection over TLS could not be made, the last time; nil when all could.
    public var lastFault: String?

    /// Nothing done yet.
    public init() {}

    mutating func add(_ other: FleetStatistics) {
        connected += other.connected
        connects += other.connects
        failedConnects += other.failedConnects
        kept += other.kept
        cutShort += other.cutShort
        frames += other.frames
        bytes += other.bytes
        heldBack += other.heldBack
        faults.merge(other.faults, uniquingKeysWith: +)
        lastFault = other.lastFault ?? lastFault
    }
}
