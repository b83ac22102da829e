import NanoCore

/// What the journal's lock protects: the group that is being gathered, the newest blocks, and each
/// destination's cursor and account.
struct JournalState {
    let log: SegmentLog
    let names: [String]
    var ledgers: [RouteLedger]
    private(set) var recent: RecentBlocks
    /// Packets that are gathered for the next block.
    var group = LogGroup()
    /// The memory of a group that was committed.
    private var spare = LogGroup()
    /// Those that could not be written yet, the first one first.
    private var failed: [LogGroup] = []
    /// Packets on their way to the disk.
    private var committingRecords: UInt64 = 0
    private var committingBytes = 0
    /// When the first of them was received.
    private var committingSince: UInt64 = 0
    /// Packets that were committed since the start.
    private(set) var committed: UInt64 = 0
    /// Behind the last block that destinations know of.
    private(set) var publishedEnd: LogPosition
    /// The number of that block.
    private(set) var publishedNumber: UInt64
    /// Bytes on disk, as they were after the last commit.
    var logBytes: Int
    private var flights: UInt64 = 0
    /// The first segment of this process; the times in older ones are by another clock.
    let ownSegment: UInt64
    var bits: RouteBits

    init(
        _ log: SegmentLog, names: [String], ledgers: [RouteLedger], lastBlock: UInt64,
        memoryBytes: Int
    ) {
        self.log = log
        self.names = names
        self.ledgers = ledgers
        recent = RecentBlocks(budgetBytes: memoryBytes)
        bits = RouteBits(log, names: names)
        logBytes = log.bytes
        publishedEnd = log.end
        publishedNumber = lastBlock
        ownSegment = log.end.segment + 1
    }

    /// Bytes that are on the disk, or on their way.
    var bytes: Int { logBytes + gathered }

    /// Bytes that are not on the disk yet.
    var gathered: Int {
        failed.reduce(committingBytes + group.bytes.count) { $0 + $1.bytes.count }
    }

    /// Groups that could not be written yet.
    var failedGroups: Int { failed.count }

    /// Whether every destination has settled all that there is.
    var isSettled: Bool { gathered == 0 && ledgers.allSatisfy(\.isIdle) }

    // MARK: - In

    /// Takes what has been gathered, to be written; first what could not be written before.
    mutating func takeGroup() -> LogGroup {
        if !failed.isEmpty {
            let first = failed.removeFirst()
            setCommitting(first)
            return first
        }
        let taken = group
        group = spare
        spare = LogGroup()
        setCommitting(taken)
        return taken
    }

    private mutating func setCommitting(_ group: LogGroup) {
        committingRecords = UInt64(group.records)
        committingBytes = group.bytes.count
        committingSince = group.begunMonotonicNanoseconds
    }

    /// Destinations that take everything at once, and have nothing to take before that.
    var takesAtOnce: RouteMask {
        var atOnce: RouteMask = []
        for index in ledgers.indices where ledgers[index].takesAtOnce {
            guard ledgers[index].waiting == 0, !ledgers[index].isPaused else { continue }
            atOnce.insert(RouteMask(destination: index))
        }
        return atOnce
    }

    /// Keeps a group that could not be written. It is tried again as it is: should both attempts be
    /// on the disk in the end, they are one block twice. A large one for which there was no room cannot
    /// be there, and is tried in parts.
    mutating func takeBack(_ group: LogGroup, isOutOfRoom: Bool) {
        failed.insert(contentsOf: isOutOfRoom ? group.parts : [group], at: 0)
        (committingRecords, committingBytes) = (0, 0)
    }

    /// Accepted packets that are not committed yet.
    var committing: UInt64 {
        failed.reduce(committingRecords + UInt64(group.records)) { $0 + UInt64($1.records) }
    }

    /// When the first of those was received, by the monotonic clock; nil when there are none.
    var committingFrom: UInt64? {
        let begun = [
            committingRecords > 0 ? committingSince : nil, failed.first?.begunMonotonicNanoseconds,
            group.isEmpty ? nil : group.begunMonotonicNanoseconds,
        ]
        return begun.compactMap(\.self).min()
    }

    /// Makes a committed block known.
    ///
    /// - Returns: The destinations to wake.
    mutating func publish(_ block: LogBlock, _ group: consuming LogGroup) -> RouteMask {
        var wake: RouteMask = []
        for index in ledgers.indices {
            let (count, atOnce) = (group.counts[index], group.countsAtOnce[index])
            ledgers[index].accepted += count + atOnce
            ledgers[index].delivered += atOnce
            if ledgers[index].isIdle, ledgers[index].isExact {
                jump(index, to: block, count: count)
            }
            guard count > 0 else { continue }
            ledgers[index].waiting += count
            ledgers[index].isHindered = false
            if let least = ledgers[index].wakesAtWaiting, ledgers[index].takeable >= least,
                !ledgers[index].isPaused
            {
                ledgers[index].wakesAtWaiting = nil
                wake.insert(RouteMask(destination: index))
            }
        }
        committed += UInt64(group.records)
        logBytes += committingBytes
        (committingRecords, committingBytes) = (0, 0)
        publishedEnd = block.end
        publishedNumber = block.head.number
        if block.head.routes != 0 { recent.append(block) }
        let needed = ledgers.map(\.cursor.next).min() ?? block.end
        recent.drop(before: needed)
        group.removeAll()
        spare = group
        return wake
    }

    /// Moves a destination that has nothing to do to a new block.
    private mutating func jump(_ index: Int, to block: LogBlock, count: UInt64) {
        let known = log.segment(block.position.segment)?.summary.counts[index] ?? 0
        ledgers[index].cursor.jump(
            to: count > 0 ? block.position : block.end, passed: count > 0 ? known - count : known)
    }

