/// Limits for senders, each off unless configured.
///
/// Before the MAC only the connection and its address are known, and either may be shared with
/// honest devices; so only refused frames are charged to them, and a connection that lately brought
/// verified frames is exempt. Where its address is over the limit, a connection still has a few frames
/// judged: else nobody behind that address could show that it is another than who is to blame. The
/// device is known after the MAC; every frame is charged to it.
///
/// One value belongs to one event loop. Its copies for other loops share what is known of addresses
/// and devices, which come in on any loop; a connection stays on its own.
public struct RateLimits: Sendable {
    /// Which limits hold.
    public struct Configuration: Equatable, Sendable {
        /// Refused frames of one connection; nil for no limit.
        public var connection: Rate?
        /// Refused frames of one address, or network of IPv6, over all its connections; nil for no
        /// limit.
        public var source: Rate?
        /// Verified frames of one device; nil for no limit.
        public var device: Rate?
        /// Seconds for which a verified frame exempts its connection.
        public var exemptSeconds = 60
        /// Senders remembered for each limit, rounded up to a power of two; beyond it the one whose
        /// bucket is fullest is forgotten.
        public var rememberedSenders = 16_384

        public init() {}
    }

    /// What the address of the read under way counts as: for IPv6 its network of 64 bits. Nil where
    /// an address counts as itself. It is no part of a ``PacketSource``, which goes with every packet.
    var network: UInt64?

    private var connection: BucketTable?
    private let source: SharedBucketTable?
    private let device: SharedBucketTable?
    private var verifiedConnections: RecentTable
    /// Frames that are judged of connections whose address is over the limit.
    private var hearings: BucketTable?
    private let isLimitedBeforeMAC: Bool

    public init(_ configuration: Configuration) {
        let capacity = configuration.rememberedSenders
        connection = configuration.connection.map { BucketTable($0, capacity: capacity) }
        source = configuration.source.map { SharedBucketTable($0, capacity: capacity) }
        device = configuration.device.map { SharedBucketTable($0, capacity: capacity) }
        isLimitedBeforeMAC = configuration.connection != nil || configuration.source != nil
        verifiedConnections = RecentTable(
            capacity: isLimitedBeforeMAC ? capacity : 0, seconds: configuration.exemptSeconds)
        hearings = configuration.source.map { _ in BucketTable(Self.hearing, capacity: capacity) }
    }

    /// More than one at once, since a device may begin by repeating what it sent last.
    private static let hearing = Rate(framesPerSecond: 0.05, burstFrames: 3)

    /// Judges a frame before its MAC. Charges nothing.
    ///
    /// - Throws: ``RefusalReason/rateLimited``: observed is the seconds until the next frame would
    ///   be judged, allowed the frames a second. Such a refusal is not charged again.
    @inline(__always)
    public mutating func admits(source: PacketSource, now: Moment) throws(Refusal) {
        if isLimitedBeforeMAC { try judge(source, now) }
    }

    /// Charges a refused frame to its connection and its address.
    @inline(__always)
    public mutating func charge(source: PacketSource, now: Moment) {
        if isLimitedBeforeMAC { book(source, now) }
    }

    /// Notes a frame with a valid MAC: its connection is exempt for a while.
    @inline(__always)
    public mutating func verified(source: PacketSource, now: Moment) {
        guard isLimitedBeforeMAC else { return }
        verifiedConnections.note(source.connection, now: now.monotonicNanoseconds)
    }

    /// Judges a verified frame by its device's limit, and charges it.
    ///
    /// - Parameter device: Keyed hash of model and `device_id`, or of model and address.
    /// - Throws: ``RefusalReason/rateLimited``, with facts as for ``admits(source:now:)``.
    @inline(__always)
    public func admit(device identity: UInt64, now: Moment) throws(Refusal) {
        if let refusal = device?.take(identity, now: now.monotonicNanoseconds, .deviceLimit) {
            throw refusal
        }
    }

    private mutating func judge(_ sender: PacketSource, _ now: Moment) throws(Refusal) {
        let time = now.monotonicNanoseconds
        if verifiedConnections.contains(sender.connection, now: time) { return }
        if let refusal = connection?.refusal(sender.connection, now: time, .connectionLimit) {
            throw refusal
        }
        if let refusal = source?.refusal(network ?? sender.address, now: time, .sourceLimit) {
            if hearings?.take(sender.connection, now: time, .sourceLimit) != nil { throw refusal }
        }
    }

    private mutating func book(_ sender: PacketSource, _ now: Moment) {
        let time = now.monotonicNanoseconds
        _ = connection?.take(sender.connection, now: time, .connectionLimit)
        _ = source?.take(network ?? sender.address, now: time, .sourceLimit)
    }
}
