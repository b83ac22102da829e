import NanoCore
import Testing

@testable import NanoServe

/// How a journal comes back of which files are gone, or have lost their beginning.
@Suite struct MissingSegmentTests {
    private static let moment = Moment(unixMilliseconds: 1_000_000, monotonicNanoseconds: 1)

    private func append(_ numbers: Range<Int>, to journal: Journal) throws {
        try journal.commit(numbered: numbers, now: Self.moment)
    }

    private func deliver(_ journal: Journal) -> [Int] {
        var seen: [Int] = []
        while let batch = journal.takeLoaded(route: 0, limit: 10) {
            seen += batch.items.map {
                Int(batch.bytes.integer(at: $0.frame.lowerBound, UInt64.self))
            }
            journal.resolve(route: 0, batch: batch, as: .delivered)
        }
        return seen
    }

    /// Three files of ten packets each.
    private func disk() throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        for round in 0..<3 {
            let journal = try Journal.simulated(disk: disk)
            try append(round * 10..<round * 10 + 10, to: journal)
            try journal.close(now: Self.moment)
        }
        return disk
    }

    @Test func `a file whose head is damaged is read by the heads of the files around it`() throws {
        let disk = try disk()
        disk.damage(SegmentName.log(2), at: 20)
        for _ in 0..<2 {
            let journal = try Journal.simulated(disk: disk)
            #expect(journal.opening.unreadable.isEmpty && journal.opening.missing.isEmpty)
            #expect(journal.opening.headless == [SegmentName.log(2)])
            #expect(journal.opening.damagedBytes > 0 && journal.opening.waiting == [30])
        }
        #expect(deliver(try Journal.simulated(disk: disk)) == Array(0..<30))
    }

    @Test func `an inspection names a file whose head is damaged`() throws {
        let (disk, folder) = (try disk(), try TemporaryFolder())
        disk.damage(SegmentName.log(2), at: 20)
        let storage = try FolderStorage(path: folder.path + "/journal")
        for name in try disk.names() {
            let file = try disk.open(name)
            try storage.replace(name, with: file.read(0..<file.size()))
        }
        let inspection = try JournalInspection(stateFolder: folder.path)
        let name = SegmentName.log(2)
        let (summary, found) = (try inspection.summary(), try inspection.verify())
        #expect(found.packets == 30 && found.damages.count == 1)
        #expect(found.damages.first?.hasPrefix("\(name): the head is damaged; ") == true)
        #expect(summary.contains("\(name)  has a damaged head"))
        #expect(summary.contains { $0.hasPrefix(name) && $0.hasSuffix("begun unknown") })
    }

    @Test func `so it is without its summary`() throws {
        let disk = try disk()
        disk.damage(SegmentName.log(2), at: 20)
        try disk.remove(SegmentName.summary(2))
        #expect(deliver(try Journal.simulated(disk: disk)) == Array(0..<30))
    }

    @Test func `heads that differ are lent to no file between them, and what waits in it is lost`()
        throws
    {
        let disk = SimulatedDisk()
        for round in 0..<3 {
            let journal = try Journal.simulated(routes: round == 2 ? 2 : 1, disk: disk)
            try append(round * 10..<round * 10 + 10, to: journal)
            try journal.close(now: Self.moment)
        }
        disk.damage(SegmentName.log(2), at: 20)
        let journal = try Journal.simulated(routes: 2, disk: disk)
        let name = SegmentName.log(2)
        #expect(journal.opening.unreadable == [name] && journal.opening.missing == [name])
        #expect(journal.opening.lost == [10, 0])
        #expect(deliver(journal) == Array(0..<10) + Array(20..<30))
        #expect(disk.sizes[name] != nil)
        // It is counted once, and told as long as it is there.
        try journal.close(now: Self.moment)
        let later = try Journal.simulated(routes: 2, disk: disk)
        #expect(later.opening.unreadable == [name] && later.opening.lost == [0, 0])
    }

    @Test func `a copy of another file is not read by a head that is lent`() throws {
        let disk = try disk()
        let file = try disk.open(SegmentName.log(1))
        try disk.replace(SegmentName.log(2), with: file.read(0..<file.size()))
        let journal = try Journal.simulated(disk: disk)
        #expect(journal.opening.unreadable == [SegmentName.log(2)])
        #expect(journal.opening.lost == [10])
        #expect(deliver(journal) == Array(0..<10) + Array(20..<30))
    }

    @Test func `a file that is gone with its summary is told`() throws {
        let disk = try disk()
        try disk.remove(SegmentName.log(2))
        try disk.remove(SegmentName.summary(2))
        let journal = try Journal.simulated(disk: disk)
        #expect(journal.opening.unknown == [SegmentName.log(2)])
        #expect(journal.opening.missing.isEmpty && journal.opening.waiting == [20])
        let whole = try Journal.simulated(disk: self.disk())
        #expect(whole.opening.unknown.isEmpty)
    }

    @Test func `what waited in a file that is gone is counted as lost, and told once`() throws {
        let disk = SimulatedDisk()
        for round in 0..<3 {
            let journal = try Journal.simulated(disk: disk)
            try append(round * 10..<round * 10 + 10, to: journal)
            try journal.close(now: Self.moment)
        }
        let middle = SegmentName.log(2)
        #expect(disk.sizes[middle] != nil && disk.sizes[SegmentName.summary(2)] != nil)
        try disk.remove(middle)
        let after = try Journal.simulated(disk: disk)
        #expect(after.opening.missing == [middle] && after.opening.lost == [10])
        #expect(after.ledgers[0].waiting == 20 && after.ledgers[0].expiredBy[.damage] == 10)
        #expect(after.ledgers[0].accepted == 30)
        #expect(deliver(after) == Array(0..<10) + Array(20..<30))
        try after.close(now: Self.moment)
        let later = try Journal.simulated(disk: disk)
        #expect(later.opening.missing.isEmpty && later.ledgers[0].expired == 0)
    }

    @Test func `a file that is gone loses nothing of what was delivered`() throws {
        let disk = SimulatedDisk()
        for round in 0..<3 {
            let journal = try Journal.simulated(disk: disk)
            try append(round * 10..<round * 10 + 10, to: journal)
            if round == 1 { #expect(deliver(journal).count == 20) }
            try journal.close(now: Self.moment)
        }
        if disk.sizes[SegmentName.log(2)] != nil { try disk.remove(SegmentName.log(2)) }
        let after = try Journal.simulated(disk: disk)
        #expect(after.opening.lost == [0] && deliver(after) == Array(20..<30))
    }
}
