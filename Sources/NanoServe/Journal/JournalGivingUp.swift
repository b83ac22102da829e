import NanoCore

/// Packets that a destination will never get: gone from the disk, too old, or skipped.
extension JournalState {
    /// Counts packets that the log should have held for a destination and did not, once it has been
    /// read to its end.
    ///
    /// - Returns: How many those were.
    mutating func giveUpMissing(_ route: Int) -> UInt64 {
        let returned = ledgers[route].returned.reduce(0) { $0 + UInt64($1.items.count) }
        let known = UInt64(ledgers[route].cursor.deferred.count) + returned
        guard ledgers[route].cursor.block == nil, ledgers[route].cursor.next >= publishedEnd
        else { return 0 }
        ledgers[route].isExact = true
        guard ledgers[route].waiting > known else { return 0 }
        let missing = ledgers[route].waiting - known
        ledgers[route].waiting = known
        ledgers[route].expired += missing
        return missing
    }

    /// Gives up what destinations have not read of the oldest segments, which are to be removed.
    mutating func expire(before segment: UInt64) {
        for route in ledgers.indices where ledgers[route].cursor.next.segment < segment {
            var unread: UInt64 = 0
            for old in log.segments where old.number < segment {
                guard let bit = old.head.bit(of: names[route]) else { continue }
                let (number, count) = (old.number, old.summary.counts[bit])
                guard number >= ledgers[route].cursor.next.segment else { continue }
                let isFirst = number == ledgers[route].cursor.next.segment
                unread += isFirst ? count - min(count, ledgers[route].cursor.passed) : count
            }
            unread = min(unread, ledgers[route].waiting)
            // Some of them may have been settled before the start.
            if ledgers[route].cursor.knowsSettled { ledgers[route].isExact = false }
            ledgers[route].waiting -= unread
            ledgers[route].expired += unread
            let start = log.segment(from: segment).map {
                LogPosition(segment: $0.number, offset: $0.start)
            }
            ledgers[route].cursor.jump(to: start ?? log.end, passed: 0)
            ledgers[route].cursor.dropOpen(before: segment)
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
