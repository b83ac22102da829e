import Glibc
import NanoCore
import NanoSim
import Testing

@testable import NanoServe

/// How a journal comes back after it was cut off, damaged, or out of room.
@Suite struct JournalRecoveryTests {
    private static let moment = Moment(unixMilliseconds: 1_000_000, monotonicNanoseconds: 1)

    private func append(
        _ numbers: Range<Int>, to journal: Journal, bytes: Int = 200
    ) throws {
        try journal.commit(numbered: numbers, bytes: bytes, now: Self.moment)
    }

    @Test func `what was committed and not delivered is there after a crash`() throws {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(disk: disk)
        for start in stride(from: 0, to: 500, by: 50) {
            try append(start..<start + 50, to: journal)
        }
        #expect(journal.deliver(limit: 120) == Array(0..<120))
        try journal.keepHouse(now: Self.moment)
        var random = SplitMix64(seed: 1)
        let after = SimulatedDisk(after: disk, random: &random)
        let second = try Journal.simulated(disk: after)
        #expect(second.opening.waiting == [380] && second.opening.damagedBytes == 0)
        #expect(second.ledgers[0].waiting == 380)
        #expect(second.deliver() == Array(120..<500))
        #expect(second.ledgers[0].expired == 0)
    }

    @Test func `a cursor within blocks that are done knows how much waits behind them`() throws {
        let disk = SimulatedDisk()
        let first = try Journal.simulated(disk: disk)
        for start in stride(from: 0, to: 50, by: 10) { try append(start..<start + 10, to: first) }
        let blocks = try first.log.read(from: first.log.start, bytes: .max).blocks
        try first.close(now: Self.moment)
        // What comes behind it is in a file of its own.
        let second = try Journal.simulated(disk: disk)
        try append(50..<60, to: second)
        try second.close(now: Self.moment)
        let numbers = blocks.map(\.head.number)
        let cursor = SavedCursor(
            position: blocks[3].position, done: [.init(first: numbers[0], last: numbers[4])])
        let name = second.configuration.routes[0]
        try CursorFile(disk).write(SavedCursors(guardedBlock: 0, routes: [name: cursor]))
        let third = try Journal.simulated(disk: disk)
        #expect(third.opening.waiting == [10])
        #expect(third.deliver() == Array(50..<60))
        #expect(third.ledgers[0].unfinished == 0 && third.ledgers[0].expired == 0)
    }

    @Test func `what a killed process wrote last outlives a power cut once it counts`() throws {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(disk: disk)
        try append(0..<10, to: journal)
        // It is killed between the writing and the flushing.
        for operation in 2...3 { disk.fail(operation: operation) }
        #expect(throws: StorageFault.self) { try append(10..<20, to: journal) }
        let second = try Journal.simulated(disk: disk)
        #expect(second.opening.waiting == [20])
        for seed in 0..<20 {
            var random = SplitMix64(seed: UInt64(seed))
            let third = try Journal.simulated(disk: SimulatedDisk(after: disk, random: &random))
            #expect(third.opening.waiting == [20], "seed \(seed)")
        }
    }

    @Test func `a block that is on the disk twice counts once`() throws {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(disk: disk)
        try append(0..<10, to: journal)
        // Neither flushed nor cut off, it is written once more.
        for operation in 2...3 { disk.fail(operation: operation) }
        #expect(throws: StorageFault.self) { try append(10..<20, to: journal) }
        try disk.remove(SegmentName.summary(1))
        try journal.commitAll(now: Self.moment)
        try disk.remove(SegmentName.summary(1))
        let second = try Journal.simulated(disk: disk)
        #expect(second.opening.waiting == [20])
        #expect(second.deliver() == Array(0..<20))
        #expect(second.ledgers[0].expired == 0)
    }

    @Test func `two stops do not bring back what was settled in the middle of a block`() throws {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(disk: disk)
        try append(0..<9, to: journal)
        let first = try #require(journal.take(route: 0, limit: 3))
        let second = try #require(journal.take(route: 0, limit: 3))
        journal.resolve(route: 0, batch: second, as: .delivered)
        journal.giveBack(route: 0, batch: first)
        try journal.close(now: Self.moment)
        let next = try Journal.simulated(disk: disk)
        #expect(next.opening.waiting == [6])
        // The cursor is now in front of those that were settled.
        let again = try #require(next.takeLoaded(route: 0, limit: 2))
        next.giveBack(route: 0, batch: again)
        try next.close(now: Self.moment)
        let last = try Journal.simulated(disk: disk)
        #expect(last.opening.waiting == [6])
        #expect(last.deliver() == [0, 1, 2, 6, 7, 8])
    }

