import NanoCore

extension Gateway {
    /// What has to be done now and then: memory, keys, alarms, diagnoses.
    func keepHouse() async {
        var refused: UInt64 = 0
        var refusedAtLook: UInt64 = 0
        var isExamined = true
        while !Task.isCancelled {
            for _ in 0..<4 {
                let refusedNow = lanes.reduce(0) { $0 &+ $1.refused }
                if refusedNow != refused || !isExamined {
                    let rejections = snapshot([.rejections]).rejections
                    isExamined = desk.examine(
                        rejections, accepted: { packets(now: .now) }, now: .now)
                }
                refused = refusedNow
                if journal.isFull { await house.keepHouse(now: .now, finishReads: finishReads) }
                deadLetters.look()
                takeOverKeys()
                takeOverRegistry()
                takeOverBlocks()
                try? await Task.sleep(for: .milliseconds(250))
            }
            let now = Moment.now
            certificates.refresh(now: now, logger: logger)
            house.replayGuard.tidy(now: now)
            await house.keepHouse(now: now, finishReads: finishReads)
            // A grace that has ended takes a key away.
            refreshKeys()
            noteAdoption(now: now)
            noteWaiting(now: now)
            queueLookAtOffenders()
            for mirror in auditMirrors { mirror.look(now: now) }
            watch.look(
                devices: countedDevices, turnsAway: turnsAway, packets: packets,
                listens: !journal.isFull)
            let seen = snapshot(refused == refusedAtLook ? [] : [.rejections])
            watch.hear(seen.rejections, now: now)
            refusedAtLook = refused
            let changes = status.withLock { $0.board.look(at: seen, now: now) }
            for change in changes { change.write(to: logger) }
        }
    }

    /// All devices of this run. Those are counted that operators' blocks keep out, also of those that only
    /// earlier runs have heard: whoever is kept out since the start is heard by none.
    private func countedDevices(now: Moment) -> [DeviceSnapshot] {
        let rows = devices(now: now)
        if offenders.hasOperatorBlocks {
            let former = adoptions.former(but: rows).filter {
                $0.isActive(at: now.unixMilliseconds)
            }
            offenders.count(rows, former: former)
        }
        return rows
    }

    private func finishReads() {
        for lane in lanes { lane.finishRead() }
    }

    /// Makes all event loops judge by the keys of now. One call at a time, so that no older table
    /// comes behind a newer one.
    func refreshKeys() {
        keyRefresh.withLock { _ in
            let table = keys.keyTable(now: .now)
            for lane in lanes { lane.replaceKeys(table) }
        }
    }
}
