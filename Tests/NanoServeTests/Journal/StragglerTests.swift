import NanoCore
import Testing

@testable import NanoServe

/// Devices of which a destination takes nothing, beside others of which it takes everything.
@Suite struct StragglerTests {
    private static let devices = 10
    /// The device of which nothing is taken.
    private static let refused = 3
    /// Few, so that most of what follows of it is left on the disk.
    private static let deferred = 6

    private func journal(
        _ disk: SimulatedDisk = SimulatedDisk(), maximumBytes: Int = 64 << 20,
        loadBytes: Int = 6_000
    ) throws -> Journal {
        // So little memory that all but the newest block is read from the disk.
        try Journal.simulated(
            disk: disk, memoryBytes: 2_000, maximumBytes: maximumBytes, whenFull: .expireOldest,
            deferredPackets: Self.deferred, loadBytes: loadBytes)
    }

    /// Commits packets in blocks of 20; the device of each is its number's last digit.
    private func commit(
        _ numbers: Range<Int>, to journal: Journal, bytes: Int = 100,
        of device: (UInt64) -> UInt64 = { $0 }
    ) throws {
        for first in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 20) {
            try journal.commit(
                numbered: first..<first + 20, bytes: bytes,
                now: Moment(unixMilliseconds: 1, monotonicNanoseconds: 1),
                of: { device(UInt64($0 % Self.devices)) })
        }
    }

    /// Delivers whatever can be, as a destination would that refuses some devices.
    ///
    /// - Returns: What it took, in order.
    private func deliverOthers(
        of journal: Journal, but refused: Set<UInt64> = [UInt64(refused)]
    ) -> [Int] {
        var taken: [Int] = []
        var fruitless = 0
        while fruitless < 500 {
            guard let batch = journal.take(route: 0, limit: 20, turn: 1) else {
                // The disk has been read meanwhile; otherwise it must not be that it could have gone on.
                if journal.fallAsleep(route: 0, untilWaiting: 1) { break }
                continue
            }
            let isOther = { !refused.contains(batch.items[$0].device) }
            let others = batch.part(batch.items.indices.filter(isOther))
            let own = batch.part(batch.items.indices.filter { !isOther($0) })
            fruitless = others.items.isEmpty ? fruitless + 1 : 0
            taken += others.numbers
            if !others.items.isEmpty { journal.resolve(route: 0, batch: others, as: .delivered) }
            if !own.items.isEmpty {
                journal.noteFailing(route: 0, batch: own)
                journal.giveBack(route: 0, batch: own)
            }
        }
        return taken
    }

    private func deliverAll(of journal: Journal) -> [Int] {
        var taken: [Int] = []
        while let batch = journal.takeLoaded(route: 0, limit: 7) {
            taken += batch.numbers
            journal.resolve(route: 0, batch: batch, as: .delivered)
        }
        return taken
    }

    private func ofRefused(_ numbers: Range<Int>) -> [Int] {
        numbers.filter { $0 % Self.devices == Self.refused }
    }

    private func ofOthers(_ numbers: Range<Int>) -> [Int] {
        numbers.filter { $0 % Self.devices != Self.refused }
    }

    private func isBalanced(_ account: RouteAccount) -> Bool {
        account.accepted
            == account.delivered + account.waiting + account.inFlight + account.deadLetters
            + account.expired
    }

    @Test func `however much follows of a device that is never taken, all others are`() throws {
        let journal = try journal()
        for round in 0..<50 {
            let numbers = round * 200..<round * 200 + 200
            try commit(numbers, to: journal)
            #expect(deliverOthers(of: journal).sorted() == ofOthers(numbers))
        }
        let account = journal.ledgers[0]
        #expect(account.waiting == 1_000 && account.delivered == 9_000 && account.expired == 0)
    }

    @Test func `once it is taken, everything of it arrives in order, and then it is like others`()
        throws
    {
        let journal = try journal()
        try commit(0..<2_000, to: journal)
        #expect(deliverOthers(of: journal).count == 1_800)
        #expect(deliverAll(of: journal) == ofRefused(0..<2_000))
        try commit(2_000..<2_100, to: journal)
        #expect(deliverAll(of: journal) == Array(2_000..<2_100))
        #expect(journal.ledgers[0].unfinished == 0 && journal.ledgers[0].expired == 0)
    }

    @Test
    func `more than is read from the disk at once comes whole, also where one has nothing more`()
        throws
    {
        let journal = try journal()
        // Two devices are refused; nothing more comes of one of them.
        let second = UInt64(Self.refused + 1)
        try commit(0..<200, to: journal, bytes: 4_000)
        #expect(deliverOthers(of: journal, but: [UInt64(Self.refused), second]).count == 160)
        try commit(200..<2_000, to: journal, bytes: 4_000, of: { $0 == 3 ? 5 : $0 })
        #expect(deliverOthers(of: journal, but: [UInt64(Self.refused), second]).count == 1_620)
        let arrived = deliverAll(of: journal)
        #expect(arrived.filter { $0 % 10 == 3 } == ofRefused(0..<200))
        #expect(arrived.filter { $0 % 10 == 4 } == (0..<2_000).filter { $0 % 10 == 4 })
        #expect(journal.ledgers[0].unfinished == 0 && journal.ledgers[0].expired == 0)
    }

    @Test(arguments: [6, 60, 600])
    func `devices of which some are slower than others have little read again`(ahead: Int) throws {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(
            disk: disk, memoryBytes: 2_000, maximumBytes: 64 << 20, whenFull: .expireOldest,
            deferredPackets: ahead, loadBytes: 6_000)
        let refused: Set<UInt64> = [2, 3, 4, 5]
        try commit(0..<10_000, to: journal)
        #expect(deliverOthers(of: journal, but: refused).count == 6_000)
        let before = disk.bytesRead
        // All of it is taken now, of each device after some more turns than of the one before it.
        var slow: [(turn: Int, batch: DeliveryBatch)] = []
        var arrived: [UInt64: [Int]] = [:]
        var turn = 0
        while journal.ledgers[0].unfinished > 0, turn < 100_000 {
            turn += 1
            if let batch = journal.take(route: 0, limit: 20, turn: turn) {
                for device in refused {
                    let own = batch.part(
                        batch.items.indices.filter { batch.items[$0].device == device })
                    guard !own.items.isEmpty else { continue }
                    slow.append((turn + 1 << (Int(device) + 1), own))
                    arrived[device, default: []] += own.numbers
                }
            }
            for (_, batch) in slow.filter({ $0.turn <= turn }) {
                journal.resolve(route: 0, batch: batch, as: .delivered)
            }
            slow.removeAll { $0.turn <= turn }
        }
        for device in refused {
            #expect(arrived[device] == (0..<10_000).filter { $0 % 10 == Int(device) })
        }
        let written = disk.sizes.values.reduce(0, +)
        #expect(disk.bytesRead - before < 8 * written)
    }

    @Test func `packets far apart are found, and then its files are needed by nobody`() throws {
        let journal = try journal(maximumBytes: 8 << 20)
        try commit(0..<100, to: journal)
        #expect(deliverOthers(of: journal).count == 90)
        try commit(100..<40_000, to: journal, of: { $0 == 3 ? 5 : $0 })
        #expect(deliverOthers(of: journal).count == 39_900)
        try commit(40_000..<40_100, to: journal)
        #expect(deliverOthers(of: journal).count == 90)
        #expect(deliverAll(of: journal) == ofRefused(0..<100) + ofRefused(40_000..<40_100))
        try commit(40_100..<44_100, to: journal)
        #expect(deliverAll(of: journal).count == 4_000)
        try journal.tidyUp()
        #expect(journal.log.segments.count == 1)
    }

    @Test func `what is left outlives the process, and nothing else comes again`() throws {
        let disk = SimulatedDisk()
        let first = try journal(disk)
        try commit(0..<2_000, to: first)
        _ = deliverOthers(of: first)
        try first.close(now: .now)
        let second = try journal(disk)
        #expect(second.opening.waiting == [200])
        second.lookUpOldest()
        #expect(second.ledgers[0].oldestMonotonicNanoseconds != nil)
        try commit(2_000..<2_200, to: second)
        #expect(deliverOthers(of: second).sorted() == ofOthers(2_000..<2_200))
        // Some of it is taken, and the rest has to come from where the process ends.
        let some = try #require(second.take(route: 0, limit: 7))
        let numbers = some.numbers
        #expect(numbers == Array(ofRefused(0..<2_200).prefix(numbers.count)))
        second.resolve(route: 0, batch: some, as: .delivered)
        try second.close(now: .now)
        let third = try journal(disk)
        #expect(deliverAll(of: third) == Array(ofRefused(0..<2_200).dropFirst(numbers.count)))
        #expect(third.ledgers[0].expired == 0)
    }

    @Test func `what is left arrives behind a restart without anything new`() throws {
        let disk = SimulatedDisk()
        let first = try journal(disk)
        try commit(0..<2_000, to: first)
        #expect(deliverOthers(of: first).count == 1_800)
        try first.close(now: .now)
        let second = try journal(disk)
        #expect(deliverAll(of: second) == ofRefused(0..<2_000))
        #expect(second.ledgers[0].unfinished == 0 && second.ledgers[0].expired == 0)
    }

    @Test func `what of it the disk does not read holds up nobody else`() throws {
        let disk = SimulatedDisk()
        let journal = try journal(disk)
        try commit(0..<2_000, to: journal)
        #expect(deliverOthers(of: journal).count == 1_800)
        let log = try #require(disk.sizes.keys.first { $0.hasSuffix(".log") })
        disk.spoil(log, 1_000..<100_000)
        try commit(2_000..<2_400, to: journal)
        // What is in memory of the device is taken; what follows has to be read, and is not.
        #expect(Set(deliverAll(of: journal)).isSuperset(of: ofOthers(2_000..<2_400)))
        #expect(journal.ledgers[0].waiting > 0)
    }

    @Test func `what was skipped does not come back, also of such a device`() throws {
        let disk = SimulatedDisk()
        let first = try journal(disk)
        try commit(0..<1_000, to: first)
        _ = deliverOthers(of: first)
        #expect(first.skip(route: 0) == 100)
        try first.keepHouse(now: .now)
        let second = try journal(disk)
        #expect(second.opening.waiting == [0])
        try commit(1_000..<1_020, to: second)
        #expect(deliverAll(of: second) == Array(1_000..<1_020))
    }

    @Test func `what of it leaves the disk for want of room is counted, and the rest arrives`()
        throws
    {
        let disk = SimulatedDisk()
        let first = try journal(disk, maximumBytes: 1 << 20)
        for round in 0..<40 {
            let numbers = round * 200..<round * 200 + 200
            try commit(numbers, to: first, bytes: 400)
            #expect(deliverOthers(of: first).sorted() == ofOthers(numbers))
            #expect(isBalanced(first.ledgers[0]))
        }
        let account = first.ledgers[0]
        let expired = Int(account.expiredBy[.room])
        #expect(expired > 300 && account.waiting == UInt64(800 - expired))
        try first.close(now: .now)
        let second = try journal(disk, maximumBytes: 1 << 20)
        #expect(second.opening.waiting == [UInt64(800 - expired)])
        #expect(deliverAll(of: second) == Array(ofRefused(0..<8_000).dropFirst(expired)))
        #expect(second.ledgers[0].expired == 0)
    }

    @Test func `packets that came back, or do so later, expire with their file`() throws {
        let journal = try journal(maximumBytes: 1 << 20)
        try commit(0..<200, to: journal, bytes: 400)
        let back = try #require(journal.takeLoaded(route: 0, limit: 5))
        journal.giveBack(route: 0, batch: back)
        let late = try #require(journal.take(route: 0, limit: 5, turn: 1))
        #expect(Set(late.numbers).isDisjoint(with: back.numbers))
        try commit(200..<6_000, to: journal, bytes: 400)
        #expect(isBalanced(journal.ledgers[0]))
        let before = journal.ledgers[0].expiredBy[.room]
        journal.giveBack(route: 0, batch: late)
        #expect(journal.ledgers[0].expiredBy[.room] == before + 5)
        let arrived = deliverAll(of: journal)
        #expect(arrived.first == Int(before) + 5 && arrived.last == 5_999)
        #expect(arrived == Array((Int(before) + 5)..<6_000))
        #expect(isBalanced(journal.ledgers[0]) && journal.ledgers[0].unfinished == 0)
    }

    @Test func `what of it is damaged on the disk is counted once the rest has been read`() throws {
        let disk = SimulatedDisk()
        let first = try journal(disk)
        try commit(0..<1_000, to: first)
        _ = deliverOthers(of: first)
        try first.close(now: .now)
        let segment = try #require(first.log.segments.first)
        let blocks = try first.log.read(from: first.log.start, bytes: .max).blocks
        disk.damage(SegmentName.log(segment.number), at: blocks[40].position.offset + 100)
        let second = try journal(disk)
        let arrived = deliverAll(of: second)
        #expect(arrived == ofRefused(0..<1_000).filter { $0 / 20 != 40 })
        let account = second.ledgers[0]
        #expect(account.expiredBy[.damage] >= 2 && account.waiting == 0 && isBalanced(account))
    }
}
