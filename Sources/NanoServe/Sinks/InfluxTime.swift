import NanoCore

/// The times of a packet's points, in nanoseconds since 1970.
///
/// Two points of a series with the same time are one, and frames know their second only. So what is
/// finer than a sender's clock is filled with digits that follow from the packet's identity and the
/// point's place in it: they differ from packet to packet, and are the same whenever it is written.
struct InfluxTime {
    private let packetSeconds: Int64
    private let digits: UInt64

    private static let nanosecondsPerSecond: Int64 = 1_000_000_000

    init(frame bytes: Span<UInt8>, _ bounds: FrameBounds) {
        packetSeconds = Int64(bounds.header.timestamp)
        var identity: [UInt8] = []
        identity.reserveCapacity(EventIdentity.length)
        EventIdentity.append(frame: bytes, bounds, into: &identity)
        // FNV-1a, 64 bits: an identity is random already, and only has to be folded.
        digits = identity.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// - Parameters:
    ///   - ownTime: The point's time as its sender wrote it; nil for the packet's.
    ///   - place: Of the point in its packet.
    func nanoseconds(ownTime: Double?, place: Int) -> Int64 {
        let (whole, unit) = ownTime.flatMap(Self.read) ?? (packetSeconds, Self.nanosecondsPerSecond)
        let fill = (digits % UInt64(unit) + UInt64(place)) % UInt64(unit)
        return whole * unit + Int64(fill)
    }

    /// A time in its unit, and the unit in nanoseconds; nil for what no calendar here reaches.
    ///
    /// Seconds stay below 10¹¹ until the year 5138, so that larger numbers are milliseconds, and so
    /// on by thousands.
    private static func read(_ time: Double) -> (whole: Int64, unit: Int64)? {
        guard time >= 0, time < 9e18 else { return nil }
        switch time {
        case ..<1e11:
            // Far enough from the end of what 64 bits of nanoseconds reach, in the year 2262.
            guard time < 9.2e9 else { return nil }
            if time == time.rounded() { return (Int64(time), nanosecondsPerSecond) }
            return (Int64((time * 1e6).rounded(.down)), 1_000)
        case ..<1e14: return time < 9.2e12 ? (Int64(time), 1_000_000) : nil
        case ..<1e17: return time < 9.2e15 ? (Int64(time), 1_000) : nil
        default: return (Int64(time), 1)
        }
    }
}
