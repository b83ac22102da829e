import NanoCore
import NanoSim
import Testing

@testable import NanoServe

/// What a journal makes of damage in the file that a killed process was writing to.
@Suite struct JournalDamageTests {
    private static let moment = Moment(unixMilliseconds: 2_000_000, monotonicNanoseconds: 1)

    /// Five blocks of twenty packets, of which nothing was delivered; the timestamps are 1,000 and so on.
    private func killed(_ disk: SimulatedDisk) throws -> [LogBlock] {
        let journal = try Journal.simulated(disk: disk)
        for start in stride(from: 0, to: 100, by: 20) {
            try journal.commit(numbered: start..<start + 20, now: Self.moment)
        }
        try journal.keepHouse(now: Self.moment)
        return try journal.log.read(from: journal.log.start, bytes: .max).blocks
    }

    private func damage(_ block: LogBlock, on disk: SimulatedDisk, at offset: Int = 1_000) {
        disk.damage(
            SegmentName.log(block.position.segment), at: block.position.offset + offset)
    }

    private func rebuild(_ journal: Journal) throws -> ReplayRebuild {
        try ReplayRebuild(
            SharedReplayGuard(
                configuration: ReplayGuard.Configuration(), hashKey: (3, 4), shardCount: 2),
            from: journal, now: Self.moment, futureSeconds: 60)
    }

    @Test(arguments: 0..<5)
    func `a damaged block is counted, and closes the time of its frames alone`(place: Int) throws {
        let disk = SimulatedDisk()
        let blocks = try killed(disk)
        damage(blocks[place], on: disk)
        let journal = try Journal.simulated(disk: disk)
        let numbers = place * 20..<place * 20 + 20
        #expect(journal.opening.damagedBytes == blocks[place].bytes.count + LogBlockHead.length)
        #expect(journal.opening.waiting == [100] && journal.opening.missingAtEnd == 0)
        let first = UInt32(1_000 + numbers.lowerBound)
        #expect(try rebuild(journal).closed == [first...first + 19])
        #expect(journal.deliver() == (0..<100).filter { !numbers.contains($0) })
        #expect(journal.ledgers[0].expiredBy[.damage] == 20 && journal.ledgers[0].waiting == 0)
    }

    @Test func `the numbers of damaged blocks at the end are not given again`() throws {
        let disk = SimulatedDisk()
        let blocks = try killed(disk)
        damage(blocks[4], on: disk)
        let journal = try Journal.simulated(disk: disk)
        try journal.commit(numbered: 100..<120, now: Self.moment)
        #expect(journal.log.lastBlock == blocks[4].head.number + 1)
        #expect(journal.deliver() == Array(0..<80) + Array(100..<120))
        #expect(journal.ledgers[0].expiredBy[.damage] == 20)
        // The next start finds the same.
        try journal.close(now: Self.moment)
        let next = try Journal.simulated(disk: disk)
        #expect(next.opening.waiting == [0] && next.deliver().isEmpty)
    }

    @Test func `each destination loses what was its own of a damaged block`() throws {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(routes: 2, disk: disk)
        let both: RouteMask = [RouteMask(destination: 0), RouteMask(destination: 1)]
        let frame = [UInt8](repeating: 5, count: 100)
        let packets = (0..<20).map { number in
            StagedPacket(
                frame: 0..<100, model: .custom,
                routes: number < 3 ? both : RouteMask(destination: 0), receivedAt: Self.moment)
        }
        _ = journal.append(packets, from: frame.span)
        try journal.commit(now: Self.moment)
        try journal.commit(numbered: 0..<10, now: Self.moment)
        let blocks = try journal.log.read(from: journal.log.start, bytes: .max).blocks
        damage(blocks[0], on: disk, at: 500)
        let next = try Journal.simulated(routes: 2, disk: disk)
        #expect(next.opening.waiting == [30, 3])
        #expect(next.deliver() == Array(0..<10))
        #expect(next.takeLoaded(route: 1, limit: 10) == nil)
        #expect(next.ledgers[0].expiredBy[.damage] == 20)
        #expect(next.ledgers[1].expiredBy[.damage] == 3)
    }

