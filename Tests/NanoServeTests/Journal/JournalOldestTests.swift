import NanoCore
import NanoSim
import Testing

@testable import NanoServe

/// How old what waits is, where nothing of it is in memory.
@Suite struct JournalOldestTests {
    private static let moment = Moment(
        unixMilliseconds: 1_790_000_000_000, monotonicNanoseconds: 50_000_000_000)

    @Test func `a paused destination's oldest packet has its age after a restart too`() throws {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(disk: disk)
        _ = journal.setPaused(true, route: 0, byOperator: true)
        try journal.commit(numbered: 0..<10, now: Self.moment)
        let before = try #require(journal.ledgers[0].oldestMonotonicNanoseconds)
        #expect(before == Self.moment.monotonicNanoseconds)
        try journal.keepHouse(now: Self.moment)
        var random = SplitMix64(seed: 3)
        let after = try Journal.simulated(disk: SimulatedDisk(after: disk, random: &random))
        #expect(after.isPaused(route: 0) && after.ledgers[0].waiting == 10)
        #expect(after.ledgers[0].oldestMonotonicNanoseconds == nil)
        after.lookUpOldest()
        // The clock of this run began at another time: what counts is how long ago it was.
        let oldest = try #require(after.ledgers[0].oldestMonotonicNanoseconds)
        let now = Moment.now
        let age = Int64(now.monotonicNanoseconds - oldest) / 1_000_000
        let expected = min(
            now.unixMilliseconds - Self.moment.unixMilliseconds,
            Int64(now.monotonicNanoseconds) / 1_000_000)
        #expect(abs(age - expected) < 5_000)
        // What is taken up and settled has no age any more.
        _ = after.setPaused(false, route: 0)
        while let batch = after.takeLoaded(route: 0, limit: 4) {
            after.resolve(route: 0, batch: batch, as: .delivered)
        }
        #expect(after.ledgers[0].oldestMonotonicNanoseconds == nil)
    }

    @Test func `so it is when memory has let go of what waits`() throws {
        let journal = try Journal.simulated(memoryBytes: 4_096)
        _ = journal.setPaused(true, route: 0)
        for start in stride(from: 0, to: 400, by: 20) {
            try journal.commit(numbered: start..<start + 20, now: Self.moment)
        }
        #expect(journal.ledgers[0].oldestMonotonicNanoseconds == nil)
        journal.lookUpOldest()
        #expect(
            journal.ledgers[0].oldestMonotonicNanoseconds == Self.moment.monotonicNanoseconds)
    }
}
