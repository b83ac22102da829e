import NanoCore
import NanoSim
import Testing

@testable import NanoServe

/// Whatever becomes of a journal's files: what waited when the cursors were saved is found, or counted as lost.
@Suite struct JournalBalanceTests {
    private static let moment = Moment(unixMilliseconds: 1_000_000, monotonicNanoseconds: 1)

    /// Three files of ten packets each, of which the first five were delivered.
    private func disk() throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        for round in 0..<3 {
            let journal = try Journal.simulated(disk: disk)
            try journal.commit(numbered: round * 10..<round * 10 + 10, now: Self.moment)
            if round == 2 {
                let batch = try #require(journal.takeLoaded(route: 0, limit: 5))
                journal.resolve(route: 0, batch: batch, as: .delivered)
            }
            try journal.close(now: Self.moment)
        }
        return disk
    }

    @Test func `nothing is lost of a journal that is whole`() throws {
        let journal = try Journal.simulated(disk: try disk())
        #expect(journal.opening.lost == [0] && journal.opening.isLossKnown)
        #expect(journal.opening.waiting == [25])
    }

    @Test(arguments: [[1], [2], [3], [1, 2], [2, 3], [1, 2, 3]])
    func `files that are gone with their summaries are counted, wherever they lay`(
        numbers: [UInt64]
    ) throws {
        let disk = try disk()
        for number in numbers {
            try disk.remove(SegmentName.log(number))
            try disk.remove(SegmentName.summary(number))
        }
        let journal = try Journal.simulated(disk: disk)
        let gone = numbers.reduce(0) { $0 + ($1 == 1 ? 5 : 10) }
        #expect(journal.opening.lost == [UInt64(gone)])
        #expect(journal.ledgers[0].expiredBy[.damage] == UInt64(gone))
        #expect(journal.deliver().count == 25 - gone)
        #expect(journal.ledgers[0].accepted == 25 && journal.ledgers[0].waiting == 0)
        // It is counted once.
        try journal.close(now: Self.moment)
        #expect(try Journal.simulated(disk: disk).opening.lost == [0])
    }

    @Test func `what a file had of which a part was delivered is counted to the packet`() throws {
        let disk = try disk()
        try disk.remove(SegmentName.log(1))
        let journal = try Journal.simulated(disk: disk)
        #expect(journal.opening.missing == [SegmentName.log(1)] && journal.opening.lost == [5])
    }

    @Test func `what came behind the saving of the cursors does not hide a loss`() throws {
        let disk = try disk()
        let killed = try Journal.simulated(disk: disk)
        try killed.commit(numbered: 30..<40, now: Self.moment)
        try killed.keepHouse(now: Self.moment)
        try killed.commit(numbered: 40..<55, now: Self.moment)
        try disk.remove(SegmentName.log(2))
        try disk.remove(SegmentName.summary(2))
        let journal = try Journal.simulated(disk: disk)
        #expect(journal.opening.lost == [10] && journal.opening.waiting == [40])
        #expect(journal.deliver() == Array(5..<10) + Array(20..<55))
    }

    @Test func `packets under way when the process was killed are not lost`() throws {
        let disk = try disk()
        let killed = try Journal.simulated(disk: disk)
        let batch = try #require(killed.takeLoaded(route: 0, limit: 7))
        try killed.keepHouse(now: Self.moment)
        killed.resolve(route: 0, batch: batch, as: .delivered)
        let journal = try Journal.simulated(disk: disk)
        #expect(journal.opening.lost == [0] && journal.opening.waiting == [25])
    }

    @Test func `dead letters under way are none of the log's packets`() throws {
        let disk = try disk()
        let killed = try Journal.simulated(disk: disk)
        killed.admit(deadLetters: 3, route: 0)
        var letters = try #require(killed.takeLoaded(route: 0, limit: 3))
        killed.giveBack(route: 0, batch: letters)
        letters.isRedriven = true
        #expect(killed.take(letters: letters, route: 0) != nil)
        try killed.keepHouse(now: Self.moment)
        let journal = try Journal.simulated(disk: disk)
        #expect(journal.opening.lost == [0] && journal.opening.waiting == [25])
    }

    @Test func `what expired before a process was killed is not missed`() throws {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(
            disk: disk, maximumBytes: 4 << 16, whenFull: .expireOldest)
        for start in stride(from: 0, to: 2_000, by: 100) {
            try journal.commit(numbered: start..<start + 100, now: Self.moment)
        }
        let expired = journal.ledgers[0].expiredBy[.room]
        #expect(expired > 0 && expired < 2_000)
        let next = try Journal.simulated(
            disk: disk, maximumBytes: 4 << 16, whenFull: .expireOldest)
        #expect(next.opening.lost == [0] && next.opening.waiting == [2_000 - expired])
    }

    @Test func `packets under way of a file that has expired are not missed`() throws {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(
            disk: disk, maximumBytes: 4 << 16, whenFull: .expireOldest)
        try journal.commit(numbered: 0..<100, now: Self.moment)
        let batch = try #require(journal.takeLoaded(route: 0, limit: 7))
        for start in stride(from: 100, to: 2_000, by: 100) {
            try journal.commit(numbered: start..<start + 100, now: Self.moment)
        }
        #expect(journal.ledgers[0].expiredBy[.room] > 0)
        journal.resolve(route: 0, batch: batch, as: .delivered)
        let next = try Journal.simulated(
            disk: disk, maximumBytes: 4 << 16, whenFull: .expireOldest)
        #expect(next.opening.lost == [0])
    }

    @Test func `what a destination that is not configured loses is counted`() throws {
        let disk = SimulatedDisk()
        for round in 0..<2 {
            let journal = try Journal.simulated(routes: 2, disk: disk)
            let packets = (0..<10).map { number in
                StagedPacket(
                    frame: number..<number + 1, model: .custom,
                    routes: RouteMask(destination: 1), receivedAt: Self.moment)
            }
            _ = journal.append(packets, from: [UInt8](repeating: UInt8(round), count: 10).span)
            try journal.close(now: Self.moment)
        }
        try disk.remove(SegmentName.log(1))
        try disk.remove(SegmentName.summary(1))
        let journal = try Journal.simulated(routes: 1, disk: disk)
        #expect(journal.unconfigured.map(\.waiting) == [10])
        #expect(journal.unconfigured.map { $0.expiredBy[.damage] } == [10])
    }

    @Test func `cursors that know of more packets than there can be are not believed`() throws {
        let disk = try disk()
        var saved = try #require(try CursorFile(disk).read().saved)
        for name in saved.routes.keys { saved.routes[name]?.unsettled = .max }
        try CursorFile(disk).write(saved)
        let journal = try Journal.simulated(disk: disk)
        #expect(journal.opening.lost == [0] && journal.deliver().count == 25)
    }
}