    @Test func `a damaged head closes all that came before the block behind it`() throws {
        let disk = SimulatedDisk()
        let blocks = try killed(disk)
        damage(blocks[2], on: disk, at: 20)
        let journal = try Journal.simulated(disk: disk)
        #expect(journal.opening.damagedBytes == blocks[2].bytes.count + LogBlockHead.length)
        #expect(try rebuild(journal).closed == [0...2_060])
        #expect(journal.deliver() == Array(0..<40) + Array(60..<100))
        #expect(journal.ledgers[0].expiredBy[.damage] == 20 && journal.ledgers[0].accepted == 100)
    }

    @Test func `a damaged head at the end is missed by the cursors`() throws {
        let disk = SimulatedDisk()
        let blocks = try killed(disk)
        damage(blocks[4], on: disk, at: 20)
        let journal = try Journal.simulated(disk: disk)
        #expect(journal.opening.damagedBytes == blocks[4].bytes.count + LogBlockHead.length)
        #expect(journal.opening.missingAtEnd == 1)
        #expect(try rebuild(journal).closed == [0...2_060])
        #expect(journal.deliver() == Array(0..<80))
        #expect(journal.ledgers[0].expiredBy[.damage] == 20)
    }

    @Test func `an end that was being written is no damage`() throws {
        let disk = SimulatedDisk()
        let blocks = try killed(disk)
        let name = SegmentName.log(blocks[4].position.segment)
        for kept in [1, LogBlockHead.length - 1, LogBlockHead.length, 3_000] {
            let whole = try disk.open(name)
            let bytes = try whole.read(0..<whole.size())
            let torn = SimulatedDisk()
            try torn.replace(name, with: Array(bytes.prefix(blocks[4].position.offset + kept)))
            let journal = try Journal.simulated(disk: torn)
            #expect(journal.opening.damagedBytes == 0 && journal.opening.waiting == [80])
            #expect(try rebuild(journal).closed.isEmpty)
            #expect(journal.deliver() == Array(0..<80))
        }
    }

    @Test func `what a power cut has made of an end that nobody knows of is no damage`() throws {
        let disk = SimulatedDisk()
        let blocks = try killed(disk)
        let name = SegmentName.log(blocks[4].position.segment)
        let file = try disk.open(name)
        let bytes = try file.read(0..<file.size())
        // Its length is there, and not what was in it.
        try disk.replace(
            name,
            with: bytes
                + (LogBlockHead(blocks[4], number: 6).encoded(SipHash(key: (3, 4)))
                    + [UInt8](repeating: 0, count: blocks[4].bytes.count)))
        var random = SplitMix64(seed: 1)
        let journal = try Journal.simulated(
            disk: SimulatedDisk(after: disk, random: &random))
        #expect(journal.opening.damagedBytes == 0 && journal.opening.waiting == [100])
        #expect(try rebuild(journal).closed.isEmpty)
        // Without one it was written whole, and has changed since.
        #expect(try Journal.simulated(disk: disk).opening.waiting == [120])
    }

    @Test func `an end that is gone is told, and what was in it is not accepted again`() throws {
        let disk = SimulatedDisk()
        let blocks = try killed(disk)
        let name = SegmentName.log(blocks[4].position.segment)
        let file = try disk.open(name)
        try disk.replace(name, with: file.read(0..<blocks[3].position.offset))
        let journal = try Journal.simulated(disk: disk)
        #expect(journal.opening.missingAtEnd == 2 && journal.opening.damagedBytes == 0)
        #expect(try rebuild(journal).closed == [0...2_060])
        #expect(journal.deliver() == Array(0..<60))
    }

    @Test
    func `what is damaged in front of a cursor was delivered, and what lies behind it is lost`()
        throws
    {
        for place in [1, 4] {
            let disk = SimulatedDisk()
            let journal = try Journal.simulated(disk: disk)
            for start in stride(from: 0, to: 100, by: 20) {
                try journal.commit(numbered: start..<start + 20, now: Self.moment)
            }
            #expect(journal.deliver(limit: 60) == Array(0..<60))
            try journal.close(now: Self.moment)
            let blocks = try journal.log.read(from: journal.log.start, bytes: .max).blocks
            // In its head, so that only the file's summary knows of it.
            damage(blocks[place], on: disk, at: 20)
            let next = try Journal.simulated(disk: disk)
            #expect(next.opening.waiting == [40], "block \(place)")
            #expect(next.deliver() == Array(60..<(place == 4 ? 80 : 100)), "block \(place)")
            #expect(next.ledgers[0].expiredBy[.damage] == (place == 4 ? 20 : 0), "block \(place)")
        }
    }

