import Glibc
import NanoCore
import Synchronization

/// Every accepted packet once, on disk, and for each destination a cursor over them.
///
/// Event loops append to a group in memory; ``commit(now:)`` brings it to disk as one block, and
/// only then do destinations see it. One that stands still is a cursor that does not move: it costs
/// disk, and holds nobody up. When nothing can be written, or all the memory for what is to be
/// written is used, the gateway stops reading from devices, so that nothing is dropped.
final class Journal: Sendable {
    let configuration: Configuration
    let opening: Opening
    let log: SegmentLog
    let cursors: CursorFile
    let parked: Mutex<ParkedCursors>
    /// The highest number of a block before the start.
    let lastBlockBefore: UInt64
    /// The first file of this process.
    let ownSegment: UInt64
    /// The first file with packets that the replay guard had not been saved with before the start; nil
    /// when nobody knows.
    let unguardedBefore: UInt64?
    /// The guard that had been saved before the start, and that of now (``SharedReplayGuard/identity``); nil
    /// when nobody knows.
    let guardBefore: UInt64?
    let identity: UInt64
    /// When the cursors were saved before the start, in Unix milliseconds; nil when nobody knows.
    let savedBefore: Int64?
    let state: Mutex<JournalState>
    let writer: Mutex<SegmentWriter>
    let signals = JournalSignals()
    let health = Mutex(Health())
    /// Held while cursors are saved and files removed.
    let housekeeping = Mutex(())
    let times = Mutex((all: Histogram(), settled: Histogram()))

    struct Health {
        /// Why nothing can be written at the moment.
        var fault: String?
        var isFull = false
        /// Whether the last write failed because the disk is full, or a quota used up.
        var isOutOfRoom = false
        /// The number of the last block that a checkpoint of the replay guard covers, and which guard that
        /// was.
        var guardedBlock: UInt64?
        var guardIdentity: UInt64?
    }

    /// Bytes that may wait for the disk before devices have to wait.
    static let groupLimit = 4 << 20

    /// Opens a journal, or makes one.
    ///
    /// - Parameter hashKey: That of the replay guard, whose entries lie in the blocks.
    /// - Throws: ``JournalFault``, ``StorageFault``.
    init(
        _ configuration: Configuration, storage: any LogStorage, hashKey: (UInt64, UInt64)
    ) throws {
        self.configuration = configuration
        cursors = CursorFile(storage)
        let found = try cursors.read()
        let saved = found.saved
        let known = KnownEnd(saved, systemRun: storage.systemRun)
        log = try SegmentLog(storage, known)
        unguardedBefore = saved?.unguardedSegment
        ownSegment = log.nextSegment
        if configuration.isSynced {
            // What a killed process wrote last counts from now on, so it has to be on the disk too.
            for number in log.unsummarized {
                try storage.open(SegmentName.log(number)).sync()
            }
        }
        // Numbers are never given twice, also when the blocks that had them are gone.
        let lastBlock = max(log.lastBlock, saved?.lastBlock ?? 0)
        lastBlockBefore = lastBlock
        savedBefore = saved?.savedUnixMilliseconds
        let survey = try CursorSurvey(log, saved: saved, routes: configuration.routes)
        let parked = try ParkedCursors(log, saved: saved, but: configuration.routes)
        self.parked = Mutex(parked)
        var ledgers = survey.ledgers
        let missing = try MissingSegments(log, routes: configuration.routes)
        for (place, name) in configuration.routes.enumerated() {
            let lost = missing.lost(of: name, saved, known: survey.lost[place])
            ledgers[place].accepted += lost
            ledgers[place].expiredBy[.damage] += lost
            ledgers[place].deferred = DeferredPackets(limit: configuration.deferredPackets)
            ledgers[place].stragglers.packetsAhead = configuration.deferredPackets
            ledgers[place].returnedLimits = configuration.returned
        }
        for (place, name) in configuration.routes.enumerated()
        where saved?.paused?.contains(name) == true {
            (ledgers[place].isPaused, ledgers[place].isPausedByOperator) = (true, true)
        }
        opening = Opening(
            hasDamagedCursors: found.isDamaged, unreadable: log.unreadable, missing: missing.names,
            unknown: missing.unknown,
            lost: ledgers.map(\.expiredBy.total),
            isLossKnown: survey.isLossKnown && (known.isSameRun || configuration.isSynced),
            missingAtEnd: log.missing(atEnd: saved), isSameRun: known.isSameRun,
            damagedBytes: log.damagedBytes,
            waiting: ledgers.map(\.waiting), parked: parked.waiting,
            paused: zip(configuration.routes, ledgers).filter { $1.isPaused }.map(\.0))
        state = Mutex(
            JournalState(
                log, names: configuration.routes, ledgers: ledgers,
                lastBlock: lastBlock, memoryBytes: configuration.memoryBytes))
        writer = Mutex(
            SegmentWriter(
                log, configuration, hashKey: hashKey, lastBlock: lastBlock))
        identity = SharedReplayGuard.identity(hashKey)
        guardBefore = saved?.guardIdentity
        health.withLock {
            ($0.guardedBlock, $0.guardIdentity) = (saved?.guardedBlock, saved?.guardIdentity)
        }
        missing.forget(in: storage)
        // Before the cursors are saved in this run of the system: what an earlier one has left at the end
        // would be judged as if it were of this one.
        writer.withLock { $0.writeSummaries() }
    }

    // MARK: - Signals

    /// Sets what is called, on any thread, when there is room again after the journal was full.
    func onRoomReturned(_ action: @escaping @Sendable () -> Void) {
        signals.onRoomReturned(action)
    }

    /// Sets what is called, on any thread, with destinations that wait for packets which have come.
    func onWake(_ action: @escaping @Sendable (RouteMask) -> Void) {
        signals.onWake(action)
    }

