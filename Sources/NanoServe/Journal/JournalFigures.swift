import NanoCore

/// What is to be known of a journal at any moment.
extension Journal {
    /// Whether much waits to be written.
    var isCrowded: Bool { state.withLock { $0.gathered > Self.groupLimit / 2 } }

    /// Whether reading has to stop.
    var isFull: Bool { health.withLock { $0.isFull } }

    /// Why nothing can be written; nil when it can.
    var fault: String? { health.withLock { $0.fault } }

    /// Bytes on disk, and the most there may be.
    var usage: (bytes: Int, budgetBytes: Int) { (log.bytes, configuration.maximumBytes) }

    /// Times from a packet's bytes to its commit, of all packets and of those that were settled with
    /// it.
    var commitTimes: (all: Histogram, settled: Histogram) {
        times.withLock { ($0.all, $0.settled) }
    }

    /// Accepted packets that are not committed yet.
    var committing: UInt64 { state.withLock { $0.committing } }

    /// For how many seconds the first of them has waited; 0 when there are none.
    func committingSeconds(now: Moment) -> UInt64 {
        guard let begun = state.withLock(\.committingFrom) else { return 0 }
        return (now.monotonicNanoseconds - min(begun, now.monotonicNanoseconds)) / 1_000_000_000
    }

    /// Packets that were committed since the start.
    var committed: UInt64 { state.withLock { $0.committed } }

    /// Every destination's account at one moment.
    var ledgers: [RouteAccount] {
        state.withLock { state in configuration.routes.indices.map { state.account($0) } }
    }
}