    // MARK: - Out

    /// Takes the next packets for a destination out of those that wait.
    mutating func take(
        _ route: Int, _ limit: Int, turn: Int = 0, withReturns: Bool = true
    ) -> DeliveryBatch? {
        guard !ledgers[route].isPaused, ledgers[route].waiting > 0 || mayHaveMore(route) else {
            return nil
        }
        var batch = DeliveryBatch()
        if !withReturns, !ledgers[route].hasRoomForReturns {
            ledgers[route].isHindered = true
            return nil
        }
        if withReturns, let returned = ledgers[route].returnedPlace(turn) {
            batch = ledgers[route].returned.remove(at: returned)
        } else {
            batch = collect(route, limit)
            if !batch.items.isEmpty {
                ledgers[route].markBusy(batch)
            } else {
                ledgers[route].isHindered = !ledgers[route].isUnfinished
                guard withReturns, !ledgers[route].returned.isEmpty else { return nil }
                batch = ledgers[route].returned.removeFirst()
            }
        }
        ledgers[route].takeFromWaiting(UInt64(batch.items.count))
        depart(route, &batch)
        return batch
    }

    /// Whether there may be packets that are not known to wait, since some of them were given up too early.
    private func mayHaveMore(_ route: Int) -> Bool {
        !ledgers[route].isExact
            && (ledgers[route].cursor.block != nil || ledgers[route].cursor.next < publishedEnd)
    }

    /// Packets that wait for a destination, but for those that have to wait for others of their devices.
    func takeable(_ route: Int) -> UInt64 {
        max(ledgers[route].takeable, mayHaveMore(route) ? 1 : 0)
    }

    /// Counts a batch that was taken, and numbers the taking.
    ///
    /// - Parameter isSkipped: Whether an operator has given up what of it does not arrive.
    mutating func depart(_ route: Int, _ batch: inout DeliveryBatch, isSkipped: Bool = false) {
        flights += 1
        batch.flight = flights
        ledgers[route].inFlight += UInt64(batch.items.count)
        let oldest = batch.items.lazy.map(\.receivedMonotonicNanoseconds).min() ?? 0
        ledgers[route].flights[flights] = RouteLedger.Flight(
            packets: batch.items.count, isRedriven: batch.isRedriven, isSkipped: isSkipped,
            firstBlock: batch.items.lazy.map(\.block).min() ?? 0,
            oldestMonotonicNanoseconds: oldest)
    }

    /// Where the disk has to be read for a destination, and is not being read already.
    mutating func load(for route: Int) -> [LogPosition] {
        guard !ledgers[route].isPaused, ledgers[route].hasRoomForReturns else { return [] }
        let loading = ledgers[route].loading
        let own = loading.cursor == nil ? cursorWants(route) : nil
        let others = loading.stragglers == nil ? ledgers[route].stragglers.wanted : nil
        if let own { ledgers[route].loading.cursor = own }
        if let others { ledgers[route].loading.stragglers = others }
        // One reading may do for both.
        return [own, own == others ? nil : others].compactMap(\.self)
    }

    private func cursorWants(_ route: Int) -> LogPosition? {
        guard ledgers[route].isAtEnd, ledgers[route].cursor.block == nil,
            ledgers[route].deferred.hasRoom || ledgers[route].mayLeaveSome,
            ledgers[route].cursor.open.count < RouteLedger.openLimit,
            !ledgers[route].isExact || ledgers[route].passedOver < ledgers[route].waiting
                || ledgers[route].hasLeftAhead
        else { return nil }
        return ledgers[route].cursor.next
    }

    /// Takes what was read from the disk for a destination.
    mutating func supply(
        _ route: Int, _ blocks: [LogBlock], from position: LogPosition, next: LogPosition
    ) {
        if ledgers[route].loading.cursor == position { ledgers[route].loading.cursor = nil }
        if ledgers[route].loading.stragglers == position {
            ledgers[route].loading.stragglers = nil
        }
        ledgers[route].isHindered = false
        ledgers[route].stragglers.supply(blocks, from: position, next: next)
        if blocks.isEmpty {
            ledgers[route].cursor.move(to: next, from: position)
        } else {
            ledgers[route].cursor.supply(blocks, from: position)
        }
    }

    /// Whether a batch was in flight when everything that waited was skipped.
    func isSkipped(_ route: Int, _ batch: DeliveryBatch) -> Bool {
        ledgers[route].flights[batch.flight]?.isSkipped ?? false
    }

    /// Settles packets for good.
    mutating func resolve(_ route: Int, _ batch: DeliveryBatch, as outcome: DeliveryOutcome) {
        let count = UInt64(batch.items.count)
        switch outcome {
        case .delivered: ledgers[route].delivered += count
        case .deadLetter: ledgers[route].deadLetters += count
        case .retry: preconditionFailure("a packet to be tried again is not settled")
        }
        land(route, batch)
        if !batch.isRedriven { ledgers[route].settle(batch) }
        ledgers[route].forgetStragglers()
    }

    /// Takes packets out of flight.
    mutating func land(_ route: Int, _ batch: DeliveryBatch) {
        ledgers[route].inFlight -= UInt64(batch.items.count)
        ledgers[route].isHindered = false
        guard var flight = ledgers[route].flights[batch.flight] else { return }
        flight.packets -= batch.items.count
        ledgers[route].flights[batch.flight] = flight.packets > 0 ? flight : nil
    }
}
