/// A frame that has passed every check.
///
/// Only ``Intake`` can make one, so that nothing unverified can be journalled or routed. It holds
/// offsets into the buffer that was judged, and no bytes of its own.
public struct VerifiedPacket: Sendable {
    public let frame: FrameBounds
    /// The text of `device_id` in the judged buffer, nil for a payload without one.
    public let deviceID: CBORString?
    /// Keyed hash of model and `device_id`, of model and address where there is no id: the device as
    /// it is limited and listed.
    public let device: UInt64
    /// When the gateway judged it.
    public let receivedAt: Moment
    /// What the replay guard has remembered of it.
    public let replayEntry: ReplayGuard.Entry
    /// Number of the generation of the secret that verified it; at level `none` of the current one.
    public var generation: Int { Int(generationNumber) }
    private let generationNumber: UInt32
    private let plainStart: UInt32
    private let plainBytes: UInt16

    /// Where the opened payload lies in ``Intake/plainPayloads``; nil for one that was not encrypted.
    public var plain: Range<Int>? {
        plainBytes == 0 ? nil : Int(plainStart)..<Int(plainStart) + Int(plainBytes)
    }

    init(
        frame: FrameBounds, deviceID: CBORString?, device: UInt64,
        replayEntry: ReplayGuard.Entry, receivedAt: Moment, generation: Int,
        plain: Range<Int>?
    ) {
        self.frame = frame
        self.deviceID = deviceID
        self.device = device
        self.replayEntry = replayEntry
        self.receivedAt = receivedAt
        generationNumber = UInt32(truncatingIfNeeded: generation)
        plainStart = UInt32(truncatingIfNeeded: plain?.lowerBound ?? 0)
        plainBytes = UInt16(truncatingIfNeeded: plain?.count ?? 0)
    }
}

/// Where bytes came from, as far as judgement needs to know.
public struct PacketSource: Hashable, Sendable {
    /// Unique for each connection of this process.
    public let connection: UInt64
    /// A keyed hash of the peer's address without its port.
    public let address: UInt64

    public init(connection: UInt64, address: UInt64) {
        self.connection = connection
        self.address = address
    }
}
