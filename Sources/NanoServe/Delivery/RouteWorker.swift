import Logging
import NIOCore
import NanoCore

/// A route at work, on the event loop that alone touches it.
///
/// Attempts that fail are repeated until they succeed or the destination condemns the packet.
/// While the route is paused, what comes back from an attempt waits in the journal.
final class RouteWorker {
    let configuration: RouteConfiguration
    let place: Int
    let journal: Journal
    let books: RouteBooks
    let logger: Logger
    let loop: any EventLoop
    private let sink: any Sink
    let condemnations: CondemnationLog
    let keeper: any DeadLetterKeeper
    /// What is sent once more.
    let letters: RouteLetters
    let clock: () -> Moment
    var chance: any RandomNumberGenerator

    private var limit: ConcurrencyLimit
    let breaker: RouteBreaker
    private var wasPaused = false
    /// Whether the log says that attempts fail, which it does once until all is well again.
    var hasSaidFailing = false
    /// Batches that have been taken and are neither settled nor at rest.
    var flying = 0
    var tally = AttemptTally()
    /// Whether what has rested lets what waits in the journal go first, which it does every other time.
    private var isNewFirst = false
    /// Batches taken from the journal since something failed that is not mended.
    private var turns = 0
    let resting: RestingBatches
    /// What condemned batches were divided into, which is sent before anything new.
    var parts = RouteParts()
    private var isGathering = false
    /// Some sinks answer at once, while the next batch is about to be taken anyway.
    private var isTaking = false
    /// Nothing more will come, so that no batch has to wait for it.
    private var isFinishing = false
    var isStopped = false

    /// - Parameters:
    ///   - clock: The time, for attempts and their answers.
    ///   - chance: Source of the jitter between attempts.
    init(
        _ configuration: RouteConfiguration, place: Int, journal: Journal,
        keeper: any DeadLetterKeeper, books: RouteBooks, logger: Logger, loop: any EventLoop,
        sink: any Sink, clock: @escaping () -> Moment = { .now },
        chance: any RandomNumberGenerator = SystemRandomNumberGenerator()
    ) {
        self.configuration = configuration
        self.clock = clock
        self.chance = chance
        limit = ConcurrencyLimit(ceiling: configuration.concurrency)
        breaker = RouteBreaker(configuration, books: books, logger: logger, loop: loop)
        self.place = place
        self.journal = journal
        self.books = books
        self.logger = logger
        self.loop = loop
        self.sink = sink
        resting = RestingBatches(loop: loop, limits: journal.configuration.returned)
        condemnations = CondemnationLog(logger: logger, route: configuration.name, loop: loop)
        self.keeper = keeper
        letters = RouteLetters(keeper: keeper, journal: journal, place: place, loop: loop)
    }

    /// Takes what there is to take, and rests when that is nothing.
    func advance() {
        guard !isStopped, !isTaking else { return }
        isTaking = true
        defer { isTaking = false }
        guard !journal.isPaused(route: place) else {
            wasPaused = true
            return giveBackAll()
        }
        if wasPaused {
            // Whoever resumes a route wants to see whether it works.
            wasPaused = false
            breaker.probe()
        }
        while breaker.admits, flying < limit.current {
            if !isNewFirst, let batch = resting.takeDue() {
                isNewFirst = true
                launchAgain(batch)
                continue
            }
            if let part = parts.next() {
                launchAgain(part)
                continue
            }
            if let batch = letters.take(
                limit: configuration.batchEvents, now: clock().monotonicNanoseconds,
                wake: { self.advanceOrLetGo() })
            {
                launch(batch)
                continue
            }
            let leastCount = isGathering ? configuration.batchEvents : 1
            if journal.fallAsleep(
                route: place, untilWaiting: leastCount, withReturns: !resting.areReturnsResting)
            {
                guard let batch = resting.takeDue() else { return }
                launchAgain(batch)
                continue
            }
            if lingers, !isGathering, !hasFullBatch { gather() } else { takeOne() }
        }
    }

    /// Goes on with letters that have been fetched; should the destination be left alone meanwhile,
    /// they are not kept from whoever wants to drop them.
    private func advanceOrLetGo() {
        if breaker.admits { advance() } else { letters.giveBackFetched() }
    }

    private var lingers: Bool {
        configuration.batchEvents > 1 && configuration.lingerMilliseconds > 0 && !isFinishing
    }

    private var hasFullBatch: Bool {
        journal.takeable(route: place) >= UInt64(configuration.batchEvents)
    }

