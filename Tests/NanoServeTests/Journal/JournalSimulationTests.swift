import Glibc
import NanoCore
import NanoSim
import Testing

@testable import NanoServe

/// Judgement's memory, journal and delivery over a disk that fails, from a seed: whatever happens,
/// what was committed is delivered or still waits, in the order of each device, and is never
/// accepted again.
@Suite struct JournalSimulationTests {
    private static let seeds: UInt64 = 1_000

    /// A world with a gateway in it that is killed now and then.
    private struct World {
        let seed: UInt64
        var random: SplitMix64
        var disk = SimulatedDisk()
        var journal: Journal
        var replayGuard: SharedReplayGuard
        var now = Moment(unixMilliseconds: 1_700_000_000_000, monotonicNanoseconds: 1)
        /// Packets that have been handed to the journal since the start, and not committed.
        var gathered: [Int] = []
        var committed: Set<Int> = []
        var delivered: [[Int]] = [[], []]
        var dead: [Set<Int>] = [[], []]
        var flying: [[DeliveryBatch]] = [[], []]
        var next = 0

        static let devices = 7
        static let key: (UInt64, UInt64) = (3, 4)

        init(seed: UInt64) throws {
            self.seed = seed
            random = SplitMix64(seed: seed)
            journal = try Self.open(disk)
            replayGuard = SharedReplayGuard(
                configuration: ReplayGuard.Configuration(), hashKey: Self.key, shardCount: 2)
            try checkpoint()
        }

        static func open(_ disk: SimulatedDisk) throws -> Journal {
            try Journal.reopened(
                routes: 2, disk: disk, memoryBytes: 2_000, maximumBytes: 1 << 20)
        }

        static func entry(_ number: Int) -> ReplayGuard.Entry {
            ReplayGuard.Entry(
                model: .custom, timestamp: UInt32(1_700_000_000 + number / 50),
                device: UInt64(number % devices), tag: UInt64(number),
                source: PacketSource(connection: 1, address: 1))
        }

        /// Both destinations get the even packets, the first one alone the odd ones.
        static func routes(_ number: Int) -> RouteMask {
            number % 2 == 0
                ? [RouteMask(destination: 0), RouteMask(destination: 1)]
                : RouteMask(destination: 0)
        }

        mutating func accept() {
            var buffer: [UInt8] = []
            var packets: [StagedPacket] = []
            for _ in 0..<Int.random(in: 1...30, using: &random) {
                guard case .fresh = replayGuard.insert(Self.entry(next), now: now) else {
                    Issue.record("seed \(seed): packet \(next) is refused")
                    return
                }
                let start = buffer.count
                buffer.append(littleEndian: UInt64(next))
                buffer += [UInt8](repeating: 9, count: Int.random(in: 0...90, using: &random))
                packets.append(
                    StagedPacket(
                        frame: start..<buffer.count, entry: Self.entry(next),
                        routes: Self.routes(next), receivedAt: now))
                gathered.append(next)
                next += 1
            }
            _ = journal.append(packets, from: buffer.span)
        }

        mutating func commit() {
            if Int.random(in: 0..<8, using: &random) == 0 {
                disk.fail(
                    operation: Int.random(in: 1...3, using: &random),
                    with: Bool.random(using: &random) ? EIO : ENOSPC)
            }
            guard (try? journal.commitAll(now: now)) != nil else { return }
            committed.formUnion(gathered)
            gathered = []
        }

        mutating func take() {
            let route = Int.random(in: 0...1, using: &random)
            let limit = Int.random(in: 1...20, using: &random)
            guard let batch = journal.take(route: route, limit: limit) else { return }
            flying[route].append(batch)
        }

        mutating func answer() {
            let route = Int.random(in: 0...1, using: &random)
            guard !flying[route].isEmpty else { return }
            let place = Int.random(in: flying[route].indices, using: &random)
            let batch = flying[route].remove(at: place)
            let numbers = Self.numbers(batch)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: journal.giveBack(route: route, batch: batch)
            case 1:
                let condemned = batch.items.indices.filter { $0 % 3 == 0 }
                journal.resolve(route: route, batch: batch.part(condemned), as: .deadLetter)
                dead[route].formUnion(condemned.map { numbers[$0] })
                let rest = batch.items.indices.filter { $0 % 3 != 0 }
                if !rest.isEmpty { journal.giveBack(route: route, batch: batch.part(rest)) }
            default:
                delivered[route] += numbers
                journal.resolve(route: route, batch: batch, as: .delivered)
            }
        }