    @Test func `a damaged head that the cursors do not know of yet closes everything up to now`()
        throws
    {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(disk: disk)
        try journal.commit(numbered: 0..<20, now: Self.moment)
        journal.noteGuarded(upTo: journal.lastBlock)
        try journal.keepHouse(now: Self.moment)
        try journal.commit(numbered: 20..<40, now: Self.moment)
        let blocks = try journal.log.read(from: journal.log.start, bytes: .max).blocks
        damage(blocks[1], on: disk, at: 20)
        let next = try Journal.simulated(disk: disk)
        #expect(next.opening.damagedBytes == blocks[1].bytes.count + LogBlockHead.length)
        #expect(try rebuild(next).closed == [0...2_060])
        #expect(next.deliver() == Array(0..<20))
    }

    @Test func `bytes that are missing in a block cost it, and not the one behind it`() throws {
        for isSealed in [false, true] {
            let disk = SimulatedDisk()
            let blocks = try killed(disk)
            if isSealed { try Journal.simulated(disk: disk).close(now: Self.moment) }
            let name = SegmentName.log(blocks[1].position.segment)
            let file = try disk.open(name)
            var bytes = try file.read(0..<file.size())
            bytes.removeSubrange(blocks[1].position.offset + 500..<blocks[1].position.offset + 507)
            try disk.replace(name, with: bytes)
            let journal = try Journal.simulated(disk: disk)
            #expect(journal.deliver() == Array(0..<20) + Array(40..<100))
            #expect(journal.ledgers[0].expiredBy[.damage] == 20)
        }
    }

    @Test func `what a power cut has left stays no damage when the next process is killed`() throws
    {
        let disk = SimulatedDisk()
        let blocks = try killed(disk)
        let name = SegmentName.log(blocks[4].position.segment)
        let file = try disk.open(name)
        let bytes = try file.read(0..<file.size())
        for tail in [
            LogBlockHead(blocks[4], number: 6).encoded(SipHash(key: (3, 4)))
                + [UInt8](repeating: 0, count: blocks[4].bytes.count),
            [UInt8](repeating: 0, count: 4_096),
        ] {
            try disk.replace(name, with: bytes + tail)
            var random = SplitMix64(seed: 1)
            let after = SimulatedDisk(after: disk, random: &random)
            let first = try Journal.simulated(disk: after)
            try first.keepHouse(now: Self.moment)
            let second = try Journal.simulated(disk: after)
            #expect(second.opening.damagedBytes == 0 && second.opening.waiting == [100])
            #expect(try rebuild(second).closed.isEmpty)
        }
    }

    @Test func `what was cut off a finished file is counted by its summary`() throws {
        let disk = SimulatedDisk()
        let blocks = try killed(disk)
        try Journal.simulated(disk: disk).close(now: Self.moment)
        let name = SegmentName.log(blocks[3].position.segment)
        let file = try disk.open(name)
        try disk.replace(name, with: file.read(0..<blocks[3].position.offset + 50))
        let journal = try Journal.simulated(disk: disk)
        #expect(journal.opening.damagedBytes > 0 && journal.opening.waiting == [100])
        #expect(journal.deliver() == Array(0..<60))
        #expect(journal.ledgers[0].expiredBy[.damage] == 40 && journal.ledgers[0].waiting == 0)
    }

    @Test func `a last file that is gone with its summary is missed behind a clean stop`() throws {
        let disk = SimulatedDisk()
        let first = try Journal.simulated(disk: disk)
        try first.commit(numbered: 0..<20, now: Self.moment)
        try first.close(now: Self.moment)
        let second = try Journal.simulated(disk: disk)
        try second.commit(numbered: 20..<40, now: Self.moment)
        second.noteGuarded(upTo: second.lastBlock)
        try second.close(now: Self.moment)
        for name in [SegmentName.log(2), SegmentName.summary(2)] { try disk.remove(name) }
        #expect(try Journal.simulated(disk: disk).opening.missingAtEnd == 1)
    }

