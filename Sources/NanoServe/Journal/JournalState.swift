import NanoCore

/// What the journal's lock protects: blocks, cursors and accounts.
struct JournalState: ~Copyable {
    /// Nil where a block in the middle has been freed already.
    private var blocks: [JournalBlock?] = [JournalBlock()]
    /// Number of the block at the front of ``blocks``.
    private var firstBlock: UInt64 = 0
    private var spare: [JournalBlock] = []
    private var flights: UInt64 = 0
    var ledgers: [RouteLedger]
    let budgetBlocks: Int
    private(set) var liveBlocks = 1
    private(set) var isFull = false

    /// Blocks kept for reuse.
    private static let spareBlocks = 8

    init(routeCount: Int, budgetBlocks: Int) {
        ledgers = Array(repeating: RouteLedger(), count: routeCount)
        self.budgetBlocks = budgetBlocks
    }

    /// Counts a packet for its destinations.
    ///
    /// - Returns: Those that it has to be stored for.
    mutating func account(for routes: RouteMask, wake: inout RouteMask) -> RouteMask {
        var remaining = routes.rawValue
        var stored: RouteMask = []
        while remaining != 0 {
            let route = remaining.trailingZeroBitCount
            remaining &= remaining - 1
            ledgers[route].accepted += 1
            let isIdle = ledgers[route].waiting == 0 && !ledgers[route].isPaused
            if ledgers[route].takesAtOnce, isIdle {
                ledgers[route].delivered += 1
                continue
            }
            ledgers[route].waiting += 1
            stored.insert(RouteMask(destination: route))
            if let count = ledgers[route].wakesAtWaiting, ledgers[route].waiting >= count,
                !ledgers[route].isPaused
            {
                ledgers[route].wakesAtWaiting = nil
                wake.insert(RouteMask(destination: route))
            }
        }
        return stored
    }

    /// Copies a packet's bytes to the end of the last block.
    mutating func store(_ packet: StagedPacket, from source: Span<UInt8>) {
        if blocks[blocks.count - 1]?.hasRoom != true { openBlock() }
        blocks[blocks.count - 1]?.append(packet, from: source)
    }

    private mutating func openBlock() {
        blocks.append(spare.popLast() ?? JournalBlock())
        liveBlocks += 1
        if blocks[blocks.count - 2]?.unresolved == 0 { release(blocks.count - 2) }
        if liveBlocks >= budgetBlocks { isFull = true }
    }

    /// Takes the next packets for a destination out of those that wait.
    mutating func take(_ route: Int, _ limit: Int) -> DeliveryBatch? {
        guard !ledgers[route].isPaused, ledgers[route].waiting > 0 else { return nil }
        var batch =
            ledgers[route].returned.isEmpty
            ? collect(route, limit) : ledgers[route].returned.removeFirst()
        flights += 1
        batch.flight = flights
        ledgers[route].waiting -= UInt64(batch.items.count)
        ledgers[route].inFlight += UInt64(batch.items.count)
        let oldest = batch.items.first?.receivedMonotonicNanoseconds ?? 0
        ledgers[route].flights[flights] = RouteLedger.Flight(
            packets: batch.items.count, oldestMonotonicNanoseconds: oldest)
        return batch
    }

    /// Copies the next packets of a destination and moves its cursor behind them.
    private mutating func collect(_ route: Int, _ limit: Int) -> DeliveryBatch {
        var batch = DeliveryBatch()
        while batch.items.count < limit, let record = next(route) {
            let cursor = ledgers[route].cursor
            ledgers[route].cursor.record += 1
            let start = batch.bytes.count
            let frame = Int(record.start)..<Int(record.start) + Int(record.length)
            if let block = blocks[Int(cursor.block - firstBlock)] {
                batch.bytes.append(contentsOf: block.bytes[frame])
            }
            batch.items.append(
                DeliveryBatch.Item(
                    frame: start..<start + frame.count, model: record.model,
                    receivedMonotonicNanoseconds: record.receivedMonotonicNanoseconds,
                    block: cursor.block))
        }
        return batch
    }

    /// The next record for a destination, with its cursor moved to it; nil behind the last.
    private mutating func next(_ route: Int) -> JournalRecord? {
        var cursor = ledgers[route].cursor
        defer { ledgers[route].cursor = cursor }
        if cursor.block < firstBlock { cursor = RouteLedger.Cursor(block: firstBlock) }
        while true {
            let place = Int(cursor.block - firstBlock)
            let count = blocks[place]?.records.count ?? 0
            while cursor.record < count {
                if let record = blocks[place]?.records[cursor.record],
                    record.routes.contains(destination: route)
                {
                    return record
                }
                cursor.record += 1
            }
            guard place < blocks.count - 1 else { return nil }
            cursor = RouteLedger.Cursor(block: cursor.block + 1)
        }
    }

    /// Takes packets out of flight.
    mutating func land(_ route: Int, _ batch: DeliveryBatch) {
        ledgers[route].inFlight -= UInt64(batch.items.count)
        guard var flight = ledgers[route].flights[batch.flight] else { return }
        flight.packets -= batch.items.count
        ledgers[route].flights[batch.flight] = flight.packets > 0 ? flight : nil
    }

    /// Resolves one record for one destination; frees the block when it was the last.
    mutating func settle(block number: UInt64) {
        let place = Int(number - firstBlock)
        blocks[place]?.unresolved -= 1
        // The last block is still written to.
        guard place < blocks.count - 1, blocks[place]?.unresolved == 0 else { return }
        release(place)
    }

    private mutating func release(_ place: Int) {
        guard var block = blocks[place] else { return }
        blocks[place] = nil
        liveBlocks -= 1
        if spare.count < Self.spareBlocks {
            block.recycle()
            spare.append(block)
        }
        let settled = blocks.prefix { $0 == nil }.count
        blocks.removeFirst(settled)
        firstBlock += UInt64(settled)
    }

    /// Whether the journal was full and has room again: an eighth of it, so that reading does not
    /// stop and start with every block.
    mutating func noticeRoom() -> Bool {
        guard isFull, liveBlocks <= budgetBlocks - max(1, budgetBlocks / 8) else { return false }
        isFull = false
        return true
    }

    /// A destination's numbers now.
    mutating func accountSnapshot(route: Int) -> RouteAccount {
        let waiting = ledgers[route].returned.first?.items.first?.receivedMonotonicNanoseconds
        let next = ledgers[route].waiting > 0 ? next(route)?.receivedMonotonicNanoseconds : nil
        let flying = ledgers[route].flights.values.map(\.oldestMonotonicNanoseconds).min()
        let ledger = ledgers[route]
        return RouteAccount(
            accepted: ledger.accepted, delivered: ledger.delivered, waiting: ledger.waiting,
            inFlight: ledger.inFlight, deadLetters: ledger.deadLetters, isPaused: ledger.isPaused,
            oldestMonotonicNanoseconds: [waiting, next, flying].compactMap(\.self).min())
    }
}
