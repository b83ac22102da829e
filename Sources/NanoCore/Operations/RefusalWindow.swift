/// What was refused over the last seconds: a rate that is taken from one look to the next makes a burst
/// of a slow sender a storm.
struct RefusalWindow {
    /// The totals of one look.
    struct Look {
        /// Monotonic nanoseconds.
        var at: UInt64
        var unixMilliseconds: Int64
        var ledger: LedgerSnapshot
        /// With the models that have no secret.
        var models: [ModelSnapshot]
        /// Frames that the registry turned away.
        var turnedAway: UInt64
        /// Whether all frames were refused for what the replay guard has lost.
        var isLost: Bool
    }

    /// Time that a rate is taken over, as soon as there is so much: that of the rates on screen.
    private static let spanNanoseconds = UInt64(RateWindow.settledSeconds) * 1_000_000_000

    /// Oldest first; the oldest is the newest of those that are older than the window, if any is.
    private var looks: [Look] = []

    mutating func note(_ snapshot: Snapshot, now: UInt64) {
        looks.append(
            Look(
                at: now, unixMilliseconds: snapshot.gateway.unixMilliseconds,
                ledger: snapshot.ledger, models: snapshot.models + snapshot.unknownModels,
                turnedAway: snapshot.registry.refused,
                isLost: snapshot.gateway.replayLoss != nil))
        while looks.count > 2, now - min(looks[1].at, now) >= Self.spanNanoseconds {
            looks.removeFirst()
        }
    }

    /// The look that the window begins with and the newest; nil before the second.
    var ends: (first: Look, last: Look)? {
        guard looks.count > 1, let first = looks.first, let last = looks.last, last.at > first.at
        else { return nil }
        return (first, last)
    }

    /// Whether all was refused at any of its looks.
    var isLost: Bool { looks.contains(where: \.isLost) }
}
