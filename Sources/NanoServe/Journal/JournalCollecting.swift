import NanoCore

/// How packets are found for a destination among those that wait.
extension JournalState {
    /// Bytes of frames in a batch, at most.
    private static let batchBytes = 4 << 20
    /// Packets of stragglers that are passed at once.
    private static let leftAtOnce = 4_096

    /// Copies the next packets of a destination, but for those of devices that have packets under way:
    /// they are passed over, and come first the next time.
    ///
    /// An empty batch with `isUnfinished` in the ledger says that there may be more at hand.
    mutating func collect(_ route: Int, _ limit: Int) -> DeliveryBatch {
        var batch = DeliveryBatch()
        for late in ledgers[route].deferred.takeFree(limit) {
            add(late.record, of: late.block, place: late.place, to: &batch)
        }
        let isStragglersTurn = ledgers[route].isStragglersTurn
        ledgers[route].isStragglersTurn.toggle()
        ledgers[route].isUnfinished = false
        if isStragglersTurn { collectStragglers(route, limit, &batch) }
        collectNew(route, limit, &batch)
        if !isStragglersTurn { collectStragglers(route, limit, &batch) }
        return batch
    }

    private mutating func collectNew(_ route: Int, _ limit: Int, _ batch: inout DeliveryBatch) {
        var left = 0
        defer {
            if left == Self.leftAtOnce { ledgers[route].isUnfinished = true }
        }
        ledgers[route].isAtEnd = false
        while batch.items.count < limit, batch.bytes.count < Self.batchBytes,
            left < Self.leftAtOnce,
            ledgers[route].cursor.open.count < RouteLedger.openLimit
        {
            guard ledgers[route].cursor.hasBlock(of: route, in: recent, &bits) else {
                ledgers[route].isAtEnd = true
                return
            }
            guard let found = ledgers[route].cursor.take() else { continue }
            let device = found.record.device
            if ledgers[route].stragglers.holds(device, at: found.log) {
                leave(route, found)
                left += 1
            } else if ledgers[route].isFree(device) {
                add(found.record, of: found.block, place: found.place, to: &batch)
            } else if mayDefer(route, device) {
                ledgers[route].deferred.append(
                    DeferredPackets.Packet(
                        found.record, at: found.offset, place: found.place, of: found.block))
            } else if mayLeave(route, device) {
                leave(route, found)
                left += 1
            } else {
                return ledgers[route].cursor.takeBack(found)
            }
        }
    }

    /// Whether a packet can wait in memory: those that fail leave room for those that are only slow.
    private func mayDefer(_ route: Int, _ device: UInt64) -> Bool {
        mayLeave(route, device)
            ? ledgers[route].deferred.hasAmpleRoom : ledgers[route].deferred.hasRoom
    }

    /// Whether a device may become a straggler: what follows of it is not looked at until then.
    private func mayLeave(_ route: Int, _ device: UInt64) -> Bool {
        (ledgers[route].failing.contains(device) || ledgers[route].suspected.contains(device))
            && ledgers[route].stragglers.hasRoom && !ledgers[route].cursor.mayHaveSettledAhead
    }

    private mutating func leave(_ route: Int, _ found: RouteCursor.Found) {
        let device = found.record.device
        ledgers[route].cursor.leave(found)
        ledgers[route].stragglers.leave(
            device, at: found.log, isFree: ledgers[route].isFree(device))
    }

    private mutating func collectStragglers(
        _ route: Int, _ limit: Int, _ batch: inout DeliveryBatch
    ) {
        guard !ledgers[route].stragglers.isEmpty else { return }
        var source = BlockSource(route: route, recent: recent, bits: bits)
        let end = ledgers[route].cursor.here
        let isLast = !ledgers[route].cursor.hasDoneAhead
        let (busy, deferred) = (ledgers[route].busy, ledgers[route].deferred)
        for found in ledgers[route].stragglers.takeAhead(limit - batch.items.count) {
            addStraggler(found, to: &batch)
        }
        ledgers[route].stragglers.begin()
        while batch.items.count < limit, batch.bytes.count < Self.batchBytes,
            let found = ledgers[route].stragglers.take(
                until: end, isLast: isLast, from: &source,
                isFree: { busy[$0] == nil && !deferred.holds($0) })
        {
            addStraggler(found, to: &batch)
        }
        ledgers[route].isUnfinished =
            ledgers[route].isUnfinished || ledgers[route].stragglers.hasMore
        ledgers[route].giveUpMissingStragglers()
    }

    private func addStraggler(
        _ found: StragglerReader.Found, to batch: inout DeliveryBatch
    ) {
        add(found.record, of: found.block, place: found.log.record, to: &batch)
        batch.items[batch.items.count - 1].leftAt = found.log.position
    }

    /// Adds a record with a copy of its frame.
    private func add(
        _ record: LogRecord, of block: LogBlock, place: UInt32, to batch: inout DeliveryBatch
    ) {
        let start = batch.bytes.count
        batch.bytes += block.bytes[record.frame]
        let received = received(record, of: block)
        batch.items.append(
            DeliveryBatch.Item(
                frame: start..<batch.bytes.count, model: record.model,
                receivedMonotonicNanoseconds: received, device: record.device,
                block: block.head.number, record: place))
    }
}
