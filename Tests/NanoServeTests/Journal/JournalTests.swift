import NanoCore
import NanoSim
import Synchronization
import Testing

@testable import NanoServe

@Suite struct JournalTests {
    /// Appends packets whose frames are their numbers, padded to a size.
    private func append(
        _ numbers: Range<Int>, to journal: Journal, routes: RouteMask, bytes: Int = 100,
        devices: Int = .max
    ) throws -> (wake: RouteMask, isFull: Bool) {
        let woken = Mutex<RouteMask>([])
        journal.onWake { mask in woken.withLock { $0.formUnion(mask) } }
        var buffer: [UInt8] = []
        var packets: [StagedPacket] = []
        for number in numbers {
            let start = buffer.count
            buffer += withUnsafeBytes(of: UInt64(number).bigEndian) { Array($0) }
            buffer += [UInt8](repeating: 0, count: bytes - 8)
            packets.append(
                StagedPacket(
                    frame: start..<buffer.count,
                    entry: ReplayGuard.Entry(
                        model: .custom, timestamp: UInt32(number / 100),
                        device: UInt64(number % devices), tag: UInt64(number),
                        source: PacketSource(connection: 1, address: 1)),
                    routes: routes,
                    receivedAt: Moment(
                        unixMilliseconds: Int64(number), monotonicNanoseconds: UInt64(number + 1))))
        }
        let isFull = journal.append(packets, from: buffer.span)
        try journal.commit(now: Moment(unixMilliseconds: 1, monotonicNanoseconds: 1))
        return (woken.withLock(\.self), isFull || journal.isFull)
    }

    private func numbers(_ batch: DeliveryBatch) -> [Int] {
        batch.items.map { item in
            batch.bytes[item.frame].prefix(8).reduce(0) { $0 << 8 | Int($1) }
        }
    }

    private static let both: RouteMask = [
        RouteMask(destination: 0), RouteMask(destination: 1),
    ]

    private func isBalanced(_ account: RouteAccount) -> Bool {
        account.accepted
            == account.delivered + account.waiting + account.inFlight + account.deadLetters
            + account.expired
    }

    @Test func `every destination gets every packet once, in order`() throws {
        let journal = try Journal.simulated(routes: 2)
        _ = try append(0..<10_000, to: journal, routes: Self.both)
        for (route, limit) in [(0, 1), (1, 777)] {
            var seen: [Int] = []
            while let batch = journal.takeLoaded(route: route, limit: limit) {
                seen += numbers(batch)
                journal.resolve(route: route, batch: batch, as: .delivered)
            }
            #expect(seen == Array(0..<10_000))
        }
        #expect(journal.ledgers.allSatisfy { $0.delivered == 10_000 && $0.unfinished == 0 })
    }

    @Test func `a full journal says so, and says when there is room again`() throws {
        let journal = try Journal.simulated(maximumBytes: 2 << 20)
        let rooms = Counter()
        journal.onRoomReturned { rooms.add() }
        var (next, isFull) = (0, false)
        while !isFull {
            isFull =
                try append(
                    next..<next + 100, to: journal, routes: RouteMask(destination: 0), bytes: 1_000
                ).isFull
            next += 100
        }
        #expect(journal.usage.bytes <= journal.usage.budgetBytes)
        #expect(journal.usage.bytes > journal.usage.budgetBytes / 16 * 14)
        var seen: [Int] = []
        while let batch = journal.takeLoaded(route: 0, limit: 64) {
            seen += numbers(batch)
            journal.resolve(route: 0, batch: batch, as: .delivered)
        }
        #expect(seen == Array(0..<next))
        #expect(journal.isFull && rooms.value == 0)
        try journal.tidyUp()
        #expect(!journal.isFull && rooms.value == 1)
        #expect(journal.usage.bytes <= journal.configuration.segmentBytes)
    }