    @Test func `what was settled of a block whose head is damaged is not lost`() throws {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(disk: disk)
        for start in stride(from: 0, to: 60, by: 20) {
            try journal.commit(numbered: start..<start + 20, now: Self.moment)
        }
        // Five of the first block are under way, five of the second are left, and the third is done.
        let held = try #require(journal.takeLoaded(route: 0, limit: 5))
        let done = try #require(journal.takeLoaded(route: 0, limit: 30))
        journal.resolve(route: 0, batch: done, as: .delivered)
        let left = try #require(journal.takeLoaded(route: 0, limit: 5))
        let last = try #require(journal.takeLoaded(route: 0, limit: 20))
        journal.resolve(route: 0, batch: last, as: .delivered)
        #expect(held.items.count + left.items.count == 10)
        try journal.close(now: Self.moment)
        let blocks = try journal.log.read(from: journal.log.start, bytes: .max).blocks
        damage(blocks[1], on: disk, at: 20)
        damage(blocks[2], on: disk, at: 20)
        let next = try Journal.simulated(disk: disk)
        #expect(next.opening.waiting == [10])
        #expect(next.deliver() == Array(0..<5))
        #expect(next.ledgers[0].expiredBy[.damage] == 5)
    }

    @Test func `destinations that the head does not count are counted by the records`() throws {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(routes: 6, disk: disk)
        try journal.keepHouse(now: Self.moment)
        let frame = [UInt8](repeating: 5, count: 100)
        let packets = (0..<20).map { number in
            StagedPacket(
                frame: 0..<100, model: .custom,
                routes: RouteMask(destination: number < 4 ? 5 : 0), receivedAt: Self.moment)
        }
        _ = journal.append(packets, from: frame.span)
        try journal.commit(now: Self.moment)
        let blocks = try journal.log.read(from: journal.log.start, bytes: .max).blocks
        // Within a frame.
        damage(blocks[0], on: disk, at: LogBlockHead.length + LogRecord.headLength + 20)
        let next = try Journal.simulated(routes: 6, disk: disk)
        #expect(next.opening.waiting == [16, 0, 0, 0, 0, 4])
    }

    @Test func `a file that nobody can read is refused for until the guard is saved behind it`()
        throws
    {
        let disk = SimulatedDisk()
        _ = try killed(disk)
        disk.damage(SegmentName.log(1), at: 2)
        let first = try Journal.simulated(disk: disk)
        #expect(try rebuild(first).closed == [0...2_060])
        first.noteGuarded(upTo: first.lastBlock)
        try first.keepHouse(now: Self.moment)
        let second = try Journal.simulated(disk: disk)
        #expect(second.opening.unreadable == [SegmentName.log(1)])
        #expect(try rebuild(second).closed.isEmpty)
        // One that the guard does not cover is another matter.
        try second.commit(numbered: 0..<20, now: Self.moment)
        try second.keepHouse(now: Self.moment)
        disk.damage(SegmentName.log(2), at: 2)
        #expect(try rebuild(Journal.simulated(disk: disk)).closed == [0...2_060])
    }

    @Test func `the summary of another file is not believed`() throws {
        let disk = SimulatedDisk()
        for start in [0, 20] {
            let journal = try Journal.simulated(disk: disk)
            try journal.commit(numbered: start..<start + 20, now: Self.moment)
            try journal.close(now: Self.moment)
        }
        let summary = try disk.open(SegmentName.summary(1))
        try disk.replace(SegmentName.summary(2), with: summary.read(0..<summary.size()))
        let journal = try Journal.simulated(disk: disk)
        #expect(journal.opening.waiting == [40])
        #expect(journal.deliver() == Array(0..<40))
    }
}

extension LogBlockHead {
    /// That of a block as it would be under another number.
    fileprivate init(_ block: LogBlock, number: UInt64) {
        self = block.head
        self.number = number
    }
}
