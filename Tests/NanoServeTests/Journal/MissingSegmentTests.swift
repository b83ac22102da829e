import NanoCore
import Testing

@testable import NanoServe

/// How a journal comes back of which files are gone, or have lost their beginning.
@Suite struct MissingSegmentTests {
    private static let moment = Moment(unixMilliseconds: 1_000_000, monotonicNanoseconds: 1)

    private func append(_ numbers: Range<Int>, to journal: Journal) throws {
        try journal.commit(numbered: numbers, now: Self.moment)
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

    @Test func `a file whose head is damaged is left aside, and what waits in it is lost`() throws {
        let (disk, name) = (try disk(), SegmentName.log(2))
        disk.damage(name, at: 20)
        let journal = try Journal.simulated(disk: disk)
        #expect(journal.opening.unreadable == [name] && journal.opening.missing == [name])
        #expect(journal.opening.lost == [10])
        #expect(journal.deliver() == Array(0..<10) + Array(20..<30))
        #expect(disk.sizes[name] != nil)
        // It is counted once, and told as long as it is there.
        try journal.close(now: Self.moment)
        let later = try Journal.simulated(disk: disk)
        #expect(later.opening.unreadable == [name] && later.opening.lost == [0])
    }

    /// The files around it know the destinations of their own packets alone.
    @Test func `no head is lent to a file, also where those around it agree`() throws {
        let disk = SimulatedDisk()
        for (round, routes) in [1, 2, 1].enumerated() {
            let journal = try Journal.simulated(routes: routes, disk: disk)
            try append(round * 10..<round * 10 + 10, to: journal)
            try journal.close(now: Self.moment)
        }
        disk.damage(SegmentName.log(2), at: 20)
        let journal = try Journal.simulated(disk: disk)
        #expect(journal.opening.unreadable == [SegmentName.log(2)])
        #expect(journal.deliver() == Array(0..<10) + Array(20..<30))
    }

    @Test func `a copy of another file is not read in its place`() throws {
        let disk = try disk()
        let file = try disk.open(SegmentName.log(1))
        try disk.replace(SegmentName.log(2), with: file.read(0..<file.size()))
        let journal = try Journal.simulated(disk: disk)
        #expect(journal.opening.unreadable == [SegmentName.log(2)])
        #expect(journal.opening.lost == [10])
        #expect(journal.deliver() == Array(0..<10) + Array(20..<30))
    }

    @Test func `a file that is gone with its summary is told`() throws {
        let disk = try disk()
        try disk.remove(SegmentName.log(2))
        try disk.remove(SegmentName.summary(2))
        let journal = try Journal.simulated(disk: disk)
        #expect(journal.opening.unknown == [SegmentName.log(2)])
        #expect(journal.opening.missing.isEmpty && journal.opening.waiting == [20])
        #expect(journal.opening.lost == [10] && journal.opening.isLossKnown)
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
        #expect(after.deliver() == Array(0..<10) + Array(20..<30))
        try after.close(now: Self.moment)
        let later = try Journal.simulated(disk: disk)
        #expect(later.opening.missing.isEmpty && later.ledgers[0].expired == 0)
    }

    @Test func `a file that is gone loses nothing of what was delivered`() throws {
        let disk = SimulatedDisk()
        for round in 0..<3 {
            let journal = try Journal.simulated(disk: disk)
            try append(round * 10..<round * 10 + 10, to: journal)
            if round == 1 { #expect(journal.deliver().count == 20) }
            try journal.close(now: Self.moment)
        }
        if disk.sizes[SegmentName.log(2)] != nil { try disk.remove(SegmentName.log(2)) }
        let after = try Journal.simulated(disk: disk)
        #expect(after.opening.lost == [0] && after.deliver() == Array(20..<30))
    }

    @Test func `numbers that nobody has written are no reason not to start`() throws {
        let disk = try disk()
        try disk.replace("18446744073709551615.log", with: [1, 2, 3])
        let name = try #require(try Journal.simulated(disk: disk).configuration.routes.first)
        try CursorFile(disk).write(
            SavedCursors(guardedBlock: .max, routes: [name: SavedCursor()]))
        #expect(try CursorFile(disk).read().saved == nil)
        #expect(try Journal.simulated(disk: disk).deliver() == Array(0..<30))
        var summary = SegmentSummary(size: 100)
        (summary.firstBlock, summary.lastBlock) = (1, .max)
        #expect(SegmentSummary(summary.encoded(of: 3), of: 3) == nil)
        try disk.replace(SegmentName.summary(3), with: summary.encoded(of: 3))
        #expect(try Journal.simulated(disk: disk).deliver() == Array(0..<30))
    }
}