    /// Sets what is called, on an event loop, when a group has something in it, and when it is full.
    func onGroup(_ action: @escaping @Sendable () -> Void) {
        signals.onGroup(action)
    }

    // MARK: - In

    /// Takes in the accepted packets of one read, all of them, whether there is room or not: they
    /// have been judged, and the reading stops afterwards.
    ///
    /// - Parameters:
    ///   - source: The connection's buffer, which holds the frames.
    ///   - opened: The payloads of those that came encrypted.
    /// - Returns: Whether the reading has to stop.
    func append(
        _ packets: [StagedPacket], from source: Span<UInt8>, opened: [UInt8] = []
    ) -> Bool {
        guard !packets.isEmpty else { return isFull }
        let (hasBegun, isOver) = state.withLock { state in
            let (wasEmpty, wasFull) = (state.group.isEmpty, state.group.isFull)
            let takesAtOnce = state.takesAtOnce
            for packet in packets {
                state.group.append(
                    packet, atOnce: packet.routes.intersection(takesAtOnce), from: source,
                    opened: opened)
            }
            let isSignal = wasEmpty || (state.group.isFull && !wasFull)
            let isTooMuch = exceeds(gathered: state.gathered, bytes: state.bytes)
            return (isSignal, isTooMuch)
        }
        if hasBegun { signals.group() }
        return isOver ? markFull() : isFull
    }

    /// Whether no more should be taken in.
    private func exceeds(gathered: Int, bytes: Int) -> Bool {
        gathered > Self.groupLimit
            || (configuration.whenFull == .block
                && bytes > configuration.maximumBytes / 16 * 15)
    }

    private func markFull() -> Bool {
        health.withLock { $0.isFull = true }
        // All that waited may have left between the look and the mark: then nothing comes any more
        // behind which somebody would look again.
        let isStill = state.withLock { exceeds(gathered: $0.gathered, bytes: $0.bytes) }
        if !isStill { noticeRoom(afterCommit: false) }
        return isFull
    }

    /// Whether the group should go to disk without waiting for more.
    var isGroupFull: Bool { state.withLock { $0.group.isFull } }

    /// Bytes of the group.
    var groupBytes: Int { state.withLock { $0.group.bytes.count } }

    /// Brings what has been gathered to disk. One thread at a time; it blocks.
    ///
    /// - Parameter isLast: Whether nothing more comes, so that it may take room that is left to others.
    /// - Returns: Whether there was anything.
    /// - Throws: ``StorageFault``; the group is kept, and the next call tries again.
    @discardableResult
    func commit(now: Moment, isLast: Bool = false) throws -> Bool {
        try writer.withLock { writer in
            let group = state.withLock { $0.takeGroup() }
            guard !group.isEmpty else { return false }
            let block: LogBlock
            do {
                try makeRoom(for: group, now)
                block = try writer.append(
                    group, closedAt: now, isSynced: configuration.isSynced, isLast: isLast)
            } catch {
                let isOutOfRoom = (error as? StorageFault)?.isOutOfRoom == true
                state.withLock { $0.takeBack(group, isOutOfRoom: isOutOfRoom) }
                health.withLock {
                    ($0.fault, $0.isOutOfRoom, $0.isFull) = ("\(error)", isOutOfRoom, true)
                }
                throw error
            }
            let wake = state.withLock { $0.publish(block, group) }
            noteTimes(block)
            noticeRoom(afterCommit: true)
            if !wake.isEmpty { signals.wake(wake) }
            return true
        }
    }

    private func noteTimes(_ block: LogBlock) {
        let now = Moment.monotonicNow
        times.withLock { times in
            var (offset, received) = (0, UInt64(0))
            // Those of one read have one time.
            var (all, settled) = (UInt64(0), UInt64(0))
            func note() {
                let elapsed = now &- received
                times.all.record(nanoseconds: elapsed, times: all)
                times.settled.record(nanoseconds: elapsed, times: settled)
                (all, settled) = (0, 0)
            }
            while let record = block.record(at: offset) {
                if record.receivedMonotonicNanoseconds != received { note() }
                received = record.receivedMonotonicNanoseconds
                all += 1
                if record.routes == 0 { settled += 1 }
                offset = record.end
            }
            note()
        }
    }

    /// Expires the oldest packets when the log would grow too large.
    private func makeRoom(for group: LogGroup, _ now: Moment) throws {
        guard configuration.whenFull == .expireOldest else { return }
        let segments = log.segments
        var (bytes, gone) = (log.bytes + group.bytes.count, 0)
        while bytes > configuration.maximumBytes, gone + 1 < segments.count {
            bytes -= segments[gone].summary.size
            gone += 1
        }
        if gone > 0 { try expire(before: segments[gone].number, because: .room, now) }
    }

    /// Notes that something was written, or removed.
    func noticeRoom(afterCommit: Bool) {
        let bytes = log.bytes
        // An eighth of it, so that reading does not stop and start all the time.
        let hasRoom =
            configuration.whenFull == .expireOldest || bytes <= configuration.maximumBytes / 8 * 7
        let isOver = exceeds(gathered: 0, bytes: bytes)
        let isSettled = state.withLock { state in
            state.logBytes = bytes
            return state.isSettled
        }
        let hasReturned = health.withLock { health in
            guard afterCommit || health.fault == nil else { return false }
            health.fault = nil
            health.isOutOfRoom = false
            guard health.isFull else {
                health.isFull = isOver && !isSettled
                return false
            }
            // What is left of it is one file that nobody needs: the next block begins another, and
            // only that lets it go.
            health.isFull = !hasRoom && !isSettled
            return !health.isFull
        }
        if hasReturned { signals.roomReturned() }
    }
}
