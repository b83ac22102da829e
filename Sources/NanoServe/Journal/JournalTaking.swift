import NanoCore

/// How packets leave the journal.
extension Journal {
    /// Takes the next packets for a destination, at most so many; nil when there are none at hand or
    /// it is paused. What is taken is in flight until it is resolved or returned.
    ///
    /// - Parameter turn: At 0 what came back first is taken; otherwise what came back and what did not
    ///   take turns.
    /// - Parameter withReturns: Whether what came back is taken at all. Where there is much of it, nothing
    ///   else is taken without it.
    func take(
        route: Int, limit: Int, turn: Int = 0, withReturns: Bool = true
    ) -> DeliveryBatch? {
        let (batch, positions) = state.withLock { state in
            let batch = state.take(route, limit, turn: turn, withReturns: withReturns)
            let mayLoad = batch == nil || turn > 0 || state.ledgers[route].stragglers.wanted != nil
            return (batch, mayLoad ? state.load(for: route) : [])
        }
        for position in positions { signals.load(route, position) }
        return batch
    }

    /// Sets what is called when a destination needs blocks from the disk; ``load(route:from:)`` has
    /// to follow, on a thread that may block.
    func onLoad(_ action: @escaping @Sendable (Int, LogPosition) -> Void) {
        signals.onLoad(action)
    }

    /// Reads blocks for a destination, and wakes it.
    ///
    /// - Parameter isTolerant: Whether what the disk does not read is given up.
    /// - Throws: ``StorageFault``; nothing has changed, and the call has to be repeated later.
    /// - Returns: Bytes that were found damaged, and packets that are given up for it.
    func load(
        route: Int, from position: LogPosition, isTolerant: Bool = false
    ) throws -> (damagedBytes: Int, lost: UInt64) {
        let (end, isWanted) = state.withLock { state in
            // What waited there may have been skipped meanwhile, and its segment removed.
            let isWanted =
                state.ledgers[route].cursor.next == position
                || state.ledgers[route].stragglers.wanted == position
            if !isWanted { state.supply(route, [], from: position, next: position) }
            return (state.publishedEnd, isWanted)
        }
        guard isWanted else {
            signals.wake(RouteMask(destination: route))
            return (0, 0)
        }
        let read = try log.read(
            from: position, bytes: configuration.loadBytes, until: end, isTolerant: isTolerant)
        let lost = state.withLock { state in
            state.supply(route, read.0, from: position, next: read.1)
            return read.0.isEmpty ? state.giveUpMissing(route) : 0
        }
        signals.wake(RouteMask(destination: route))
        return (read.2, lost)
    }

    /// Notes that a destination waits, to be woken when so many packets wait for it, unless they do
    /// already and can be taken.
    ///
    /// - Parameter withReturns: Whether what came back can be taken.
    /// - Returns: Whether it may wait; if not, nobody will wake it.
    func fallAsleep(route: Int, untilWaiting count: Int, withReturns: Bool = true) -> Bool {
        state.withLock { state in
            let ledger = state.ledgers[route]
            let mayWait =
                ledger.isPaused || state.takeable(route) < UInt64(count)
                || (ledger.isHindered && (ledger.returned.isEmpty || !withReturns))
            state.ledgers[route].wakesAtWaiting = mayWait ? UInt64(count) : nil
            return mayWait
        }
    }

    /// Packets that wait for a destination, but for those that have to wait for others of their devices.
    func takeable(route: Int) -> UInt64 {
        state.withLock { $0.takeable(route) }
    }

    /// Notes that packets under way have failed where others did not.
    func noteFailing(route: Int, batch: DeliveryBatch) {
        let names = batch.names(atMost: FailingDevices.mostNames)
        state.withLock { state in
            state.ledgers[route].failing.note(batch, names: names)
            // What follows of them can be left now.
            state.ledgers[route].isHindered = false
        }
    }

    /// Notes that packets of one device have failed on their own, and nobody knows of whom others would be taken.
    func noteSuspected(route: Int, batch: DeliveryBatch) {
        state.withLock { state in
            state.ledgers[route].suspected.formUnion(batch.items.map(\.device))
            state.ledgers[route].isHindered = false
        }
    }

    /// Gives each part of a batch that is under way a number of its own.
    func divide(route: Int, _ parts: [DeliveryBatch]) -> [DeliveryBatch] {
        state.withLock { state in
            parts.enumerated().map { number, part in
                guard number > 0 else { return part }
                var part = part
                let isSkipped = state.isSkipped(route, part)
                state.land(route, part)
                state.depart(route, &part, isSkipped: isSkipped)
                return part
            }
        }
    }

    /// Whether packets were in flight when everything that waited was skipped: they are not to be tried again.
    func isSkipped(route: Int, batch: DeliveryBatch) -> Bool {
        state.withLock { $0.isSkipped(route, batch) }
    }

    /// Whether packets under way were skipped, or have left the disk meanwhile: they are not to be tried for ever.
    func isGivenUp(route: Int, batch: DeliveryBatch) -> Bool {
        state.withLock { state in
            if state.isSkipped(route, batch) { return true }
            guard let gone = state.ledgers[route].goneBefore else { return false }
            return batch.items.contains { $0.block < gone.block }
        }
    }

    /// Settles packets for good.
    func resolve(route: Int, batch: DeliveryBatch, as outcome: DeliveryOutcome) {
        state.withLock { $0.resolve(route, batch, as: outcome) }
    }

    /// Puts packets back to the front of those that wait; dead letters to the others. What was skipped while it
    /// was in flight is given up.
    func giveBack(route: Int, batch: DeliveryBatch) {
        state.withLock { state in
            let isSkipped = state.isSkipped(route, batch)
            state.land(route, batch)
            guard !batch.isRedriven else {
                state.ledgers[route].deadLetters += UInt64(batch.items.count)
                return state.ledgers[route].forgetStragglers()
            }
            if isSkipped { return state.ledgers[route].giveUpSkipped(batch) }
            state.ledgers[route].giveBack(batch)
        }
    }

    /// Gives up everything that waits for a destination now, and what is in flight and does not arrive. The
    /// cursors have to be saved before that outlives the process.
    ///
    /// - Returns: How many packets waited.
    func skip(route: Int) -> UInt64 {
        // No block is written and not known yet meanwhile.
        writer.withLock { _ in state.withLock { $0.skip(route) } }
    }

    /// Packets in flight of which nobody knows yet whether they arrive, or are among those that were skipped.
    func skippedInFlight(route: Int) -> UInt64 {
        state.withLock { state in
            state.ledgers[route].flights.values.reduce(0) {
                $1.isSkipped ? $0 + UInt64($1.packets) : $0
            }
        }
    }

    /// The same for a destination that is not configured.
    func skip(unconfigured name: String) -> UInt64 {
        parked.withLock { $0.skip(name) }
    }

    func isPaused(route: Int) -> Bool {
        state.withLock { $0.ledgers[route].isPaused }
    }

    /// - Parameter byOperator: Whether a pause is to outlive the process, from when the cursors are
    ///   saved.
    /// - Returns: Whether that changed anything.
    func setPaused(_ isPaused: Bool, route: Int, byOperator: Bool = false) -> Bool {
        state.withLock { state in
            if byOperator { state.ledgers[route].isPausedByOperator = isPaused }
            guard state.ledgers[route].isPaused != isPaused else { return false }
            state.ledgers[route].isPaused = isPaused
            state.ledgers[route].isHindered = false
            return true
        }
    }

    /// Marks a destination that takes everything at once.
    func markTakesAtOnce(route: Int) {
        state.withLock { $0.ledgers[route].takesAtOnce = true }
    }
}