    @Test func `at its size the oldest packets expire, and are counted`() throws {
        let journal = try Journal.simulated(
            routes: 2, maximumBytes: 1 << 20, whenFull: .expireOldest)
        for number in 0..<40 {
            _ = try append(
                number * 100..<number * 100 + 100, to: journal,
                routes: number % 2 == 0 ? Self.both : RouteMask(destination: 0), bytes: 1_000)
            #expect(journal.usage.bytes <= journal.usage.budgetBytes)
            #expect(!journal.isFull && journal.ledgers.allSatisfy(isBalanced))
        }
        for route in 0...1 {
            let expired = Int(journal.ledgers[route].expired)
            #expect(expired > 1_000 / (route + 1))
            #expect(journal.ledgers[route].expiredBy[.room] == UInt64(expired))
            var seen: [Int] = []
            while let batch = journal.takeLoaded(route: route, limit: 64) {
                seen += numbers(batch)
                journal.resolve(route: route, batch: batch, as: .delivered)
            }
            let all = (0..<4_000).filter { route == 0 || $0 / 100 % 2 == 0 }
            #expect(seen == Array(all.dropFirst(expired)))
        }
    }

    @Test func `a device's packets are never under way in two batches`() throws {
        let journal = try Journal.simulated()
        _ = try append(0..<90, to: journal, routes: RouteMask(destination: 0), devices: 30)
        let first = try #require(journal.take(route: 0, limit: 10))
        #expect(numbers(first) == Array(0..<10))
        let second = try #require(journal.take(route: 0, limit: 50))
        #expect(numbers(second).allSatisfy { $0 % 30 >= 10 })
        #expect(journal.take(route: 0, limit: 50) == nil)
        #expect(journal.fallAsleep(route: 0, untilWaiting: 1))
        journal.giveBack(route: 0, batch: first)
        #expect(journal.take(route: 0, limit: 50).map(numbers) == Array(0..<10))
        journal.resolve(route: 0, batch: first, as: .delivered)
        let third = try #require(journal.take(route: 0, limit: 50))
        #expect(numbers(third) == (0..<90).filter { $0 >= 30 && $0 % 30 < 10 })
    }

    @Test func `a paused destination keeps its packets and holds nobody up`() throws {
        let journal = try Journal.simulated(routes: 2)
        #expect(journal.setPaused(true, route: 1))
        #expect(!journal.setPaused(true, route: 1))
        _ = try append(0..<50, to: journal, routes: Self.both)
        #expect(journal.takeLoaded(route: 1, limit: 10) == nil)
        let batch = try #require(journal.takeLoaded(route: 0, limit: 100))
        #expect(batch.items.count == 50)
        journal.resolve(route: 0, batch: batch, as: .delivered)
        #expect(journal.ledgers[1].waiting == 50)
        _ = journal.setPaused(false, route: 1)
        #expect(journal.takeLoaded(route: 1, limit: 100).map(numbers) == Array(0..<50))
    }

    @Test func `a destination that stands still costs disk, and the others nothing`() throws {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(routes: 2, disk: disk, memoryBytes: 1 << 18)
        let (busy, dead) = (RouteMask(destination: 0), RouteMask(destination: 1))
        for round in 0..<200 {
            _ = try append(round * 100..<round * 100 + 1, to: journal, routes: dead, bytes: 1_000)
            _ = try append(
                round * 100 + 1..<round * 100 + 100, to: journal, routes: busy, bytes: 1_000)
            while let batch = journal.take(route: 0, limit: 64) {
                journal.resolve(route: 0, batch: batch, as: .delivered)
            }
            #expect(journal.ledgers[0].waiting == 0)
        }
        #expect(journal.ledgers[1].waiting == 200)
        var seen: [Int] = []
        while let batch = journal.takeLoaded(route: 1, limit: 7) {
            seen += numbers(batch)
            journal.resolve(route: 1, batch: batch, as: .delivered)
        }
        #expect(seen == (0..<200).map { $0 * 100 })
    }

    @Test func `a destination gets its packets in the order of their arrival, whoever shares them`()
        throws
    {
        let journal = try Journal.simulated(routes: 2)
        let own = RouteMask(destination: 0)
        for number in 0..<3_000 {
            _ = try append(
                number..<number + 1, to: journal, routes: number % 3 == 0 ? Self.both : own,
                bytes: 500)
        }
        for (route, step) in [(0, 1), (1, 3)] {
            var seen: [Int] = []
            while let batch = journal.takeLoaded(route: route, limit: 7) {
                seen += numbers(batch)
                journal.resolve(route: route, batch: batch, as: .delivered)
            }
            #expect(seen == Array(stride(from: 0, to: 3_000, by: step)))
        }
    }

