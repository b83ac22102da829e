import CMemory
import Glibc
import Logging
import NanoCore
import Synchronization

/// The journal and the replay guard, which lives in it: how they come back at a start, are kept
/// together, and are closed.
final class JournalHouse: Sendable {
    let journal: Journal
    let replayGuard: SharedReplayGuard
    private let writer: JournalWriter
    private let store: ReplayStore
    private let logger: Logger
    private let lastCheckpoint: Mutex<(at: UInt64, block: UInt64)>
    /// One checkpoint at a time, so that no older one comes behind a newer one.
    private let checkpointing = Mutex(())
    /// When a checkpoint that has failed may be tried again, by the monotonic clock.
    private let nextTry = Atomic<UInt64>(0)
    /// Whether the start found no room for a checkpoint, and none has been made since.
    private let isStartOwed = Atomic(false)

    /// Whether it has been said that no checkpoint could be saved.
    private let hasFailedToSave = Atomic(false)

    /// Seconds between two checkpoints of the replay guard, while packets come in.
    private static let checkpointSeconds: UInt64 = 300
    /// From a checkpoint that failed to the next.
    private static let retryNanoseconds: UInt64 = 10_000_000_000
    /// The same while devices have to wait for one: the first second in which there is room should do.
    private static let owedNanoseconds: UInt64 = 2_000_000_000
    /// Blocks on disk behind a checkpoint, in bytes, after which there is another: a start has to
    /// read them.
    private static let checkpointBytes = 256 << 20
    /// The most that the journal takes unless configured: bytes, and a share of what is free.
    private static let defaultBytes = 20_000_000_000
    /// What it may grow by where it has more than that share already.
    private static let spareBytes = 64 << 20

    /// Opens the journal in the state folder, and brings the replay guard up to its end.
    ///
    /// - Throws: ``StateFolder/Fault``, one line for the operator.
    init(
        _ configuration: GatewayConfiguration, folder: StateFolder, now: Moment,
        futureSeconds: Int64, logger: Logger
    ) throws {
        self.logger = logger
        store = ReplayStore(folder: folder, configuration: configuration.replay, logger: logger)
        let saved = try store.load(now: now)
        replayGuard = saved.replayGuard
        do {
            let storage = try FolderStorage(path: folder.path + "/journal")
            let (budget, room) = try Self.budget(on: storage)
            journal = try Journal(
                Journal.Configuration(
                    configuration, maximumBytes: configuration.journal.maxBytes ?? budget,
                    roomBytes: room),
                storage: storage, hashKey: replayGuard.hashKey)
            try store.complete(
                saved, from: journal, now: now, futureSeconds: futureSeconds)
        } catch let fault as StateFolder.Fault {
            throw fault
        } catch {
            throw StateFolder.Fault(description: "the journal in \(folder.path): \(error)")
        }
        writer = JournalWriter(
            journal, gatherMilliseconds: configuration.journal.commitMilliseconds, logger: logger)
        lastCheckpoint = Mutex((now.monotonicNanoseconds, journal.lastBlock))
        report(configuration)
    }

    /// The most that the journal takes unless configured, and the most that it can.
    private static func budget(on storage: any LogStorage) throws -> (bytes: Int, room: Int) {
        let taken = try storage.names().reduce(0) { try $0 + storage.open($1).size() }
        let room = try storage.freeBytes() + taken
        let half = room / 2
        // What others have taken since lets nothing expire.
        return (min(defaultBytes, half >= taken ? half : taken + spareBytes), room)
    }

