// The order in which things came, which setting the gateway's clock does not change.

extension PacketRecord {
    /// Whether it was judged before another. Lanes number their records each for itself, so that numbers
    /// decide within one read alone; the time of day decides where the gateway tells of no better clock.
    package func isJudged(before other: PacketRecord) -> Bool {
        (monotonicNanoseconds ?? 0, unixMilliseconds, id)
            < (other.monotonicNanoseconds ?? 0, other.unixMilliseconds, other.id)
    }
}

extension DeviceSnapshot {
    /// When it was heard last: the greater, the later.
    package var lastHeard: LastHeard {
        LastHeard(
            monotonicNanoseconds: lastSeenMonotonicNanoseconds ?? 0,
            unixMilliseconds: lastSeenUnixMilliseconds)
    }

    /// A time to sort by. The time of day decides where the gateway tells of no better clock.
    package struct LastHeard: Comparable {
        fileprivate let monotonicNanoseconds: UInt64
        fileprivate let unixMilliseconds: Int64

        package static func < (left: LastHeard, right: LastHeard) -> Bool {
            (left.monotonicNanoseconds, left.unixMilliseconds)
                < (right.monotonicNanoseconds, right.unixMilliseconds)
        }
    }
}