    /// Takes a batch and sends it on its way.
    ///
    /// - Returns: The packets in it; 0 when there were none.
    @discardableResult
    private func takeOne() -> Int {
        // What came back may be what the destination will never take: others have their turns too.
        turns = books.isFailing ? turns + 1 : 0
        let turn = tally.failuresInARow > 0 ? tally.failuresInARow : turns
        guard
            var batch = journal.take(
                route: place, limit: configuration.batchEvents, turn: turn,
                withReturns: !resting.areReturnsResting)
        else { return 0 }
        isNewFirst = false
        if batch.takenAt == 0 { batch.takenAt = clock().monotonicNanoseconds }
        launch(batch)
        return batch.items.count
    }

    /// Sends what has been under way before, unless it was skipped since.
    private func launchAgain(_ batch: DeliveryBatch) {
        if !giveBackSkipped(batch) { launch(batch) }
    }

    private func launch(_ batch: DeliveryBatch) {
        flying += 1
        attempt(batch)
    }

    /// Gives a batch that is not full a moment to grow; full ones go at once.
    ///
    /// Under a steady load this is the route's pulse: as long as each beat finds something, another
    /// follows, and no event loop has to wake this one for a packet.
    private func gather() {
        isGathering = true
        let linger = TimeAmount.microseconds(Int64(configuration.lingerMilliseconds * 1_000))
        loop.assumeIsolated().scheduleTask(in: linger) {
            self.isGathering = false
            guard !self.isStopped else { return }
            if self.takeGathered(), self.lingers { self.gather() }
            self.advance()
        }
    }

    /// Takes all full batches and one that is not.
    ///
    /// - Returns: Whether there was anything.
    private func takeGathered() -> Bool {
        isTaking = true
        defer { isTaking = false }
        var hasTaken = false
        if breaker.admits, flying < limit.current, let batch = resting.takeDue() {
            launchAgain(batch)
        }
        while breaker.admits, flying < limit.current {
            let count = takeOne()
            if count > 0 { hasTaken = true }
            guard count == configuration.batchEvents else { break }
        }
        return hasTaken
    }

    private func attempt(_ batch: DeliveryBatch) {
        let started = clock().monotonicNanoseconds
        let isProbe = !breaker.isClosed
        let attempt = breaker.begin()
        sink.deliver(batch) { answer in
            if !self.isStopped {
                let ended = self.clock()
                self.books.note(
                    answer, to: batch, among: self.flying, from: started, to: ended)
                let hasFailed = self.tally.note(answer, to: batch)
                if !hasFailed { self.noteFailing(batch, answer) }
                self.learn(hasFailed: hasFailed, sentAt: started, now: ended)
                let hasOpened = self.breaker.judge(
                    answer, hasFailed: hasFailed, to: attempt, now: ended, using: &self.chance
                ) { self.advance() }
                if hasOpened { self.giveBackAll() }
            }
            if answer.mayConcernFewer {
                if self.journal.isSkipped(route: self.place, batch: batch) {
                    self.giveBack(batch)
                } else {
                    self.split(batch)
                }
                self.advance()
            } else {
                self.settle(batch, answer, isProbe: isProbe)
            }
        }
    }

    /// Notes what has to be tried again of a batch, while the destination takes others.
    private func noteFailing(_ batch: DeliveryBatch, _ answer: SinkAnswer) {
        let places = answer.isDelivered || batch.isRedriven ? [] : answer.places(.retry)
        if !places.isEmpty { journal.noteFailing(route: place, batch: batch.part(places)) }
    }

    private func learn(hasFailed: Bool, sentAt: UInt64, now: Moment) {
        let before = limit.current
        if hasFailed {
            limit.notePushBack(sentAt: sentAt, now: now.monotonicNanoseconds)
        } else {
            limit.noteAnswer(sentAt: sentAt, now: now.monotonicNanoseconds)
        }
        if limit.current != before { books.note(limit: limit.current) }
    }

    /// Sends the halves of a condemned batch on their own, so that in the end an event that the
    /// destination can't stand costs only itself.
    ///
    /// That takes two requests for each event at the very most, and with parts going out in turn
    /// never more of them at once than the route may have.
    func split(_ batch: DeliveryBatch) {
        land(batch)
        parts.divide(batch)
        if isStopped { giveBackAll() }
    }

    /// Sends what there is without waiting for more.
    func finish() {
        isFinishing = true
        isGathering = false
        advance()
    }

    /// Ends all work; what is in flight returns to the journal.
    func stop() {
        guard !isStopped else { return }
        isStopped = true
        breaker.stop()
        giveBackAll()
        sink.stop()
        condemnations.finish()
    }
}
