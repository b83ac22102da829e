import Logging
import NanoCore

/// Brings the replay guard over a restart: from what was saved of it, and the blocks of the journal
/// since (`docs/protocol.md`, "Replay").
struct ReplayStore {
    /// A guard as it was saved.
    struct Saved {
        let replayGuard: SharedReplayGuard
        /// Whether it knows everything up to a block of the journal.
        var isUsable: Bool
    }

    let folder: StateFolder
    let configuration: ReplayGuard.Configuration
    let logger: Logger

    private static let fileName = "replay.guard"
    /// Shards of the guard: more than event loops, so that they seldom meet.
    private static let shardCount = 32

    /// The guard as it was saved, or a new one.
    ///
    /// - Throws: ``StateFolder/Fault`` when there is one that cannot be read.
    func load(now: Moment) throws -> Saved {
        do {
            if let file = try folder.file(Self.fileName) {
                return Saved(
                    replayGuard: try SharedReplayGuard(
                        fileBytes: file.size(), configuration: configuration,
                        shardCount: Self.shardCount, now: now, read: file.read),
                    isUsable: true)
            }
        } catch let error as ReplayGuardError {
            logger.warning("saved replay memory cannot be used", metadata: ["error": "\(error)"])
        } catch let fault as StorageFault {
            throw StateFolder.Fault(description: fault.description)
        }
        var chance = SystemRandomNumberGenerator()
        return Saved(
            replayGuard: SharedReplayGuard(
                configuration: configuration, hashKey: (chance.next(), chance.next()),
                shardCount: Self.shardCount),
            // Only a folder that was never used knows that nothing was accepted.
            isUsable: !folder.wasUsed)
    }

    /// Inserts what was accepted since the guard was saved, and has it refuse what it cannot know.
    ///
    /// - Parameter futureSeconds: How far ahead a timestamp may be.
    func complete(
        _ saved: Saved, from journal: Journal, now: Moment, futureSeconds: Int64
    ) throws {
        let newest = UInt32(clamping: now.unixSeconds + futureSeconds)
        let isKnown = !folder.wasLeftUnclean || journal.guardedBlock != nil
        let isForeign = journal.guardBefore.map { $0 != saved.replayGuard.identity } ?? false
        guard saved.isUsable, !isForeign, isKnown || !folder.wasUsed else {
            if isForeign {
                logger.warning("the replay memory is not the one that belongs to the journal")
            }
            return forget(saved.replayGuard, upTo: newest, seconds: futureSeconds)
        }
        let (covered, isOld) = covered(saved.replayGuard, journal)
        if isOld { logger.warning("the replay memory is older than the one that was saved last") }
        guard folder.wasLeftUnclean || isOld else { return }
        let rebuild = try ReplayRebuild(
            saved.replayGuard, covering: covered, isOld: isOld, from: journal, now: now,
            futureSeconds: futureSeconds)
        if rebuild.inserted > 0 {
            let packets = PlainWords.count(rebuild.inserted)
            logger.notice("replay memory rebuilt from the journal: \(packets) packets")
        }
        close(saved.replayGuard, rebuild.closed, now: now)
    }

    /// Up to which block a guard knows everything, and whether another was saved since.
    private func covered(
        _ replayGuard: SharedReplayGuard, _ journal: Journal
    ) -> (block: UInt64, isOld: Bool) {
        // Behind an unclean end blocks may have come since.
        let known = journal.guardedBlock ?? (folder.wasLeftUnclean ? 0 : journal.lastBlockBefore)
        guard let covered = replayGuard.savedCovering else { return (known, false) }
        return (min(covered, known), covered < known)
    }

    private func close(
        _ replayGuard: SharedReplayGuard, _ ranges: [ClosedRange<UInt32>], now: Moment
    ) {
        for range in ranges where range.lowerBound == 0 {
            forget(
                replayGuard, upTo: range.upperBound,
                seconds: max(0, Int64(range.upperBound) - now.unixSeconds))
        }
        let damaged = ranges.filter { $0.lowerBound > 0 }
        for range in damaged { replayGuard.forget(timestamps: range) }
        guard let first = damaged.map(\.lowerBound).min(),
            let last = damaged.map(\.upperBound).max()
        else { return }
        logger.warning(
            "blocks of the journal are damaged: frames of their time are refused",
            metadata: ["refused_from": "\(first)", "refused_up_to": "\(last)"])
    }

