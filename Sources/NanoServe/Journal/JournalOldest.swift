import NanoCore

// How old packets are that wait on the disk for a destination which takes nothing.
extension Journal {
    /// Looks up when the first packet of each destination was received that waits on the disk alone. It
    /// blocks.
    func lookUpOldest() {
        let (unknown, end) = state.withLock { ($0.unknownOldest, $0.publishedEnd) }
        for (route, position) in unknown {
            // What the disk does not read is told when the destination reads it.
            guard let read = try? log.read(from: position, bytes: 1, until: end),
                let block = read.blocks.first
            else { continue }
            state.withLock { $0.noteOldest(route, of: block, from: position) }
        }
    }
}

extension JournalState {
    /// Destinations for which packets wait of which nothing is in memory, and where they read on.
    fileprivate var unknownOldest: [(route: Int, position: LogPosition)] {
        ledgers.indices.compactMap { route in
            let ledger = ledgers[route]
            let first = ledger.onDiskFrom
            let isKnown =
                first == ledger.cursor.next
                && (ledger.cursor.block != nil || !ledger.deferred.isEmpty)
            guard ledger.waiting > 0, ledger.returned.isEmpty, !isKnown else { return nil }
            guard ledger.onDisk?.position != first, recent.start.map({ $0 > first }) ?? true
            else { return nil }
            return (route, first)
        }
    }

    fileprivate mutating func noteOldest(
        _ route: Int, of block: LogBlock, from position: LogPosition
    ) {
        guard let record = block.record(at: 0) else { return }
        ledgers[route].onDisk = RouteLedger.OnDisk(
            position: position, oldestMonotonicNanoseconds: received(record, of: block))
    }
}
