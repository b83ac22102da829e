import NanoCore

/// What a journal does with its files besides writing them.
extension Journal {
    /// The number of the newest block, whether it is still there or not.
    var lastBlock: UInt64 { max(log.lastBlock, lastBlockBefore) }

    /// Bytes of the files that hold blocks behind one.
    func bytes(behind block: UInt64) -> Int {
        log.segments.reduce(0) { $0 + ($1.summary.lastBlock > block ? $1.summary.size : 0) }
    }

    /// The number of the last block that the saved replay guard covers; nil when nobody knows.
    var guardedBlock: UInt64? { health.withLock { $0.guardedBlock } }

    /// Notes that the replay guard has been saved with everything up to a block.
    func noteGuarded(upTo block: UInt64) {
        health.withLock { ($0.guardedBlock, $0.guardIdentity) = (block, identity) }
    }

    /// Whether the last write failed because the disk is full, or a quota used up.
    var isOutOfRoom: Bool { health.withLock(\.isOutOfRoom) }

    /// Notes that there is no room on the disk, though no commit has failed: devices have to wait
    /// until ``noticeRoom(afterCommit:)``.
    func noteOutOfRoom(_ reason: String) {
        health.withLock { health in
            health.fault = reason
            (health.isOutOfRoom, health.isFull) = (true, true)
        }
    }

    /// What is known of destinations that are not configured, ordered by name.
    var unconfigured: [UnconfiguredRoute] {
        parked.withLock { parked in
            let waiting = parked.waiting
            return parked.expired.sorted { $0.key < $1.key }.map { name, expired in
                UnconfiguredRoute(
                    name: name, waiting: waiting[name] ?? 0, expiredBy: expired)
            }
        }
    }

    /// Saves the cursors, and removes files that nobody needs. It blocks.
    func keepHouse(now: Moment) throws {
        try housekeeping.withLock { _ in try keepHouseAlone(now) }
    }

    /// The cursors of this configuration as they are to outlive the process.
    private func savedCursors(guarded: UInt64, _ now: Moment) -> SavedCursors {
        let (ledgers, committed, end) = state.withLock {
            ($0.ledgers, $0.publishedNumber, $0.publishedEnd)
        }
        let cursors = ledgers.map { $0.saved(isIdle: $0.isIdle) }
        var saved = SavedCursors(
            guardedBlock: guarded, guardIdentity: health.withLock(\.guardIdentity),
            routes: Dictionary(uniqueKeysWithValues: zip(configuration.routes, cursors)))
        saved.savedUnixMilliseconds = now.unixMilliseconds
        (saved.committedBlock, saved.committedEnd) = (committed, end)
        saved.systemRun = log.storage.systemRun
        saved.paused = zip(configuration.routes, ledgers).filter { $1.isPausedByOperator }.map(\.0)
        return saved
    }

    private func keepHouseAlone(_ now: Moment) throws {
        let young = firstYoung(now)
        if let young { giveUp(before: young, because: .age) }
        let (saved, needed) = cursorsToSave(now)
        var saving = Result { try cursors.write(saved) }
        if case .failure(let fault) = saving, (fault as? StorageFault)?.isOutOfRoom != true {
            // A start would miss what is removed now.
            noticeRoom(afterCommit: false)
            throw fault
        }
        // Room is made all the same on a full disk: nothing else could bring it back.
        try log.remove(before: max(needed, young ?? 0))
        // Now there may be the room that the cursors did not find before.
        if case .failure = saving { saving = Result { try cursors.write(saved) } }
        noticeRoom(afterCommit: false)
        try saving.get()
    }

    /// Everything that is to outlive the process, and the oldest file that is needed for it.
    ///
    /// - Parameter needsGuard: Whether what the saved replay guard does not cover is.
    func cursorsToSave(
        _ now: Moment, needsGuard: Bool = true
    ) -> (SavedCursors, oldest: UInt64) {
        let guarded = guardedBlock ?? 0
        var saved = savedCursors(guarded: guarded, now)
        let unguarded = log.segments.first { $0.summary.lastBlock > guarded }?.number
        saved.unguardedSegment = unguarded ?? max(log.end.segment, ownSegment)
        let unread = saved.routes.values.map(\.position.segment).min() ?? log.end.segment
        let needed = min(needsGuard ? unguarded ?? log.end.segment : log.end.segment, unread)
        // What is not configured holds nobody up: half of the room is its, and none of a full disk.
        let isRoomNeeded =
            log.bytes > configuration.maximumBytes / 2 || isOutOfRoom
        let others = parked.withLock { parked in
            parked.giveUp(before: isRoomNeeded ? needed : 0, now: now.monotonicNanoseconds)
            return parked
        }
        saved.routes.merge(others.cursors) { own, _ in own }
        saved.paused? += others.paused
        return (saved, min(needed, others.oldestSegment ?? needed))
    }

    /// The first file that is not too old; nil when none is.
    private func firstYoung(_ now: Moment) -> UInt64? {
        guard let oldest = configuration.maximumAgeMilliseconds else { return nil }
        let limit = now.unixMilliseconds - oldest
        let segments = log.segments
        let young = segments.indices.first {
            $0 + 1 >= segments.count || segments[$0 + 1].head.unixMilliseconds > limit
        }
        return young.flatMap { $0 > 0 ? segments[$0].number : nil }
    }

    /// Gives up what waits in the oldest files, and removes them.
    func expire(before segment: UInt64, because cause: ExpiryCause, _ now: Moment) throws {
        giveUp(before: segment, because: cause)
        // Otherwise a process that is killed now would miss it at the next start. Room is made all the same.
        let isSaved = saveCursors(now)
        try log.remove(before: segment)
        if !isSaved { _ = saveCursors(now) }
    }

    private func saveCursors(_ now: Moment) -> Bool {
        housekeeping.withLock { _ in (try? cursors.write(cursorsToSave(now).0)) != nil }
    }

    private func giveUp(before segment: UInt64, because cause: ExpiryCause) {
        state.withLock { $0.expire(before: segment, because: cause) }
        parked.withLock { $0.expire(before: segment, in: log, because: cause) }
    }

    /// Commits everything that has been appended so far, what could not be written before included.
    ///
    /// - Throws: ``StorageFault``.
    func commitAll(now: Moment, isLast: Bool = false) throws {
        // Those that have failed before come first, and one may be failing at this moment.
        for _ in 0..<state.withLock(\.failedGroups) + 2 {
            guard try commit(now: now, isLast: isLast) else { return }
        }
    }

    /// Ends the writing: everything is committed and on the disk, and the cursors are saved.
    func close(now: Moment) throws {
        try commitAll(now: now, isLast: true)
        try writer.withLock { writer in
            try writer.sync()
            writer.close()
        }
        try keepHouse(now: now)
    }
}
