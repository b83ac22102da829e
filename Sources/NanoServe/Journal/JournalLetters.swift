import NanoCore

/// How dead letters, which are kept elsewhere, stand in the accounts of the journal.
extension Journal {
    /// Counts letters that a destination has from before the start.
    func admit(deadLetters count: UInt64, route: Int) {
        state.withLock { state in
            state.ledgers[route].accepted += count
            state.ledgers[route].deadLetters += count
        }
    }

    /// Takes letters for a destination, to be sent once more.
    ///
    /// - Returns: The batch, which is in flight; nil while the destination is paused.
    func take(letters: DeliveryBatch, route: Int) -> DeliveryBatch? {
        state.withLock { state in
            guard !state.ledgers[route].isPaused else { return nil }
            var batch = letters
            state.ledgers[route].takeFromDeadLetters(UInt64(batch.items.count))
            state.depart(route, &batch)
            return batch
        }
    }

    /// Settles condemned packets that are stored.
    func bury(_ batch: DeliveryBatch, route: Int, _ burial: DeadLetterBurial) {
        state.withLock { state in
            state.resolve(route, batch, as: .deadLetter)
            // A packet that was stored before a crash and waited all the same was counted twice.
            let twice = batch.isRedriven ? 0 : burial.known
            state.ledgers[route].takeFromDeadLetters(twice + burial.expired)
            state.ledgers[route].accepted -= twice
            state.ledgers[route].expiredBy[.deadLetterLimit] += burial.expired
        }
    }

    /// Counts letters that an operator has dropped.
    ///
    /// - Returns: How many of them were not known.
    func drop(deadLetters count: UInt64, route: Int) -> UInt64 {
        state.withLock { state in
            defer { state.ledgers[route].skipped += count }
            return state.ledgers[route].takeFromDeadLetters(count)
        }
    }
}