    private func report(_ configuration: GatewayConfiguration) {
        let opening = journal.opening
        if opening.hasDamagedCursors {
            logger.error(
                "the journal's cursors are damaged: everything in it is delivered again",
                metadata: ["file": "\(CursorFile.name)"])
        }
        if opening.damagedBytes > 0 || !opening.unreadable.isEmpty {
            logger.error(
                "the journal is damaged; what can be read of it is served",
                metadata: [
                    "bytes": "\(opening.damagedBytes)",
                    "files": "\(opening.unreadable.joined(separator: " "))",
                ])
        }
        reportLoss(configuration)
        if let limit = configuration.journal.maxBytes,
            let free = try? journal.log.storage.freeBytes(),
            let warning = JournalRoom.warning(
                maximumBytes: limit, taken: journal.usage.bytes, free: free)
        {
            logger.warning("\(warning)")
        }
        for (destination, count) in zip(configuration.destinations, opening.waiting)
        where count > 0 {
            let packets = "\(PlainWords.count(count)) packets for \(destination.name)"
            logger.notice("\(packets) wait from before the start")
        }
        for (name, count) in opening.parked.sorted(by: { $0.key < $1.key }) {
            logger.warning(
                "packets wait for a destination that is not configured; they are kept until it is",
                metadata: ["route": "\(SafeText.escaped(name))", "packets": "\(count)"])
        }
        for name in opening.paused {
            logger.notice("still paused by an operator", metadata: ["route": "\(name)"])
        }
    }

    private func reportLoss(_ configuration: GatewayConfiguration) {
        let opening = journal.opening
        let lost = zip(configuration.destinations, opening.lost).filter { $1 > 0 }
            .map { "\($0.name) \(PlainWords.count($1))" }
        let howMuch: Logger.Metadata =
            lost.isEmpty ? [:] : ["packets_lost": "\(lost.joined(separator: " "))"]
        let words =
            opening.isLossKnown
            ? "what waited there is lost" : "nobody knows how much waited there"
        let isMissed = !opening.missing.isEmpty || !opening.unreadable.isEmpty
        if !opening.missing.isEmpty {
            logger.error(
                "files of the journal are gone or cannot be read; what waited in them is lost",
                metadata: howMuch.merging(
                    ["files": "\(opening.missing.joined(separator: " "))"]) { $1 })
        }
        if !opening.unknown.isEmpty {
            logger.error(
                "files of the journal are gone with their summaries; \(words)",
                metadata: howMuch.merging(
                    ["files": "\(opening.unknown.joined(separator: " "))"]) { $1 })
        }
        if opening.missingAtEnd > 0, !isMissed {
            let isAllowed = !opening.isSameRun && !journal.configuration.isSynced
            logger.log(
                level: isAllowed ? .warning : .error,
                isAllowed
                    ? "the system went down before it had written the end of the journal; \(words)"
                    : "the end of the journal is gone; \(words)",
                metadata: howMuch.merging(["blocks": "\(opening.missingAtEnd)"]) { $1 })
        } else if !lost.isEmpty, opening.missing.isEmpty, opening.unknown.isEmpty {
            logger.error(
                "packets that waited are not in the journal any more; they are lost",
                metadata: howMuch)
        }
    }

    /// Begins to commit; from now on an unclean end forgets nothing that was committed.
    ///
    /// On a full disk devices have to wait until there is a checkpoint; what waits in the journal can
    /// be delivered meanwhile. What was saved before, and the blocks since, still tell all.
    ///
    /// - Throws: What else keeps the replay guard from being saved.
    func start() throws {
        let now = Moment.now
        do {
            try checkpoint(now)
        } catch let fault where Self.isOutOfRoom(fault) {
            logger.error(
                "the disk is full, devices have to wait; what waits in the journal is delivered",
                metadata: ["error": "\(fault)"])
            journal.noteOutOfRoom("\(fault)")
            isStartOwed.store(true, ordering: .relaxed)
            nextTry.store(now.monotonicNanoseconds + Self.owedNanoseconds, ordering: .relaxed)
        }
        // What the journal was read with is not needed again.
        nanogridata_give_back_memory()
        writer.start()
    }

    private static func isOutOfRoom(_ error: any Error) -> Bool {
        switch error {
        case let fault as StateFolder.Fault: fault.isOutOfRoom
        case let fault as StorageFault: fault.isOutOfRoom
        default: false
        }
    }