    @Test func `cursors that are lost mean that everything is delivered again`() throws {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(disk: disk)
        try append(0..<100, to: journal)
        #expect(journal.deliver(limit: 50).count == 50)
        try journal.keepHouse(now: Self.moment)
        disk.damage(CursorFile.name, at: 0)
        let second = try Journal.simulated(disk: disk)
        #expect(second.deliver() == Array(0..<100))
    }

    @Test func `a flipped bit costs its block, which is counted, and nothing else`() throws {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(disk: disk)
        for start in stride(from: 0, to: 100, by: 20) {
            try append(start..<start + 20, to: journal)
        }
        try journal.close(now: Self.moment)
        let log = journal.log.segments[0]
        let blockBytes = (log.summary.size - log.start) / 5
        disk.damage(SegmentName.log(1), at: log.start + blockBytes * 2 + 1_000)
        let second = try Journal.simulated(disk: disk)
        #expect(second.deliver() == Array(0..<40) + Array(60..<100))
        #expect(second.ledgers[0].expiredBy[.damage] == 20 && second.ledgers[0].waiting == 0)
    }

    @Test func `a file of a newer release is refused, with its name`() throws {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(disk: disk)
        try append(0..<1, to: journal)
        let name = SegmentName.log(1)
        let file = try disk.open(name)
        var bytes = try file.read(0..<file.size())
        let end = journal.log.segments[0].start - 8
        bytes[4] = 2
        var checksum: [UInt8] = []
        checksum.append(littleEndian: SipHash(key: (0, 0)).hash(bytes.span, 0..<end))
        bytes.replaceSubrange(end..<end + 8, with: checksum)
        try disk.replace(name, with: bytes)
        #expect(throws: JournalFault.newerVersion(file: name, found: 2, known: 1)) {
            try Journal.simulated(disk: disk)
        }
    }

    @Test func `a flipped bit in a file's version is damage, not a newer release`() throws {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(disk: disk)
        try append(0..<1, to: journal)
        disk.damage(SegmentName.log(1), at: 5)
        let second = try Journal.simulated(disk: disk)
        #expect(second.opening.unreadable == [SegmentName.log(1)])
    }

    @Test func `what a disk does not read any more is given up in the end, and nothing else`()
        throws
    {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(disk: disk)
        for start in stride(from: 0, to: 200, by: 20) {
            try append(start..<start + 20, to: journal)
        }
        try journal.close(now: Self.moment)
        let segment = journal.log.segments[0]
        let block = (segment.summary.size - segment.start) / 10
        let bad = segment.start + block * 4 + 100
        disk.spoil(SegmentName.log(1), bad..<bad + 1)
        let second = try Journal.simulated(disk: disk)
        #expect(throws: StorageFault.self) { try second.load(route: 0, from: second.log.start) }
        #expect(second.ledgers[0].expired == 0, "it may only be for a moment")
        second.onLoad { [unowned second] route, position in
            _ = try? second.load(route: route, from: position, isTolerant: true)
        }
        let seen = second.deliver()
        // Whole pages are lost.
        #expect(Set(0..<200).subtracting(seen).count <= 40 && seen.count < 200)
        #expect(seen == seen.sorted())
        #expect(second.ledgers[0].expired == UInt64(200 - seen.count))
    }

    @Test func `a file that a crash left open starts with a page that cannot be read`() throws {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(disk: disk)
        for start in stride(from: 0, to: 200, by: 20) {
            try append(start..<start + 20, to: journal)
        }
        let bad = journal.log.segments[0].summary.size / 2
        disk.spoil(SegmentName.log(1), bad..<bad + 1)
        let second = try Journal.simulated(disk: disk)
        #expect(second.opening.damagedBytes > 0)
        #expect(second.opening.waiting[0] >= 150)
    }

    @Test func `numbers of blocks are not given twice when the last file is empty`() throws {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(disk: disk)
        for start in stride(from: 0, to: 100, by: 10) {
            try append(start..<start + 10, to: journal)
        }
        #expect(journal.deliver().count == 100)
        try journal.close(now: Self.moment)
        let second = try Journal.simulated(disk: disk)
        // Its file is made, but the block does not get there.
        disk.fail(operation: 2)
        #expect(throws: StorageFault.self) { try append(100..<110, to: second) }
        second.noteGuarded(upTo: second.lastBlock)
        // The older one is removed for its age.
        try second.expire(before: 2, because: .room, Self.moment)
        try second.keepHouse(now: Self.moment)
        #expect(second.log.segments.map(\.summary.lastBlock) == [0])
        let third = try Journal.simulated(disk: disk)
        #expect(third.lastBlock == 10 && third.guardedBlock == 10)
        try append(110..<120, to: third)
        #expect(third.lastBlock == 11)
        #expect(third.deliver() == Array(110..<120))
    }

    @Test(arguments: [ENOSPC, EDQUOT, EIO])
    func `what cannot be written is kept, devices wait, and it is written later`(
        code: Int32
    ) throws {
        for operation in 1...3 {
            let disk = SimulatedDisk()
            let journal = try Journal.simulated(disk: disk)
            let rooms = Counter()
            journal.onRoomReturned { rooms.add() }
            try append(0..<10, to: journal)
            disk.fail(operation: operation, with: code)
            var failures = 0
            for start in [10, 20] {
                do {
                    try append(start..<start + 10, to: journal)
                } catch {
                    failures += 1
                    #expect(journal.isFull && journal.fault == "\(error)")
                    #expect(journal.committing == 10)
                    #expect(journal.ledgers[0].accepted == UInt64(start))
                }
            }
            try journal.commitAll(now: Self.moment)
            #expect(failures == 1 && rooms.value == 1)
            #expect(!journal.isFull && journal.fault == nil)
            #expect(journal.deliver() == Array(0..<30))
            let second = try Journal.simulated(disk: disk)
            #expect(second.opening.damagedBytes == 0)
        }
    }

    @Test func `a disk that is full is used again when there is room`() throws {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(disk: disk)
        try append(0..<10, to: journal)
        disk.limit(to: 3_000)
        #expect(throws: StorageFault.self) { try append(10..<20, to: journal) }
        #expect(throws: StorageFault.self) { try journal.commit(now: Self.moment) }
        disk.limit(to: 1 << 20)
        try journal.commitAll(now: Self.moment)
        #expect(journal.deliver() == Array(0..<20))
    }

    @Test func `packets that a destination has settled out of order are not sent again`() throws {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(disk: disk)
        for start in stride(from: 0, to: 100, by: 10) {
            try append(start..<start + 10, to: journal)
        }
        let stuck = try #require(journal.take(route: 0, limit: 5))
        #expect(journal.deliver(limit: 60).count == 60)
        journal.giveBack(route: 0, batch: stuck)
        try journal.keepHouse(now: Self.moment)
        let second = try Journal.simulated(disk: disk)
        #expect(second.opening.waiting == [40])
        #expect(second.deliver() == Array(0..<5) + Array(65..<100))
    }

    @Test func `one stuck packet before many files costs only itself, over any number of starts`()
        throws
    {
        let disk = SimulatedDisk()
        var journal = try Journal.simulated(disk: disk, maximumBytes: 1 << 20)
        for start in stride(from: 0, to: 2_000, by: 50) {
            try append(start..<start + 50, to: journal)
        }
        let stuck = try #require(journal.take(route: 0, limit: 5))
        #expect(journal.deliver(limit: 1_995).count == 1_995)
        journal.giveBack(route: 0, batch: stuck)
        #expect(journal.log.segments.count > 4)
        for _ in 0..<3 {
            try journal.tidyUp(now: Self.moment)
            journal = try Journal.simulated(disk: disk, maximumBytes: 1 << 20)
            #expect(journal.opening.waiting == [5])
        }
        #expect(journal.deliver() == Array(0..<5))
        #expect(journal.ledgers[0].waiting == 0 && journal.ledgers[0].expired == 0)
    }

    @Test func `a destination that is new gets what comes from now on`() throws {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(routes: 1, disk: disk)
        try append(0..<10, to: journal)
        try journal.close(now: Self.moment)
        let second = try Journal.simulated(routes: 2, disk: disk)
        #expect(second.opening.waiting == [10, 0])
        #expect(second.take(route: 1, limit: 10) == nil)
        #expect(second.deliver() == Array(0..<10))
    }

    @Test(arguments: [Int64.min, -9_000_000_000_000, 9_000_000_000_000, .max])
    func `a block from a clock that was off by centuries can be read`(unixMilliseconds: Int64)
        throws
    {
        let block = LogBlock(
            LogBlockHead(
                number: 1, bytes: 36, records: 1, routes: 1, newestTimestamp: 0,
                unixMilliseconds: unixMilliseconds, monotonicNanoseconds: .max, checksum: 0),
            at: LogPosition(), bytes: [UInt8](repeating: 0, count: LogRecord.headLength))
        let record = try #require(block.record(at: 0))
        let now = Moment(unixMilliseconds: 1_767_225_600_000, monotonicNanoseconds: 5_000_000_000)
        #expect(block.received(record, now: now) <= now.monotonicNanoseconds)
    }
}
