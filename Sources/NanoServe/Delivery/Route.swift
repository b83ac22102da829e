import Logging
import NanoCore
import Synchronization

/// How a destination is served.
struct RouteConfiguration: Sendable {
    var name: String
    /// For people: without credentials.
    var endpoint: String
    /// Events in one request, at most.
    var batchEvents = 1
    /// How long a batch that is not full waits for more, in milliseconds.
    var lingerMilliseconds = 1
    /// Requests under way at once, at most.
    var concurrency = 8
    var retry = RetryPolicy()
}

/// Takes packets at its cursor in the journal and brings them to one destination, at least once.
///
/// Attempts that fail are repeated until they succeed or the destination condemns the packet.
/// While the route is paused, what comes back from an attempt waits in the journal.
final class Route: Sendable {
    let configuration: RouteConfiguration
    let place: Int
    private let journal: Journal
    private let sink: any Sink
    private let logger: Logger
    private let books = Mutex(RouteBooks())
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    /// - Parameter place: Its number in the journal and in every ``RouteMask``.
    init(
        _ configuration: RouteConfiguration, place: Int, journal: Journal, sink: any Sink,
        logger: Logger
    ) {
        self.configuration = configuration
        self.place = place
        self.journal = journal
        self.sink = sink
        self.logger = logger
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Tells that there is something to take.
    func wake() {
        signal.yield()
    }

    /// Delivers until the task is cancelled, or until ``finish()`` and nothing more waits.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            var flying = 0
            var iterator = signals.makeAsyncIterator()
            while !Task.isCancelled {
                if flying == configuration.concurrency {
                    await group.next()
                    flying -= 1
                }
                await gather()
                if let batch = journal.take(route: place, limit: configuration.batchEvents) {
                    group.addTask { await self.carry(batch) }
                    flying += 1
                } else if journal.fallAsleep(route: place) {
                    guard await iterator.next() != nil else { break }
                }
            }
            await group.waitForAll()
        }
    }

    /// Ends ``run()`` as soon as nothing waits any more.
    func finish() {
        signal.finish()
    }

    /// Gives a batch that is not full a moment to grow.
    private func gather() async {
        guard configuration.batchEvents > 1, configuration.lingerMilliseconds > 0 else { return }
        let waiting = journal.waiting(route: place)
        guard waiting > 0, waiting < UInt64(configuration.batchEvents) else { return }
        try? await Task.sleep(for: .milliseconds(configuration.lingerMilliseconds))
    }

    /// Tries until every packet of a batch is settled.
    private func carry(_ batch: DeliveryBatch) async {
        var batch = batch
        if batch.takenAt == 0 { batch.takenAt = Moment.now.monotonicNanoseconds }
        defer { if batch.failures > 0 { books.withLock { $0.failingBatches -= 1 } } }
        while true {
            let started = Moment.now.monotonicNanoseconds
            let answer = await sink.deliver(batch)
            let ended = Moment.now
            books.withLock { $0.note(answer, to: batch, from: started, to: ended) }
            settle(batch, answer)
            let remainder = answer.places(.retry)
            guard !remainder.isEmpty else { return }
            if batch.failures == 0 { noteFailing(answer) }
            batch = batch.part(remainder)
            batch.failures += 1
            guard await rest(after: batch, answer) else {
                journal.giveBack(route: place, batch: batch)
                return
            }
        }
    }

    /// Counts a batch that has to be tried again; the first of them is worth a line in the log.
    private func noteFailing(_ answer: SinkAnswer) {
        let isFirst = books.withLock { books in
            books.failingBatches += 1
            return books.failingBatches == 1
        }
        guard isFirst else { return }
        logger.info(
            "delivery fails, trying again",
            metadata: ["route": "\(configuration.name)", "error": "\(answer.error)"])
    }

    private func settle(_ batch: DeliveryBatch, _ answer: SinkAnswer) {
        let delivered = batch.part(answer.places(.delivered))
        if !delivered.items.isEmpty {
            journal.resolve(route: place, batch: delivered, as: .delivered)
        }
        let condemned = batch.part(answer.places(.deadLetter))
        guard !condemned.items.isEmpty else { return }
        journal.resolve(route: place, batch: condemned, as: .deadLetter)
        books.withLock { $0.bury(condemned, answer) }
        logger.warning(
            "destination refuses packets for good",
            metadata: [
                "route": "\(configuration.name)", "packets": "\(condemned.items.count)",
                "answer": "\(answer.error)", "excerpt": "\(answer.excerpt)",
            ])
    }

    /// Waits before the next attempt.
    ///
    /// - Returns: Whether there shall be one: not when the route is paused or ends.
    private func rest(after batch: DeliveryBatch, _ answer: SinkAnswer) async -> Bool {
        var chance = SystemRandomNumberGenerator()
        let delay = configuration.retry.delayMilliseconds(
            failures: batch.failures, retryAfterMilliseconds: answer.retryAfterMilliseconds,
            using: &chance)
        let limit = ContinuousClock.now + .milliseconds(delay)
        while !Task.isCancelled, !journal.isPaused(route: place) {
            let left = limit - ContinuousClock.now
            if left <= .zero { return true }
            // In pieces, so that a pause does not wait for the end of a long rest.
            try? await Task.sleep(for: min(left, .milliseconds(200)))
        }
        return false
    }

    /// This route's part of a snapshot.
    ///
    /// - Parameter account: Its numbers in the journal, taken together with the other routes'.
    func snapshot(_ account: RouteAccount, now: Moment) -> RouteSnapshot {
        var snapshot = RouteSnapshot(name: configuration.name)
        snapshot.endpoint = configuration.endpoint
        snapshot.accepted = account.accepted
        snapshot.delivered = account.delivered
        snapshot.waiting = account.waiting
        snapshot.inFlight = account.inFlight
        snapshot.deadLetters = account.deadLetters
        snapshot.oldestSeconds = account.oldestMonotonicNanoseconds.map {
            Double(now.monotonicNanoseconds &- $0) / 1e9
        }
        books.withLock { $0.describe(in: &snapshot, isPaused: account.isPaused) }
        return snapshot
    }

    /// Adds this route's times and failures to those of others.
    func add(to sum: inout DeliverySum) {
        books.withLock { books in
            sum.route.merge(books.fromJournal)
            sum.endToEnd.merge(books.fromSocket)
            sum.failuresByModel.merge(books.failuresByModel, uniquingKeysWith: &+)
        }
    }
}

/// What all routes know together.
struct DeliverySum {
    var route = Histogram()
    var endToEnd = Histogram()
    var failuresByModel: [ModelID: UInt64] = [:]
}