    /// What has to be done about once a second.
    ///
    /// - Parameter finishReads: Comes back when what is being judged at the call is in the journal.
    func keepHouse(now: Moment, finishReads: @Sendable () -> Void) async {
        let isDue = lastCheckpoint.withLock { last in
            if isStartOwed.load(ordering: .relaxed) { return true }
            let behind = journal.bytes(behind: last.block)
            guard behind > 0 else { return false }
            // What it lets go of may be what fills the disk.
            if journal.isOutOfRoom { return true }
            let age = (now.monotonicNanoseconds &- last.at) / 1_000_000_000
            return age >= Self.checkpointSeconds
                || behind >= min(Self.checkpointBytes, journal.configuration.maximumBytes / 4)
        }
        if isDue, now.monotonicNanoseconds >= nextTry.load(ordering: .relaxed) {
            do {
                try checkpoint(now, finishReads: finishReads)
                if isStartOwed.exchange(false, ordering: .relaxed) {
                    journal.noticeRoom(afterCommit: true)
                    logger.notice("the disk has room again")
                }
            } catch {
                let isOwed = isStartOwed.load(ordering: .relaxed)
                let isWaiting = isOwed || journal.isOutOfRoom
                nextTry.store(
                    now.monotonicNanoseconds
                        + (isWaiting ? Self.owedNanoseconds : Self.retryNanoseconds),
                    ordering: .relaxed)
                // Of a full disk at the start it has been said.
                if !isOwed, !hasFailedToSave.exchange(true, ordering: .relaxed) {
                    logger.warning(
                        "replay memory cannot be saved", metadata: ["error": "\(error)"])
                }
                // What it has written may have taken the room that packets need. It is gone now.
                writer.retry()
            }
        }
        await writer.keepHouse()
    }

    /// Saves the replay guard; where the disk is full of what was delivered since it was saved last, that
    /// makes room for it.
    private func checkpoint(_ now: Moment, finishReads: () -> Void = {}) throws {
        do {
            try save(now, finishReads)
        } catch let fault where Self.isOutOfRoom(fault) {
            let bytes = replayGuard.statistics.bytes
            guard journal.giveUpUnguarded(now: now, forGuardOf: bytes) else { throw fault }
            logger.notice("what was delivered makes room on the full disk for the replay memory")
            try save(now, finishReads)
        }
        hasFailedToSave.store(false, ordering: .relaxed)
    }

    /// Saves the replay guard: all blocks up to the newest are in it, perhaps more. What is in it
    /// is committed before it is saved, so that nothing is refused later that was lost before.
    private func save(_ now: Moment, _ finishReads: () -> Void) throws {
        try checkpointing.withLock { _ in
            // What nobody needs makes room for it.
            try? journal.keepHouse(now: now)
            // Where that cannot be done, what is written of the memory would only take room meanwhile.
            try journal.commitAll(now: now)
            let block = journal.lastBlock
            let saved = try store.save(replayGuard, covering: block, now: now)
            finishReads()
            try journal.commitAll(now: now)
            try saved.putInPlace()
            journal.noteGuarded(upTo: block)
            lastCheckpoint.withLock { $0 = (now.monotonicNanoseconds, block) }
            try journal.keepHouse(now: now)
        }
    }

    /// Commits what is left and saves everything; to be called when no more frames come in.
    ///
    /// - Throws: What could not be saved.
    func stop() async throws {
        try await writer.stop()
        try checkpoint(.now)
    }
}

extension Journal.Configuration {
    fileprivate init(_ configuration: GatewayConfiguration, maximumBytes: Int, roomBytes: Int) {
        self.init(routes: configuration.destinations.map(\.name))
        self.roomBytes = roomBytes
        spareBytes = min(JournalRoom.spareBytes, roomBytes / 8)
        let journal = configuration.journal
        memoryBytes = journal.memoryBytes
        isSynced = journal.durability == .commit
        self.maximumBytes = maximumBytes
        whenFull = journal.whenFull
        maximumAgeMilliseconds = journal.maxAgeHours.map { Int64($0) * 3_600_000 }
    }
}
