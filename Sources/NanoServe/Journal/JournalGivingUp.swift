import NanoCore

/// Packets that a destination will never get: gone from the disk, too old, or skipped.
extension JournalState {
    /// Counts packets that the log should have held for a destination and did not, once it has been
    /// read to its end.
    ///
    /// - Returns: How many those were.
    mutating func giveUpMissing(_ route: Int) -> UInt64 {
        let known = ledgers[route].passedOver
        guard ledgers[route].cursor.block == nil, ledgers[route].cursor.next >= publishedEnd
        else { return 0 }
        ledgers[route].isExact = true
        ledgers[route].regain(known)
        guard ledgers[route].waiting > known else { return 0 }
        let missing = ledgers[route].waiting - known
        ledgers[route].waiting = known
        ledgers[route].expiredBy[.damage] += missing
        return missing
    }

    /// Gives up what destinations have not read of the oldest segments, which are to be removed.
    mutating func expire(before segment: UInt64, because cause: ExpiryCause) {
        for route in ledgers.indices {
            ledgers[route].expire(before: segment, of: names[route], in: log, because: cause)
        }
    }

    /// Gives up everything that waits for a destination, and of what is in flight whatever will not arrive by
    /// the attempt that is under way. A start does not take up either again.
    ///
    /// - Returns: How many packets waited.
    mutating func skip(_ route: Int) -> UInt64 {
        let count = ledgers[route].waiting
        for batch in ledgers[route].returned { ledgers[route].settle(batch) }
        ledgers[route].returned = []
        ledgers[route].giveUpDeferred()
        ledgers[route].stragglers.skip()
        for (number, flight) in ledgers[route].flights where !flight.isRedriven {
            ledgers[route].flights[number]?.isSkipped = true
        }
        let bit = bits.bit(of: route, in: publishedEnd.segment)
        let counts = log.segment(publishedEnd.segment)?.summary.counts
        let passed = bit.flatMap { counts?[$0] }
        ledgers[route].cursor.skip(
            to: publishedEnd, lastNumber: publishedNumber, passed: passed ?? 0)
        ledgers[route].waiting = 0
        ledgers[route].skipped += count
        ledgers[route].isHindered = false
        return count
    }
}

extension RouteLedger {
    /// Gives up what lies in the oldest segments, which are to be removed, but for what is under way.
    ///
    /// - Parameter name: That of the destination.
    /// - Returns: How many packets that were.
    @discardableResult
    mutating func expire(
        before segment: UInt64, of name: String, in log: SegmentLog, because cause: ExpiryCause
    ) -> UInt64 {
        let first = log.segment(from: segment)
        let start = first.map { LogPosition(segment: $0.number, offset: $0.start) } ?? log.end
        let unread = expireUnread(before: segment, start: start, of: name, in: log)
        var gone = giveUpDeferred(before: segment)
        let (busy, deferred) = (busy, deferred)
        gone += stragglers.expire(before: segment, start: start) {
            busy[$0] == nil && !deferred.holds($0)
        }
        let last = log.segments.filter { $0.number < segment }.map(\.summary.lastBlock).max() ?? 0
        // A block that was written twice is in the next file too.
        let kept = log.segments.first { $0.number >= segment && $0.summary.firstBlock > 0 }
        let number = min(kept?.summary.firstBlock ?? .max, last + 1)
        goneBefore = (number, cause)
        gone += giveUpReturned(before: number)
        gone = unread + min(gone, waiting)
        waiting -= gone - unread
        expiredBy[cause] += gone
        cursor.dropOpen(before: segment)
        forgetStragglers()
        return gone
    }

    private mutating func expireUnread(
        before segment: UInt64, start: LogPosition, of name: String, in log: SegmentLog
    ) -> UInt64 {
        guard cursor.next.segment < segment else { return 0 }
        var unread: UInt64 = 0
        for old in log.segments where old.number < segment {
            guard let bit = old.head.bit(of: name) else { continue }
            let (number, count) = (old.number, old.summary.counts[bit])
            guard number >= cursor.next.segment else { continue }
            let isFirst = number == cursor.next.segment
            unread += isFirst ? count - min(count, cursor.passed) : count
        }
        unread = min(unread, waiting)
        // Some of them may have been settled before the start.
        if cursor.knowsSettled { isExact = false }
        waiting -= unread
        cursor.jump(to: start, passed: 0)
        return unread
    }

    /// Gives up what was passed over in memory, or what of it lies before a segment.
    ///
    /// - Returns: How many packets that were.
    @discardableResult
    fileprivate mutating func giveUpDeferred(before segment: UInt64 = .max) -> UInt64 {
        let late = deferred.removeAll(before: segment)
        for packet in late {
            cursor.settle(block: packet.block.head.number, record: packet.place)
        }
        for device in Set(late.map(\.record.device)) where isFree(device) {
            stragglers.noteFree(device)
        }
        return UInt64(late.count)
    }

    /// Gives up what came back and lies before a block.
    ///
    /// - Returns: How many packets that were.
    private mutating func giveUpReturned(before number: UInt64) -> UInt64 {
        var gone: UInt64 = 0
        let batches = returned
        returned = []
        for batch in batches {
            let (old, young) = batch.split(before: number)
            settle(old)
            gone += UInt64(old.items.count)
            putBack(young)
        }
        return gone
    }

    /// Counts what was in flight when the rest was skipped, and has not arrived.
    mutating func giveUpSkipped(_ batch: DeliveryBatch) {
        settle(batch)
        skipped += UInt64(batch.items.count)
        forgetStragglers()
    }

    /// Puts a batch back to those that wait, but for what has left the disk meanwhile.
    mutating func giveBack(_ batch: DeliveryBatch) {
        let (old, young) = batch.split(before: goneBefore?.block ?? 0)
        if let goneBefore, !old.items.isEmpty {
            settle(old)
            expiredBy[goneBefore.cause] += UInt64(old.items.count)
        }
        waiting += UInt64(young.items.count)
        putBack(young)
        forgetStragglers()
    }

    /// Counts packets that are there and were given up too early.
    ///
    /// - Parameter known: How many wait at the least.
    mutating func regain(_ known: UInt64) {
        let more = known - min(waiting, known)
        waiting += more
        accepted += more - expiredBy.takeBack(more)
    }

    /// Gives up stragglers' packets that should have been there and were not.
    mutating func giveUpMissingStragglers() {
        let missing = min(stragglers.takeMissing(), waiting)
        waiting -= missing
        expiredBy[.damage] += missing
    }
}
