import NanoCore

/// What the journal's lock protects: chains of blocks, cursors and accounts.
struct JournalState: ~Copyable {
    /// One for each set of destinations that packets have waited for: a few.
    private var chains: [JournalChain] = []
    private var memory: BlockMemory
    private var sequence: UInt64 = 0
    private var flights: UInt64 = 0
    var ledgers: [RouteLedger]
    /// Packets that never waited, since their destinations take everything.
    private(set) var settledAtOnce: UInt64 = 0

    init(routeCount: Int, budgetBlocks: Int) {
        ledgers = Array(repeating: RouteLedger(), count: routeCount)
        memory = BlockMemory(budgetBlocks: budgetBlocks)
    }

    var isFull: Bool { memory.isFull }

    /// Bytes of blocks that are kept, and the most of them there may be before devices have to wait.
    var usage: (bytes: Int, budgetBytes: Int) {
        let open = chains.reduce(0) { $0 + $1.openBytes }
        return (
            memory.closedBlocks * JournalBlock.capacity + open,
            memory.budgetBlocks * JournalBlock.capacity
        )
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
                settledAtOnce &+= 1
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

    /// Stores a packet for its destinations.
    mutating func store(_ packet: StagedPacket, from source: Span<UInt8>) {
        let known = chains.firstIndex { $0.routes == packet.routes }
        let place = known ?? openChain(for: packet.routes)
        sequence += 1
        chains[place].store(packet, sequence: sequence, from: source, memory: &memory)
    }

    private mutating func openChain(for routes: RouteMask) -> Int {
        chains.append(JournalChain(routes: routes, memory: &memory))
        for route in ledgers.indices { ledgers[route].cursors.append(JournalChain.Cursor()) }
        return chains.count - 1
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

    /// Copies the next packets of a destination and moves its cursors behind them.
    private mutating func collect(_ route: Int, _ limit: Int) -> DeliveryBatch {
        var batch = DeliveryBatch()
        while batch.items.count < limit, let (chain, record) = next(route) {
            let block = ledgers[route].cursors[chain].block
            ledgers[route].cursors[chain].record += 1
            let start = batch.bytes.count
            chains[chain].copy(record, in: block, to: &batch.bytes)
            batch.items.append(
                DeliveryBatch.Item(
                    frame: start..<batch.bytes.count, model: record.model,
                    receivedMonotonicNanoseconds: record.receivedMonotonicNanoseconds,
                    chain: chain, block: block))
        }
        return batch
    }

    /// The oldest record that a destination has not taken, with its chain.
    private mutating func next(_ route: Int) -> (chain: Int, record: JournalRecord)? {
        var oldest: (chain: Int, record: JournalRecord)?
        for chain in chains.indices where chains[chain].routes.contains(destination: route) {
            guard let record = chains[chain].record(at: &ledgers[route].cursors[chain]) else {
                continue
            }
            if let known = oldest, known.record.sequence < record.sequence { continue }
            oldest = (chain, record)
        }
        return oldest
    }

    /// Takes packets out of flight.
    mutating func land(_ route: Int, _ batch: DeliveryBatch) {
        ledgers[route].inFlight -= UInt64(batch.items.count)
        guard var flight = ledgers[route].flights[batch.flight] else { return }
        flight.packets -= batch.items.count
        ledgers[route].flights[batch.flight] = flight.packets > 0 ? flight : nil
    }

    /// Settles a packet for one destination.
    mutating func settle(_ item: DeliveryBatch.Item) {
        chains[item.chain].settle(block: item.block, memory: &memory)
    }

    /// Whether the journal was full and has room again.
    mutating func noticeRoom() -> Bool { memory.noticeRoom() }

    /// A destination's numbers now.
    mutating func accountSnapshot(route: Int) -> RouteAccount {
        let waiting = ledgers[route].returned.first?.items.first?.receivedMonotonicNanoseconds
        let next =
            ledgers[route].waiting > 0 ? next(route)?.record.receivedMonotonicNanoseconds : nil
        let flying = ledgers[route].flights.values.map(\.oldestMonotonicNanoseconds).min()
        let ledger = ledgers[route]
        return RouteAccount(
            accepted: ledger.accepted, delivered: ledger.delivered, waiting: ledger.waiting,
            inFlight: ledger.inFlight, deadLetters: ledger.deadLetters, isPaused: ledger.isPaused,
            oldestMonotonicNanoseconds: [waiting, next, flying].compactMap(\.self).min())
    }
}
