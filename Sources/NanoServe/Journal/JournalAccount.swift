import NanoCore

/// What a destination's cursor and ledger amount to.
extension JournalState {
    /// A destination's numbers now.
    func account(_ route: Int) -> RouteAccount {
        let ledger = ledgers[route]
        let known = [
            ledger.returned.first?.items.first?.receivedMonotonicNanoseconds,
            ledger.flights.values.map(\.oldestMonotonicNanoseconds).min(),
            ledger.deferred.oldest.map { received($0.record, of: $0.block) },
            ledger.stragglers.ahead.oldest.map { received($0.record, of: $0.block) },
            ledger.waiting > 0 ? oldestUnread(ledger) : nil,
        ]
        return RouteAccount(
            accepted: ledger.accepted, delivered: ledger.delivered, waiting: ledger.waiting,
            inFlight: ledger.inFlight, deadLetters: ledger.deadLetters, expiredBy: ledger.expiredBy,
            skipped: ledger.skipped, isPaused: ledger.isPaused,
            failingDevices: ledger.failing.count, failing: ledger.failing.named,
            heldBack: min(ledger.passedOver, ledger.waiting),
            oldestMonotonicNanoseconds: known.compactMap(\.self).min())
    }

    private func oldestUnread(_ ledger: RouteLedger) -> UInt64? {
        let first = ledger.onDiskFrom
        var (block, offset): (LogBlock?, Int) = (nil, 0)
        if first == ledger.cursor.next {
            (block, offset) = (ledger.cursor.block, ledger.cursor.offset)
        }
        if block == nil, let start = recent.start, start <= first {
            (block, offset) = (recent.block(from: first), 0)
        }
        if let block, let record = block.record(at: offset) { return received(record, of: block) }
        guard let onDisk = ledger.onDisk, onDisk.position == first else { return nil }
        return onDisk.oldestMonotonicNanoseconds
    }

    /// When a packet was received, by the monotonic clock of now.
    func received(_ record: LogRecord, of block: LogBlock) -> UInt64 {
        block.position.segment >= ownSegment
            ? record.receivedMonotonicNanoseconds : block.received(record, now: .now)
    }
}
