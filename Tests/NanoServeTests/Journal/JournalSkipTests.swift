import Glibc
import NanoCore
import NanoSim
import Testing

@testable import NanoServe

/// Packets that an operator gives up, over restarts.
@Suite struct JournalSkipTests {
    private static let moment = Moment(unixMilliseconds: 1_000_000, monotonicNanoseconds: 1)

    private func append(_ numbers: Range<Int>, to journal: Journal) throws {
        try journal.commit(numbered: numbers, now: Self.moment)
    }

    /// What is under way, back in hand or not read yet when the rest is skipped.
    enum Scene: CaseIterable { case nothing, underWay, returned, inTheMiddle, manySegments }

    @Test(arguments: Scene.allCases)
    func `what was skipped stays so after a crash, and so does what was under way`(
        scene: Scene
    ) throws {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(
            disk: disk, maximumBytes: scene == .manySegments ? 1 << 21 : 64 << 20)
        let last = scene == .manySegments ? 3_000 : 300
        for start in stride(from: 0, to: last, by: 50) {
            try append(start..<start + 50, to: journal)
        }
        var underWay = 0
        switch scene {
        case .nothing: break
        case .underWay, .manySegments:
            underWay = try #require(journal.takeLoaded(route: 0, limit: 50)).items.count
        case .inTheMiddle:
            underWay = try #require(journal.takeLoaded(route: 0, limit: 20)).items.count
        case .returned:
            let batch = try #require(journal.takeLoaded(route: 0, limit: 60))
            journal.giveBack(route: 0, batch: batch)
        }
        let skipped = UInt64(last - underWay)
        #expect(journal.skip(route: 0) == skipped)
        #expect(journal.skip(route: 0) == 0)
        let ledger = journal.ledgers[0]
        #expect(ledger.skipped == skipped && ledger.waiting == 0)
        #expect(ledger.inFlight == UInt64(underWay))
        #expect(journal.skippedInFlight(route: 0) == UInt64(underWay))
        try append(last..<last + 20, to: journal)
        #expect(journal.ledgers[0].waiting == 20)
        try journal.keepHouse(now: Self.moment)
        var random = SplitMix64(seed: 2)
        let after = try Journal.simulated(disk: SimulatedDisk(after: disk, random: &random))
        #expect(after.ledgers[0].waiting == 20)
        #expect(after.deliver() == Array(last..<last + 20))
        #expect(after.ledgers[0].expired == 0)
    }

    @Test func `a full disk keeps nobody from skipping, nor what was skipped from being saved`()
        throws
    {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(disk: disk, maximumBytes: 1 << 21)
        for start in stride(from: 0, to: 3_000, by: 50) {
            try append(start..<start + 50, to: journal)
        }
        try journal.tidyUp(now: Self.moment)
        #expect(journal.log.segments.count > 2)
        disk.limit(to: disk.sizes.values.reduce(0, +))
        #expect(journal.skip(route: 0) == 3_000)
        try journal.tidyUp(now: Self.moment)
        #expect(journal.log.segments.count == 1)
        var random = SplitMix64(seed: 3)
        let after = try Journal.simulated(disk: SimulatedDisk(after: disk, random: &random))
        #expect(after.ledgers[0].waiting == 0 && after.ledgers[0].accepted == 0)
    }

    @Test func `what waits for a destination that is gone can be given up for good`() throws {
        let disk = SimulatedDisk()
        let first = try Journal.simulated(routes: 2, disk: disk)
        try append(0..<50, to: first)
        try first.close(now: Self.moment)
        let configuration = Journal.Configuration(routes: ["route1"])
        let second = try Journal(configuration, storage: disk, hashKey: (3, 4))
        #expect(second.skip(unconfigured: "route2") == 0)
        #expect(second.skip(unconfigured: "route0") == 50)
        #expect(second.skip(unconfigured: "route0") == 0)
        #expect(second.unconfigured.map(\.waiting) == [0])
        let own = second.ledgers[0].waiting
        try second.close(now: Self.moment)
        let third = try Journal(configuration, storage: disk, hashKey: (3, 4))
        #expect(third.opening.parked.isEmpty && third.ledgers[0].waiting == own)
    }