        static func numbers(_ batch: DeliveryBatch) -> [Int] {
            batch.items.map { Int(batch.bytes.integer(at: $0.frame.lowerBound, UInt64.self)) }
        }

        mutating func checkpoint() throws {
            let block = journal.lastBlock
            var bytes: [UInt8] = []
            replayGuard.save(now: now) { part in
                part.withUnsafeBufferPointer { bytes += $0 }
            }
            try journal.commitAll(now: now)
            committed.formUnion(gathered)
            gathered = []
            try disk.replace("guard", with: bytes)
            journal.noteGuarded(upTo: block)
            try journal.keepHouse(now: now)
        }

        /// Ends the process in the middle of its work; with the power, or without.
        mutating func crash() throws {
            if Bool.random(using: &random) {
                disk = SimulatedDisk(after: disk, random: &random)
            }
            flying = [[], []]
            // What was not committed is gone, or was written at the last moment.
            let lost = gathered
            gathered = []
            journal = try Self.open(disk)
            let saved = try disk.open("guard")
            replayGuard = try SharedReplayGuard(
                fileBytes: saved.size(), configuration: ReplayGuard.Configuration(),
                shardCount: 2, now: now, read: saved.read)
            let rebuild = try ReplayRebuild(
                replayGuard, from: journal, now: now, futureSeconds: 60)
            #expect(rebuild.closed.isEmpty, "seed \(seed)")
            committed.formUnion(try numbersOnDisk().intersection(lost))
            for number in committed {
                #expect(
                    replayGuard.check(Self.entry(number)) != .fresh,
                    "seed \(seed): \(number) would be accepted again")
            }
        }

        private func numbersOnDisk() throws -> Set<Int> {
            var numbers: Set<Int> = []
            let blocks = try journal.log.read(from: journal.log.start, bytes: .max).blocks
            for block in blocks {
                var offset = 0
                while let record = block.record(at: offset) {
                    numbers.insert(Int(record.tag))
                    offset = record.end
                }
            }
            return numbers
        }

        mutating func finish() throws {
            while (try? journal.commitAll(now: now)) == nil {}
            committed.formUnion(gathered)
            for route in 0...1 {
                for batch in flying[route] { journal.giveBack(route: route, batch: batch) }
                while let batch = journal.takeLoaded(route: route, limit: 50) {
                    delivered[route] += Self.numbers(batch)
                    journal.resolve(route: route, batch: batch, as: .delivered)
                }
                let account = journal.ledgers[route]
                #expect(account.waiting == 0 && account.expired == 0, "seed \(seed)")
                let due = committed.filter {
                    Self.routes($0).contains(destination: route) && !dead[route].contains($0)
                }
                #expect(due.subtracting(delivered[route]).isEmpty, "seed \(seed)")
                // One that is condemned again and again may be taken in the end.
                checkOrder(delivered[route].filter { !dead[route].contains($0) })
            }
        }

        /// The first deliveries of a device's packets have to be in their order.
        private func checkOrder(_ numbers: [Int]) {
            var newest = [Int](repeating: -1, count: Self.devices)
            var seen: Set<Int> = []
            for number in numbers where seen.insert(number).inserted {
                #expect(newest[number % Self.devices] < number, "seed \(seed): order of \(number)")
                newest[number % Self.devices] = number
            }
        }
    }

    private func run(_ seed: UInt64) throws {
        var world = try World(seed: seed)
        for _ in 0..<200 {
            world.now.unixMilliseconds += 5
            world.now.monotonicNanoseconds += 5_000_000
            switch Int.random(in: 0..<100, using: &world.random) {
            case 0..<25: world.accept()
            case 25..<50: world.commit()
            case 50..<70: world.take()
            case 70..<92: world.answer()
            case 92..<96: try? world.journal.keepHouse(now: world.now)
            case 96..<98: try? world.checkpoint()
            default: try world.crash()
            }
        }
        try world.finish()
    }

    @Test func `whatever fails, nothing committed is lost, repeated or out of order`() throws {
        try SimulationSeeds.run(Self.seeds, of: "JournalSimulationTests", run)
    }
}
