import NanoCore
import Testing

@testable import NanoServe

/// A journal that has filled the disk itself, with what the replay guard was not saved with.
@Suite struct JournalReliefTests {
    private static let moment = Moment(
        unixMilliseconds: 1_767_225_600_000, monotonicNanoseconds: 1_000_000)
    private let disk = SimulatedDisk()

    /// A journal of several files, after which there is no room for another byte.
    private func filled() throws -> Journal {
        let journal = try Journal.simulated(disk: disk, maximumBytes: 1 << 30)
        for start in stride(from: 0, to: 2_000, by: 100) {
            try journal.commit(numbered: start..<start + 100, now: Self.moment)
        }
        disk.limit(to: disk.sizes.values.reduce(0, +))
        #expect(throws: StorageFault.self) {
            try journal.commit(numbered: 2_000..<2_010, now: Self.moment)
        }
        #expect(journal.isOutOfRoom)
        return journal
    }

    @Test func `what waits for a destination is kept`() throws {
        let journal = try filled()
        #expect(!journal.giveUpUnguarded(now: Self.moment))
        #expect(journal.deliver() == Array(0..<2_000))
    }

    @Test func `what all have makes room, also in the last file, and writing goes on`() throws {
        let journal = try filled()
        #expect(journal.deliver() == Array(0..<2_000))
        try? journal.keepHouse(now: Self.moment)
        #expect(journal.log.bytes > 400_000, "the replay guard may need it")
        // A place for the head of the next file, which the reserve of the cursors has.
        disk.limit(to: disk.sizes.values.reduce(0, +) + 200)
        #expect(journal.giveUpUnguarded(now: Self.moment))
        #expect(journal.log.bytes < 1_000)
        try journal.commitAll(now: Self.moment)
        #expect(journal.deliver() == Array(2_000..<2_010))
        #expect(!journal.isOutOfRoom)
    }

    @Test func `a start behind a kill before the guard was saved closes the time of what is gone`()
        throws
    {
        let journal = try filled()
        _ = journal.deliver()
        disk.limit(to: disk.sizes.values.reduce(0, +) + 200)
        #expect(journal.giveUpUnguarded(now: Self.moment))
        let second = try Journal.simulated(disk: disk, maximumBytes: 1 << 30)
        let rebuild = try ReplayRebuild(
            SharedReplayGuard(
                configuration: ReplayGuard.Configuration(), hashKey: (3, 4), shardCount: 1),
            from: second, now: Self.moment, futureSeconds: 60)
        #expect(rebuild.closed.first?.lowerBound == 0)
        #expect(rebuild.closed.last?.upperBound ?? 0 >= 1_767_225_600)
        #expect(second.ledgers[0].expired == 0, "it was delivered")
    }

    @Test func `a failed write leaves no empty file behind with each try`() throws {
        let journal = try filled()
        let files = disk.sizes.count
        // Enough for some heads of files, and not for a block.
        disk.limit(to: disk.sizes.values.reduce(0, +) + 1_500)
        for _ in 0..<5 { #expect(throws: StorageFault.self) { try journal.commitAll(now: .now) } }
        #expect(disk.sizes.count == files + 2, "one, and the summary of the one before")
    }

    @Test func `a journal leaves room on its disk, and goes on when it is given some`() throws {
        let spare = 50_000
        let journal = try Journal.simulated(disk: disk, maximumBytes: 1 << 30, spareBytes: spare)
        disk.limit(to: 200_000)
        var (committed, fault) = (0, StorageFault?.none)
        while fault == nil {
            do {
                try journal.commit(numbered: committed..<committed + 10, now: Self.moment)
                committed += 10
            } catch {
                fault = try #require(error as? StorageFault)
            }
        }
        #expect(fault?.isOutOfRoom == true)
        #expect(fault?.description.contains("the journal leaves 50.0 kB") == true)
        let free = try disk.freeBytes()
        // It does not look at each block.
        #expect(free > spare * 3 / 4 && free < spare + 10_000)
        #expect(journal.isOutOfRoom)
        disk.limit(to: 220_000)
        try journal.commitAll(now: Self.moment)
        #expect(!journal.isOutOfRoom)
        #expect(journal.deliver() == Array(0..<committed + 10))
    }

    @Test
    func `where others have filled the disk, a small journal goes on, and a stop loses nothing`()
        throws
    {
        let journal = try Journal.simulated(disk: disk, maximumBytes: 1 << 30, spareBytes: 50_000)
        disk.limit(to: disk.sizes.values.reduce(0, +) + 20_000)
        for start in 0..<10 {
            try journal.commit(numbered: start..<start + 1, now: Self.moment)
        }
        var committed = 10
        while (try? journal.commit(numbered: committed..<committed + 1, now: Self.moment)) != nil {
            committed += 1
        }
        let (free, held) = (try disk.freeBytes(), journal.log.bytes)
        #expect(free > 3_000 && held > 8_000, "\(free) of 20,000 left, \(held) taken")
        try journal.close(now: Self.moment)
        let second = try Journal.simulated(disk: disk, maximumBytes: 1 << 30)
        #expect(second.deliver() == Array(0...committed))
    }
}