    @Test func `what waits for a destination that is gone holds half of the room at most`() throws {
        let disk = SimulatedDisk()
        let first = try Journal.simulated(routes: 2, disk: disk, maximumBytes: 1 << 20)
        for start in stride(from: 0, to: 500, by: 50) { try append(start..<start + 50, to: first) }
        try first.close(now: Self.moment)
        // Only the second one is there now.
        var configuration = Journal.Configuration(routes: ["route1"])
        configuration.maximumBytes = 1 << 20
        let second = try Journal(configuration, storage: disk, hashKey: (3, 4))
        #expect(second.opening.parked == ["route0": 500])
        try second.tidyUp(now: Self.moment)
        #expect(second.parked.withLock { $0.takeGivenUp() }.isEmpty)
        for start in stride(from: 500, to: 2_500, by: 50) {
            try append(start..<start + 50, to: second)
        }
        try second.tidyUp(now: Self.moment)
        #expect(second.parked.withLock { $0.takeGivenUp() }.isEmpty, "not in the first minute")
        let later = Moment(unixMilliseconds: 1_061_000, monotonicNanoseconds: 61_000_000_000)
        try second.tidyUp(now: later)
        let givenUp = second.parked.withLock { $0.takeGivenUp() }
        #expect(givenUp["route0"]?[.room] == 500 && givenUp.count == 1)
        #expect(second.log.bytes < 1 << 19)
        #expect(second.parked.withLock { $0.takeGivenUp() }.isEmpty)
    }

    @Test(arguments: [ENOSPC, EDQUOT])
    func `without room on the disk, what waits for a destination that is gone is given up`(
        code: Int32
    ) throws {
        let disk = SimulatedDisk()
        let first = try Journal.simulated(disk: disk, maximumBytes: 1 << 20)
        for start in stride(from: 0, to: 500, by: 50) { try append(start..<start + 50, to: first) }
        try first.close(now: Self.moment)
        var configuration = Journal.Configuration(routes: ["route1"])
        configuration.maximumBytes = 1 << 20
        let second = try Journal(configuration, storage: disk, hashKey: (3, 4))
        for start in stride(from: 500, to: 1_000, by: 50) {
            try append(start..<start + 50, to: second)
        }
        #expect(second.deliver().count == 500)
        try second.tidyUp(now: Self.moment)
        let later = Moment(unixMilliseconds: 1_061_000, monotonicNanoseconds: 61_000_000_000)
        try second.tidyUp(now: later)
        #expect(second.log.bytes < 1 << 19, "less than half of the room is in use")
        #expect(second.parked.withLock { $0.takeGivenUp() }.isEmpty)
        disk.fail(operation: 1, with: code)
        #expect(throws: StorageFault.self) { try append(1_000..<1_050, to: second) }
        #expect(second.isFull && second.fault != nil)
        try second.tidyUp(now: later)
        #expect(second.parked.withLock { $0.takeGivenUp() }["route0"]?[.room] == 500)
        try second.commitAll(now: later)
        #expect(!second.isFull && second.fault == nil)
    }

    /// A journal that keeps packets for an hour.
    private func hourly(_ routes: [String], on disk: SimulatedDisk) throws -> Journal {
        var configuration = Journal.Configuration(routes: routes)
        configuration.maximumBytes = 1 << 20
        configuration.maximumAgeMilliseconds = 3_600_000
        return try Journal(configuration, storage: disk, hashKey: (3, 4))
    }

    private func moment(hours: Double) -> Moment {
        Moment(
            unixMilliseconds: 1_000_000 + Int64(hours * 3_600_000),
            monotonicNanoseconds: 1 + UInt64(hours * 3.6e12))
    }

    @Test func `what is too old is counted as that, for destinations that are gone too`() throws {
        let disk = SimulatedDisk()
        let first = try hourly(["route0"], on: disk)
        for block in 0..<20 {
            try first.commit(
                numbered: block * 50..<block * 50 + 50, now: moment(hours: Double(block) / 10))
        }
        try first.tidyUp(now: moment(hours: 1.95))
        let ledger = first.ledgers[0]
        let young = ledger.waiting
        #expect(young > 500 && young < 1_000 && ledger.accepted == 1_000)
        #expect(ledger.expiredBy[.age] == 1_000 - young && ledger.expired == 1_000 - young)
        try first.close(now: moment(hours: 1.95))
        // It is not configured any more.
        let second = try hourly(["route1"], on: disk)
        #expect(second.opening.parked == ["route0": young])
        try second.tidyUp(now: moment(hours: 2.5))
        let kept = try #require(second.unconfigured.first)
        #expect(kept.waiting > 0 && kept.waiting < young)
        #expect(kept.expiredBy[.age] == young - kept.waiting)
        #expect(kept.expiredBy.total == young - kept.waiting)
        let told = second.parked.withLock { $0.takeGivenUp() }
        #expect(told == ["route0": kept.expiredBy])
        #expect(second.parked.withLock { $0.takeGivenUp() }.isEmpty)
        try second.close(now: moment(hours: 2.5))
        // It is back.
        let third = try hourly(["route0"], on: disk)
        #expect(third.ledgers[0].waiting == kept.waiting)
    }

