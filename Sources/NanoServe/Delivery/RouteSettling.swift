import Logging
import NIOCore
import NanoCore

/// What becomes of packets once their destination has answered, or is left alone.
extension RouteWorker {
    /// - Parameter isProbe: Whether the attempt was to find out if the destination takes anything.
    func settle(_ batch: DeliveryBatch, _ answer: SinkAnswer, isProbe: Bool) {
        let delivered = answer.isDelivered ? batch : batch.part(answer.places(.delivered))
        if !delivered.items.isEmpty {
            journal.resolve(route: place, batch: delivered, as: .delivered)
            if batch.isRedriven { letters.settle(delivered) }
        }
        let condemned = answer.places(.deadLetter)
        guard condemned.isEmpty else { return bury(batch, at: condemned, answer) }
        goOn(with: batch, after: answer, isProbe: isProbe)
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
            guard !isStopped else {
                return giveBack(batch.part(batch.items.indices.filter(isOpen)))
            }
            goOn(with: batch, after: answer.retried("dead letters cannot be stored"))
            return advance()
        }
        if batch.isRedriven { letters.noteBuried(part) }
        goOn(with: batch, after: answer)
        advance()
    }

    /// Lets what has to be tried again rest first; nothing is left of most batches.
    private func goOn(
        with batch: DeliveryBatch, after answer: SinkAnswer, isProbe: Bool = false
    ) {
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
        // One event that the destination cannot stand must not keep the others waiting.
        let mayFailForOne = !batch.isRedriven && answer.mayFailForOne
        let wereOthersTaken = batch.takenBefore.map { $0 != tally.taken } ?? false
        let isDivided = mayFailForOne && !answer.saysTooMuch && wereOthersTaken
        // It may rest for long, and not with the bytes of all others.
        if !parts.follow(batch) { remainder = remainder.compacted }
        remainder.failures += 1
        remainder.takenBefore = tally.taken
        guard breaker.isClosed, !journal.isPaused(route: place),
            batch.isRedriven || !journal.isGivenUp(route: place, batch: remainder)
        else { return giveBack(remainder, inHalves: isProbe && mayFailForOne) }
        guard resting.hasRoom else {
            resting.restReturns(milliseconds: { self.delay(failures: $0, answer) }) {
                self.advance()
            }
            return giveBack(remainder, inHalves: isDivided)
        }
        let pieces = isDivided ? divide(remainder) : [remainder]
        // Of one device those that come first go first, and what is wrong waits with those behind it.
        guard !isDivided || pieces.count > 1 || remainder.items.count == 1 else {
            return split(remainder)
        }
        flying -= 1
        if batch.isRedriven { letters.rest(parts.whole(remainder)) }
        for (number, piece) in pieces.enumerated() {
            if number > 0 { books.noteFailing() }
            resting.add(piece, milliseconds: delay(failures: piece.failures, answer)) {
                self.advance()
            }
        }
    }

    /// Makes two of a batch that has failed while others were taken, with all that was to follow it.
    private func divide(_ batch: DeliveryBatch) -> [DeliveryBatch] {
        let halves = parts.whole(batch).halvesByDevice
        guard halves.count > 1 else { return [batch] }
        _ = parts.reunite(batch)
        parts.land(batch)
        return journal.divide(route: place, halves.map(\.compacted))
    }

    private func delay(failures: Int, _ answer: SinkAnswer) -> Int64 {
        configuration.retry.delayMilliseconds(
            failures: failures, retryAfterMilliseconds: answer.retryAfterMilliseconds,
            using: &chance)
    }

    /// However many requests fail together, and come back to the journal, it is one line.
    private func sayFailing(_ answer: SinkAnswer) {
        guard !hasSaidFailing, !breaker.isDown else { return }
        hasSaidFailing = true
        logger.info(
            "delivery fails, trying again",
            metadata: ["route": "\(configuration.name)", "error": "\(answer.report)"])
    }

    func land(_ batch: DeliveryBatch) {
        flying -= 1
        leave(batch)
    }

    private func leave(_ batch: DeliveryBatch) {
        parts.land(batch)
        if batch.failures > 0 { books.noteMended() }
    }

    /// Puts a batch back to those that wait. When it is taken again, its attempts count anew.
    func giveBack(_ batch: DeliveryBatch, inHalves: Bool = false) {
        returnToJournal(batch, inHalves: inHalves)
        land(batch)
    }

    /// Gives back a batch that is about to be tried once more, if it was skipped since.
    ///
    /// - Returns: Whether it was.
    func giveBackSkipped(_ batch: DeliveryBatch) -> Bool {
        guard journal.isSkipped(route: place, batch: batch) else { return false }
        returnToJournal(batch)
        leave(batch)
        return true
    }

    /// Gives back whatever is not under way at this moment. What follows a part that is under way
    /// stays, so that it cannot overtake it.
    func giveBackAll() {
        for batch in resting.takeAll() {
            returnToJournal(batch)
            leave(batch)
        }
        while let rest = parts.takeIdle() { returnToJournal(rest) }
        letters.giveBackFetched()
    }

    private func returnToJournal(_ batch: DeliveryBatch, inHalves: Bool = false) {
        var whole = parts.reunite(batch)
        whole.failures = 0
        let halves = inHalves ? whole.halvesByDevice : [whole]
        if inHalves, halves.count == 1 { journal.noteSuspected(route: place, batch: whole) }
        for part in halves {
            journal.giveBack(route: place, batch: part.compacted)
        }
        if batch.isRedriven { letters.giveBack(whole) }
    }
}