    @Test func `what comes back is taken first`() throws {
        let journal = try Journal.simulated(routes: 1)
        _ = try append(0..<6, to: journal, routes: RouteMask(destination: 0))
        let first = try #require(journal.take(route: 0, limit: 3))
        journal.resolve(route: 0, batch: first.part([1]), as: .deadLetter)
        journal.giveBack(route: 0, batch: first.part([0, 2]))
        #expect(journal.take(route: 0, limit: 3).map(numbers) == [0, 2])
        #expect(journal.take(route: 0, limit: 3).map(numbers) == [3, 4, 5])
        #expect(journal.ledgers[0].deadLetters == 1)
    }

    @Test func `a destination that takes everything at once leaves nothing behind`() throws {
        let journal = try Journal.simulated(routes: 2)
        journal.markTakesAtOnce(route: 0)
        _ = try append(0..<1_000, to: journal, routes: RouteMask(destination: 0))
        #expect(journal.ledgers[0].delivered == 1_000)
        _ = journal.setPaused(true, route: 0)
        _ = try append(0..<10, to: journal, routes: RouteMask(destination: 0))
        #expect(journal.ledgers[0].waiting == 10)
    }

    @Test func `whoever sleeps is woken once, and nobody sleeps over a packet`() throws {
        let journal = try Journal.simulated(routes: 2)
        #expect(journal.fallAsleep(route: 0, untilWaiting: 1))
        #expect(try append(0..<1, to: journal, routes: Self.both).wake == RouteMask(destination: 0))
        #expect(try append(1..<2, to: journal, routes: Self.both).wake.isEmpty)
        #expect(!journal.fallAsleep(route: 0, untilWaiting: 1))
    }

    @Test func `whatever happens, every account balances and nothing is lost`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = SplitMix64(seed: seed)
        let journal = try Journal.simulated(routes: 2)
        let masks = [Self.both, RouteMask(destination: 0), RouteMask(destination: 1)]
        var accepted: [UInt64] = [0, 0]
        var next = 0
        var flying: [[DeliveryBatch]] = [[], []]
        for _ in 0..<4_000 {
            let route = Int.random(in: 0...1, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                let count = Int.random(in: 1...40, using: &random)
                let routes = masks[Int.random(in: 0..<masks.count, using: &random)]
                _ = try append(next..<next + count, to: journal, routes: routes)
                for route in routes.indices { accepted[route] += UInt64(count) }
                next += count
            case 1, 2:
                let limit = Int.random(in: 1...50, using: &random)
                if let batch = journal.takeLoaded(route: route, limit: limit) {
                    flying[route].append(batch)
                }
            case 3 where !flying[route].isEmpty:
                journal.giveBack(route: route, batch: flying[route].removeFirst())
            case 4: _ = journal.setPaused(.random(using: &random), route: route)
            default:
                if let batch = flying[route].popLast() {
                    journal.resolve(route: route, batch: batch, as: .delivered)
                }
            }
            let accounts = journal.ledgers
            #expect(accounts.allSatisfy(isBalanced), "seed \(seed)")
        }
        for route in 0...1 {
            for batch in flying[route] { journal.giveBack(route: route, batch: batch) }
            _ = journal.setPaused(false, route: route)
            while let batch = journal.takeLoaded(route: route, limit: 100) {
                journal.resolve(route: route, batch: batch, as: .delivered)
            }
        }
        #expect(journal.ledgers.map(\.delivered) == accepted, "seed \(seed)")
        try journal.tidyUp()
        #expect(journal.usage.bytes <= journal.configuration.segmentBytes)
    }

    @Test func `one block that fills the journal alone holds nobody up once it is settled`() throws
    {
        let journal = try Journal.simulated(maximumBytes: 1 << 20)
        let now = Moment(unixMilliseconds: 1, monotonicNanoseconds: 1)
        for round in 0..<3 {
            // What came in one read, while the disk was slow: more than there is room for.
            try journal.commit(numbered: round * 6_000..<(round + 1) * 6_000, now: now)
            #expect(journal.isFull)
            while let batch = journal.take(route: 0, limit: 1_000) {
                journal.resolve(route: 0, batch: batch, as: .delivered)
            }
            try journal.tidyUp(now: now)
            try journal.tidyUp(now: now)
            #expect(!journal.isFull, "round \(round), \(journal.usage)")
        }
        #expect(journal.ledgers[0].delivered == 18_000)
        // Each block has let the one before it go.
        #expect(journal.usage.bytes < 2_000_000)
    }
}