    private func expectBalance(
        _ journal: Journal, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let account = journal.ledgers[0]
        let settled = account.delivered + account.deadLetters + account.expired + account.skipped
        #expect(
            account.accepted == settled + account.waiting + account.inFlight,
            sourceLocation: sourceLocation)
    }

    @Test
    func `of what was under way counts what arrives, and the rest is given up when it comes back`()
        throws
    {
        let journal = try Journal.simulated()
        try append(0..<40, to: journal)
        let first = try #require(journal.takeLoaded(route: 0, limit: 10))
        let second = try #require(journal.takeLoaded(route: 0, limit: 10))
        #expect(journal.skip(route: 0) == 20)
        #expect(journal.skippedInFlight(route: 0) == 20)
        expectBalance(journal)
        #expect(journal.isSkipped(route: 0, batch: first))
        // Six arrive, and four do not.
        journal.resolve(route: 0, batch: first.part(Array(0..<6)), as: .delivered)
        expectBalance(journal)
        journal.giveBack(route: 0, batch: first.part(Array(6..<10)))
        expectBalance(journal)
        try append(40..<45, to: journal)
        #expect(journal.takeable(route: 0) == 5)
        #expect(journal.deliver() == Array(40..<45))
        journal.resolve(route: 0, batch: second, as: .deadLetter)
        let ledger = journal.ledgers[0]
        #expect(ledger.delivered == 11 && ledger.skipped == 24 && ledger.deadLetters == 10)
        #expect(ledger.unfinished == 0)
        #expect(journal.skippedInFlight(route: 0) == 0)
        expectBalance(journal)
    }

    @Test func `what is taken after a skip is as any other, also a part of what was under way`()
        throws
    {
        let journal = try Journal.simulated()
        try append(0..<20, to: journal)
        let old = try #require(journal.takeLoaded(route: 0, limit: 20))
        #expect(journal.skip(route: 0) == 0)
        let parts = journal.divide(route: 0, old.halvesByDevice)
        #expect(parts.count == 2 && parts[0].flight != parts[1].flight)
        #expect(parts.allSatisfy { journal.isSkipped(route: 0, batch: $0) })
        try append(20..<30, to: journal)
        let new = try #require(journal.takeLoaded(route: 0, limit: 10))
        #expect(!journal.isSkipped(route: 0, batch: new))
        journal.giveBack(route: 0, batch: new)
        for part in parts { journal.giveBack(route: 0, batch: part) }
        #expect(journal.ledgers[0].skipped == 20 && journal.ledgers[0].waiting == 10)
        #expect(journal.deliver() == Array(20..<30))
        expectBalance(journal)
    }

    @Test func `a device's next packets wait for what is still under way of it`() throws {
        let journal = try Journal.simulated()
        try journal.commit(numbered: 0..<4, now: Self.moment, of: { _ in 7 })
        let old = try #require(journal.takeLoaded(route: 0, limit: 2))
        #expect(journal.skip(route: 0) == 2)
        try journal.commit(numbered: 4..<6, now: Self.moment, of: { _ in 7 })
        #expect(journal.takeLoaded(route: 0, limit: 10) == nil)
        journal.giveBack(route: 0, batch: old)
        #expect(journal.deliver() == [4, 5])
        #expect(journal.ledgers[0].skipped == 4)
        expectBalance(journal)
    }

    @Test func `letters that are sent once more are no part of what is skipped`() throws {
        let journal = try Journal.simulated()
        try append(0..<10, to: journal)
        let batch = try #require(journal.takeLoaded(route: 0, limit: 10))
        journal.resolve(route: 0, batch: batch, as: .deadLetter)
        var letters = batch
        letters.isRedriven = true
        let sent = try #require(journal.take(letters: letters, route: 0))
        #expect(journal.skip(route: 0) == 0)
        #expect(!journal.isSkipped(route: 0, batch: sent))
        journal.giveBack(route: 0, batch: sent)
        #expect(journal.ledgers[0].deadLetters == 10 && journal.ledgers[0].skipped == 0)
    }
}
