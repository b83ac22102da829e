import NanoCore

/// Packets that a destination will never get: gone from the disk, too old, or skipped.
extension JournalState {
    /// Counts packets that the log should have held for a destination and did not, once it has been
    /// read to its end.
    ///
    /// - Returns: How many those were.
    mutating func giveUpMissing(_ route: Int) -> UInt64 {
        let known = ledgers[route].atHand
        guard ledgers[route].cursor.block == nil, ledgers[route].cursor.next >= publishedEnd
        else { return 0 }
        ledgers[route].isExact = true
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

    /// Gives up everything that waits for a destination; what is in flight is not touched.
    ///
    /// - Returns: How many packets that were.
    mutating func skip(_ route: Int) -> UInt64 {
        let count = ledgers[route].waiting
        for batch in ledgers[route].returned { ledgers[route].settle(batch) }
        ledgers[route].returned = []
        for late in ledgers[route].cursor.deferred {
            ledgers[route].cursor.settle(block: late.block.head.number, record: late.place)
        }
        ledgers[route].cursor.deferred = []
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
    /// Gives up what has not been read of the oldest segments, which are to be removed.
    ///
    /// - Parameter name: That of the destination.
    /// - Returns: How many packets that were.
    @discardableResult
    mutating func expire(
        before segment: UInt64, of name: String, in log: SegmentLog, because cause: ExpiryCause
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
        expiredBy[cause] += unread
        let start = log.segment(from: segment).map {
            LogPosition(segment: $0.number, offset: $0.start)
        }
        cursor.jump(to: start ?? log.end, passed: 0)
        cursor.dropOpen(before: segment)
        return unread
    }
}