    private func forget(_ replayGuard: SharedReplayGuard, upTo timestamp: UInt32, seconds: Int64) {
        replayGuard.forget(timestamps: 0...timestamp)
        logger.warning(
            "replay memory is lost: frames are refused until their timestamps are newer",
            metadata: ["refused_up_to": "\(timestamp)", "seconds": "\(seconds)"])
    }

    /// Writes what a guard knows, part by part, beside what was saved before.
    ///
    /// - Parameter block: The last one of which everything is in it.
    func save(
        _ replayGuard: SharedReplayGuard, covering block: UInt64, now: Moment
    ) throws -> AtomicFile {
        let file = try folder.replacement(of: Self.fileName)
        try replayGuard.save(covering: block, now: now) { try file.append($0) }
        return file
    }
}

/// The replay guard's entries out of the blocks that came after it was saved.
struct ReplayRebuild {
    private(set) var inserted: UInt64 = 0
    /// Timestamps of blocks that are missing or damaged, so that nobody knows which frames were in them;
    /// from 0 where no more is known than when the latest came.
    private(set) var closed: [ClosedRange<UInt32>] = []
    /// The last block that was read, or is known to be lost.
    private var last: UInt64

    /// - Parameters:
    ///   - covered: The last block of which the guard knows everything; nil for what the cursors say.
    ///   - isOld: Whether the guard is older than the cursors.
    /// - Throws: ``StorageFault``.
    init(
        _ replayGuard: SharedReplayGuard, covering covered: UInt64? = nil, isOld: Bool = false,
        from journal: Journal, now: Moment, futureSeconds: Int64
    ) throws {
        let log = journal.log
        let newest = UInt32(clamping: now.unixSeconds + futureSeconds)
        last = covered ?? journal.guardedBlock ?? 0
        let unguarded = isOld ? 0 : journal.unguardedBefore ?? 0
        if log.unreadable.contains(where: { SegmentName.number($0) ?? .max >= unguarded }) {
            close(0...newest)
        }
        var isEndUnknown = false
        for segment in log.segments {
            let isNew = segment.summary.lastBlock > last
            let isDamagedEnd = log.damagedBytes > 0 && segment.number == log.end.segment
            guard isNew || isDamagedEnd else { continue }
            guard segment.head.hashKey == replayGuard.hashKey else {
                if isNew { close(0...newest) }
                continue
            }
            guard var walker = try log.walker(segment) else { continue }
            isEndUnknown = false
            while let step = try walker.next() {
                switch step {
                case .block(let block):
                    isEndUnknown = false
                    guard block.head.number > last else { continue }
                    pass(block.head, futureSeconds: futureSeconds)
                    insert(block, into: replayGuard, now: now)
                case .damage(_, let lost?), .torn(_, let lost?):
                    isEndUnknown = false
                    guard lost.head.number > last else { continue }
                    pass(lost.head, futureSeconds: futureSeconds)
                    close(lost.head.timestamps)
                case .damage, .torn: isEndUnknown = true
                }
            }
            if last < segment.summary.lastBlock {
                close(0...segment.summary.newestTimestamp)
                last = segment.summary.lastBlock
            }
        }
        if last < journal.lastBlockBefore {
            // What is missing at the end had come before the cursors were saved that know of it.
            let bound = journal.savedBefore.map {
                UInt32(clamping: $0 / 1_000 + futureSeconds)
            }
            close(0...min(bound ?? newest, newest))
        }
        // A block that the cursors do not know of yet, and that was committed all the same.
        if isEndUnknown { close(0...newest) }
    }

    /// Goes on to a block.
    private mutating func pass(_ head: LogBlockHead, futureSeconds: Int64) {
        if head.number > last + 1 {
            // What was in the missing ones had come before this one was written.
            close(0...UInt32(clamping: head.unixMilliseconds / 1_000 + futureSeconds))
        }
        last = head.number
    }

    private mutating func close(_ range: ClosedRange<UInt32>) {
        guard let before = closed.last, Int64(range.lowerBound) <= Int64(before.upperBound) + 1,
            Int64(before.lowerBound) <= Int64(range.upperBound) + 1
        else { return closed.append(range) }
        closed[closed.count - 1] =
            min(before.lowerBound, range.lowerBound)...max(before.upperBound, range.upperBound)
    }

    private mutating func insert(
        _ block: LogBlock, into replayGuard: SharedReplayGuard, now: Moment
    ) {
        var offset = 0
        while let record = block.record(at: offset) {
            _ = replayGuard.insert(record.entry, now: now)
            inserted += 1
            offset = record.end
        }
    }
}
