import NanoCore
import Synchronization

/// What a route writes down about its attempts: written by its event loop, read for snapshots.
final class RouteBooks: Sendable {
    private struct Pages {
        /// Requests that may be under way at once.
        var limit: Int
        /// Those that were under way when the newest answer came; nil before there was one.
        var requests: Int?
        /// From the first attempt to the answer that settled the packet.
        var fromJournal = Histogram()
        /// From the device's bytes to the answer that settled the packet.
        var fromSocket = Histogram()
        /// Times of answered requests.
        var answers = Histogram()
        var failuresByModel: [ModelID: UInt64] = [:]
        var retries: UInt64 = 0
        var condemned: UInt64 = 0
        var breaker = CircuitBreaker.State.closed
        /// Monotonic nanoseconds at which an open breaker lets an attempt through.
        var probeAt: UInt64?
        /// Batches that are being tried again.
        var failingBatches = 0
        var lastError = ""
        var lastErrorUnixMilliseconds: Int64 = 0
        /// Monotonic nanoseconds of the newest answer that took, and that condemned, something.
        var deliveredAt: UInt64 = 0
        var condemnedAt: UInt64 = 0
    }

    private let pages: Mutex<Pages>

    /// - Parameter limit: Requests that may be under way at the beginning.
    init(limit: Int) {
        pages = Mutex(Pages(limit: limit))
    }

    /// Writes down one attempt.
    ///
    /// - Parameter requests: Those under way when its answer came, this one included.
    func note(
        _ answer: SinkAnswer, to batch: DeliveryBatch, among requests: Int, from started: UInt64,
        to ended: Moment
    ) {
        let now = ended.monotonicNanoseconds
        let error = answer.error.isEmpty ? nil : answer.report
        pages.withLock { pages in
            pages.requests = requests
            // Who refuses connections has not answered, however quickly it does.
            if answer.hasReached { pages.answers.record(nanoseconds: now &- started) }
            let settled = answer.mayConcernFewer ? [] : answer.outcomes
            for (item, outcome) in zip(batch.items, settled) {
                guard outcome == .retry else {
                    let received = item.receivedMonotonicNanoseconds
                    pages.fromSocket.record(nanoseconds: now &- received)
                    pages.fromJournal.record(nanoseconds: now &- max(received, batch.takenAt))
                    if outcome == .deadLetter { pages.condemned &+= 1 }
                    continue
                }
                pages.retries &+= 1
                pages.failuresByModel[item.model, default: 0] &+= 1
            }
            if settled.contains(.delivered) { pages.deliveredAt = now }
            if settled.contains(.deadLetter) { pages.condemnedAt = now }
            guard let error else { return }
            pages.lastError = error
            pages.lastErrorUnixMilliseconds = ended.unixMilliseconds
        }
    }

    /// Writes down how many requests may be under way from now on.
    func note(limit: Int) {
        pages.withLock { $0.limit = limit }
    }

    /// Writes down whether the destination is tried, and if not, from when on again.
    func note(breaker: CircuitBreaker.State, probeAt: UInt64?) {
        pages.withLock { pages in
            pages.breaker = breaker
            pages.probeAt = probeAt
        }
    }

    /// Counts a batch that has to be tried again.
    func noteFailing() {
        pages.withLock { $0.failingBatches += 1 }
    }

    /// Whether a batch is being tried again.
    var isFailing: Bool { pages.withLock { $0.failingBatches > 0 } }

    /// Counts a batch that had to be tried again and is settled, or back in the journal.
    func noteMended() {
        pages.withLock { $0.failingBatches -= 1 }
    }

    /// Without a delivery for so long, a route with something to try again is not flowing.
    private static let flowingNanoseconds: UInt64 = 2_000_000_000

    /// Without a delivery for so long, a route of which something is refused for good is refusing: where
    /// only a part is, others are delivered between.
    private static let refusingNanoseconds: UInt64 = 5_000_000_000

    /// Adds the state and the figures to a snapshot that has its numbers.
    ///
    /// - Parameter hasLetters: Whether dead letters are to be sent once more.
    func describe(
        in snapshot: inout RouteSnapshot, isPaused: Bool, hasLetters: Bool, now: Moment
    ) {
        pages.withLock { pages in
            snapshot.retries = pages.retries
            snapshot.condemned = pages.condemned
            snapshot.concurrencyLimit = pages.limit
            snapshot.concurrencyUsed = pages.requests
            snapshot.breaker = pages.breaker
            snapshot.probeInSeconds = pages.probeAt.map {
                Double($0 - min($0, now.monotonicNanoseconds)) / 1e9
            }
            snapshot.answer = pages.answers.summary
            snapshot.lastError = pages.lastError
            snapshot.lastErrorUnixMilliseconds = pages.lastErrorUnixMilliseconds
            let silence = Int64(bitPattern: now.monotonicNanoseconds &- pages.deliveredAt)
            let hasDelivered = pages.deliveredAt > 0 && silence < Self.flowingNanoseconds
            let isRefusing =
                pages.condemnedAt > pages.deliveredAt
                && (pages.deliveredAt == 0 || silence >= Self.refusingNanoseconds)
            // Without anything to deliver nobody can find out whether the destination is back.
            let isWanted = hasLetters || snapshot.waiting + snapshot.inFlight > 0
            let isFailing = pages.failingBatches > 0 || (pages.breaker != .closed && isWanted)
            // Where nothing else comes for a while, it is as it was while others were taken.
            let isInPart = snapshot.failingDevices ?? 0 > 0 && pages.breaker == .closed
            snapshot.state =
                if isPaused {
                    .paused
                } else if isFailing, !hasDelivered, !isInPart {
                    .retrying
                } else if isRefusing {
                    .refusing
                } else if snapshot.accepted > 0 {
                    .flowing
                } else {
                    .idle
                }
        }
    }

    /// Adds times and failures to those of other routes.
    func add(to sum: inout DeliverySum) {
        pages.withLock { pages in
            sum.route.merge(pages.fromJournal)
            sum.endToEnd.merge(pages.fromSocket)
            sum.failuresByModel.merge(pages.failuresByModel, uniquingKeysWith: &+)
        }
    }
}

/// What all routes know together.
struct DeliverySum {
    var route = Histogram()
    var endToEnd = Histogram()
    var failuresByModel: [ModelID: UInt64] = [:]
}
