/// How far a frame's timestamp may be from the gateway's clock (`docs/protocol.md`, "Time").
public struct TimePolicy: Equatable, Sendable {
    /// Seconds that a timestamp may be ahead.
    public var futureSeconds: Int64 = 60
    /// Seconds behind up to which a frame is taken; beyond, the device's clock drifts.
    public var driftSeconds: Int64 = 3_600
    /// Seconds behind beyond which a frame is no drifting clock any more.
    public var ancientSeconds: Int64 = 86_400

    public init() {}

    /// - Throws: A ``Refusal`` of stage `time`; observed and allowed are seconds ahead or behind.
    @inline(__always)
    public func check(timestamp: UInt32, now: Moment) throws(Refusal) {
        let behind = now.unixSeconds - Int64(timestamp)
        if behind >= -futureSeconds, behind <= driftSeconds { return }
        throw refusal(behind: behind)
    }

    private func refusal(behind: Int64) -> Refusal {
        if behind < 0 {
            Refusal(
                .timestampFuture, observed: .integer(-behind), allowed: .integer(futureSeconds),
                offset: 8)
        } else {
            Refusal(
                behind > ancientSeconds ? .timestampAncient : .timestampDrift,
                observed: .integer(behind), allowed: .integer(driftSeconds), offset: 8)
        }
    }
}
