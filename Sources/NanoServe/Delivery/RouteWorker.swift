import Logging
import NIOCore
import NanoCore

/// A route at work, on the event loop that alone touches it.
///
/// Attempts that fail are repeated until they succeed or the destination condemns the packet.
/// While the route is paused, what comes back from an attempt waits in the journal.
final class RouteWorker {
    private let configuration: RouteConfiguration
    private let place: Int
    private let journal: Journal
    private let books: RouteBooks
    private let logger: Logger
    private let loop: any EventLoop
    private let sink: any Sink
    private let condemnations: CondemnationLog
    private let keeper: any DeadLetterKeeper
    /// What is sent once more.
    private let letters: RouteLetters
    private let clock: () -> Moment
    private var chance: any RandomNumberGenerator

    private var limit: ConcurrencyLimit
    private let breaker: RouteBreaker
    private var wasPaused = false
    /// Whether the log says that attempts fail, which it does once until all is well again.
    private var hasSaidFailing = false
    /// Batches that have been taken and are neither settled nor at rest.
    private var flying = 0
    private var tally = AttemptTally()
    /// Whether what has rested lets what waits in the journal go first, which it does every other time.
    private var isNewFirst = false
    /// Packets that may rest; more of them wait in the journal.
    private static let restingLimit = 512
    private let resting: RestingBatches
    /// What condemned batches were divided into, which is sent before anything new.
    private var parts = RouteParts()
    private var isGathering = false
    /// Some sinks answer at once, while the next batch is about to be taken anyway.
    private var isTaking = false
    /// Nothing more will come, so that no batch has to wait for it.
    private var isFinishing = false
    private var isStopped = false

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
        resting = RestingBatches(loop: loop)
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
                launch(batch)
                continue
            }
            if let part = parts.next() {
                launch(part)
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
            if journal.fallAsleep(route: place, untilWaiting: leastCount) {
                guard let batch = resting.takeDue() else { return }
                launch(batch)
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
        guard
            var batch = journal.take(
                route: place, limit: configuration.batchEvents, turn: tally.failuresInARow)
        else { return 0 }
        isNewFirst = false
        if batch.takenAt == 0 { batch.takenAt = clock().monotonicNanoseconds }
        launch(batch)
        return batch.items.count
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
        if breaker.admits, flying < limit.current, let batch = resting.takeDue() { launch(batch) }
        while breaker.admits, flying < limit.current {
            let count = takeOne()
            if count > 0 { hasTaken = true }
            guard count == configuration.batchEvents else { break }
        }
        return hasTaken
    }

    private func attempt(_ batch: DeliveryBatch) {
        let started = clock().monotonicNanoseconds
        let attempt = breaker.begin()
        sink.deliver(batch) { answer in
            if !self.isStopped {
                let ended = self.clock()
                self.books.note(answer, to: batch, from: started, to: ended)
                let hasFailed = self.tally.note(answer, to: batch)
                if !hasFailed { self.noteFailing(batch, answer) }
                self.learn(hasFailed: hasFailed, sentAt: started, now: ended)
                let hasOpened = self.breaker.judge(
                    answer, hasFailed: hasFailed, to: attempt, now: ended, using: &self.chance
                ) { self.advance() }
                if hasOpened { self.giveBackAll() }
            }
            if answer.mayConcernFewer {
                self.split(batch)
                self.advance()
            } else {
                self.settle(batch, answer)
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
    private func split(_ batch: DeliveryBatch) {
        land(batch)
        parts.divide(batch)
        if isStopped { giveBackAll() }
    }

    private func settle(_ batch: DeliveryBatch, _ answer: SinkAnswer) {
        let delivered = answer.isDelivered ? batch : batch.part(answer.places(.delivered))
        if !delivered.items.isEmpty {
            journal.resolve(route: place, batch: delivered, as: .delivered)
            if batch.isRedriven { letters.settle(delivered) }
        }
        let condemned = answer.places(.deadLetter)
        guard condemned.isEmpty else { return bury(batch, at: condemned, answer) }
        goOn(with: batch, after: answer)
        advance()
    }

    /// Has condemned packets stored; until they are, they stay in flight, and the batch keeps its
    /// place among those under way.
    private func bury(_ batch: DeliveryBatch, at places: [Int], _ answer: SinkAnswer) {
        condemnations.note(packets: places.count, answer: answer)
        let now = clock()
        let condemned = places.compactMap {
            DeadLetter(batch, at: $0, for: configuration.name, condemnedBy: answer, now: now)
        }
        let part = batch.part(places)
        let bound = NIOLoopBound(self, eventLoop: loop)
        keeper.bury(condemned, place: place) { [journal, place] burial in
            if let burial { journal.bury(part, route: place, burial) }
            bound.eventLoop.execute {
                bound.value.finishBurial(of: part, in: batch, answer, isStored: burial != nil)
            }
        }
    }

    private func finishBurial(
        of part: DeliveryBatch, in batch: DeliveryBatch, _ answer: SinkAnswer, isStored: Bool
    ) {
        guard isStored else {
            let isOpen = { answer.outcomes[$0] != .delivered }
            return giveBack(batch.part(batch.items.indices.filter(isOpen)))
        }
        if batch.isRedriven { letters.noteBuried(part) }
        goOn(with: batch, after: answer)
        advance()
    }

    /// Lets what has to be tried again rest first; nothing is left of most batches.
    private func goOn(with batch: DeliveryBatch, after answer: SinkAnswer) {
        let places = answer.isDelivered ? [] : answer.places(.retry)
        guard !places.isEmpty else {
            land(batch)
            if hasSaidFailing, !books.isFailing { hasSaidFailing = false }
            return
        }
        // The stop itself ended the attempt, which says nothing about the destination.
        guard !isStopped else { return giveBack(batch.part(places)) }
        if batch.failures == 0 { books.noteFailing() }
        sayFailing(answer)
        var remainder = batch.part(places)
        remainder.failures += 1
        remainder.takenBefore = tally.taken
        guard breaker.isClosed, !journal.isPaused(route: place),
            resting.packets < Self.restingLimit,
            batch.isRedriven || !journal.hasLeftDisk(route: place, batch: remainder)
        else { return giveBack(remainder) }
        let delay = configuration.retry.delayMilliseconds(
            failures: remainder.failures, retryAfterMilliseconds: answer.retryAfterMilliseconds,
            using: &chance)
        flying -= 1
        if batch.isRedriven { letters.rest(parts.whole(remainder)) }
        resting.add(remainder, milliseconds: delay) { self.advance() }
    }

    /// However many requests fail together, and come back to the journal, it is one line.
    private func sayFailing(_ answer: SinkAnswer) {
        guard !hasSaidFailing, !breaker.isDown else { return }
        hasSaidFailing = true
        logger.info(
            "delivery fails, trying again",
            metadata: ["route": "\(configuration.name)", "error": "\(answer.error)"])
    }

    private func land(_ batch: DeliveryBatch) {
        flying -= 1
        leave(batch)
    }

    private func leave(_ batch: DeliveryBatch) {
        parts.land(batch)
        if batch.failures > 0 { books.noteMended() }
    }

    /// Puts a batch back to those that wait. When it is taken again, its attempts count anew.
    private func giveBack(_ batch: DeliveryBatch) {
        returnToJournal(batch)
        land(batch)
    }

    /// Gives back whatever is not under way at this moment. What follows a part that is under way
    /// stays, so that it cannot overtake it.
    private func giveBackAll() {
        for batch in resting.takeAll() {
            returnToJournal(batch)
            leave(batch)
        }
        while let rest = parts.takeIdle() { returnToJournal(rest) }
        letters.giveBackFetched()
    }

    private func returnToJournal(_ batch: DeliveryBatch) {
        var whole = parts.reunite(batch)
        whole.failures = 0
        journal.giveBack(route: place, batch: whole.compacted)
        if batch.isRedriven { letters.giveBack(whole) }
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
