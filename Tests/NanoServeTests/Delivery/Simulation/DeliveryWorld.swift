import Glibc
import Logging
import NIOCore
import NIOEmbedded
import NanoCore
import NanoSim
import Synchronization

@testable import NanoServe

/// Journal and routes over a disk that fails, to destinations that misbehave, by simulated clocks
/// and from a seed.
final class DeliveryWorld {
    /// What went against a rule.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    private var random: SplitMix64
    private var disk = SimulatedDisk()
    private var loop = EmbeddedEventLoop()
    private var journal: Journal
    private var workers: [RouteWorker] = []
    private let configurations: [RouteConfiguration]
    private let receivers: [SimulatedReceiver]
    private let letters: SimulatedLetters
    /// So few that what does not fit in is left on the disk, or as many as there are.
    private let deferredPackets: Int
    /// So few that what fails often finds no room to rest, or as many as there are.
    private let returnedPackets: Int
    /// Packets that have been handed to the journal since the start, and not committed.
    private var gathered: [Int] = []
    private(set) var committed: Set<Int> = []
    /// What each destination's account has to name as accepted.
    private var accepted: [UInt64] = [0, 0]
    private var skipped: [UInt64] = [0, 0]
    /// Packets that were in flight at a skip, and may be added to those.
    private var skippedInFlight: [UInt64] = [0, 0]
    private var next = 0

    init(seed: UInt64) throws {
        random = SplitMix64(seed: seed)
        var configurations = [
            RouteConfiguration(name: "route0", endpoint: ""),
            RouteConfiguration(name: "route1", endpoint: ""),
        ]
        configurations[0].batchEvents = Int.random(in: 2...20, using: &random)
        configurations[0].lingerMilliseconds = Bool.random(using: &random) ? 1.5 : 0
        for place in 0...1 {
            configurations[place].concurrency = Int.random(in: 1...5, using: &random)
        }
        self.configurations = configurations
        letters = SimulatedLetters(seed: ~seed)
        receivers = configurations.enumerated().map { place, configuration in
            SimulatedReceiver(
                seed: seed &* 2 &+ UInt64(place), concurrency: configuration.concurrency)
        }
        deferredPackets = [2, 6, 4_096].randomElement(using: &random) ?? 2
        returnedPackets = [16_384, 16_384, 2, 20][Int(seed % 4)]
        journal = try Self.open(disk, deferredPackets, returnedPackets)
        start()
    }

    private static func open(
        _ disk: SimulatedDisk, _ deferredPackets: Int, _ returnedPackets: Int
    ) throws -> Journal {
        try Journal.reopened(
            routes: 2, disk: disk, memoryBytes: 2_000, maximumBytes: 1 << 22,
            deferredPackets: deferredPackets, returnedPackets: returnedPackets)
    }

    private var now: Moment { Self.time(of: loop) }

    private static func time(of loop: EmbeddedEventLoop) -> Moment {
        let elapsed = loop.now.uptimeNanoseconds
        return Moment(
            unixMilliseconds: 1_700_000_000_000 + Int64(elapsed / 1_000_000),
            monotonicNanoseconds: elapsed + 1_000_000_000)
    }

    private func start() {
        let logger = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
        workers = configurations.enumerated().map { place, configuration in
            RouteWorker(
                configuration, place: place, journal: journal, keeper: letters,
                books: RouteBooks(limit: configuration.concurrency), logger: logger, loop: loop,
                sink: SimulatedSink(receivers[place], on: loop),
                clock: { [loop] in Self.time(of: loop) }, chance: SplitMix64(seed: random.next()))
        }
        letters.begin(on: loop)
        let bound = workers.map { NIOLoopBound($0, eventLoop: loop) }
        journal.onWake { [loop] routes in
            for place in routes.indices { loop.execute { bound[place].value.advance() } }
        }
        let reader = SimulatedReader(journal, on: loop, seed: random.next())
        journal.onLoad { reader.load($0, $1) }
        for worker in workers { worker.advance() }
    }

    /// Takes apart what a gateway was, with whatever it still had to do.
    func end() throws {
        journal.onWake { _ in }
        journal.onLoad { _, _ in }
        workers = []
        let time = loop.now
        try loop.syncShutdownGracefully()
        loop = EmbeddedEventLoop()
        loop.advanceTime(to: time)
    }

    // MARK: - What happens

    /// Lets something happen, and looks whether every rule still holds.
    func step() throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<25: accept()
        case 25..<50: commit()
        case 50..<80: pass(milliseconds: Int64.random(in: 0...60, using: &random))
        case 80..<82: pass(milliseconds: Int64.random(in: 0...3_000, using: &random))
        case 82: receivers[chosenRoute].chokeOnSome()
        case 83..<88: try setPaused(Bool.random(using: &random), route: chosenRoute)
        case 88..<90: receivers[chosenRoute].toggleAway()
        case 90..<92: receivers[chosenRoute].refuseSome()
        case 92..<94: keepHouse()
        case 94: skip(route: chosenRoute)
        case 95..<97: try stop()
        default: try crash()
        }
        try check()
    }

    private var chosenRoute: Int { Int.random(in: 0...1, using: &random) }

    private func accept() {
        var buffer: [UInt8] = []
        var packets: [StagedPacket] = []
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            let frame = SimulatedPackets.frame(
                next, padding: Int.random(in: 0...90, using: &random))
            let start = buffer.count
            buffer += frame
            packets.append(SimulatedPackets.staged(next, at: start..<buffer.count, now: now))
            gathered.append(next)
            next += 1
        }
        _ = journal.append(packets, from: buffer.span)
    }

    private func failSoon(within operations: Int) {
        disk.fail(
            operation: Int.random(in: 1...operations, using: &random),
            with: Bool.random(using: &random) ? EIO : ENOSPC)
    }

    private func commit() {
        if Int.random(in: 0..<8, using: &random) == 0 { failSoon(within: 3) }
        let before = journal.committed
        try? journal.commitAll(now: now)
        noteCommitted(Int(journal.committed - before))
    }

    /// Packets are committed in the order in which they came.
    private func noteCommitted(_ count: Int) {
        for number in gathered.prefix(count) {
            committed.insert(number)
            for place in SimulatedPackets.routes(of: number).indices { accepted[place] += 1 }
        }
        gathered.removeFirst(count)
    }

    private func pass(milliseconds: Int64) {
        loop.advanceTime(by: .milliseconds(milliseconds))
    }

    private func setPaused(_ isPaused: Bool, route: Int) throws {
        guard journal.setPaused(isPaused, route: route) else { return }
        let worker = NIOLoopBound(workers[route], eventLoop: loop)
        loop.execute { worker.value.advance() }
    }

    /// - Returns: Whether the cursors were saved.
    @discardableResult
    private func keepHouse() -> Bool {
        if Int.random(in: 0..<4, using: &random) == 0 { failSoon(within: 4) }
        journal.noteGuarded(upTo: journal.lastBlock)
        return (try? journal.keepHouse(now: now)) != nil
    }

    /// Gives up what waits, as an operator does: that it stays so takes saved cursors. What was to be tried again
    /// is back in the journal before, but for what fails at the same moment.
    private func skip(route: Int) {
        if next.isMultiple(of: 2) { workers[route].giveBackAll() }
        receivers[route].excuse(due(at: route))
        let before = journal.skippedInFlight(route: route)
        skipped[route] += journal.skip(route: route)
        skippedInFlight[route] += journal.skippedInFlight(route: route) - before
        let givenUp = committed.filter {
            SimulatedPackets.routes(of: $0).contains(destination: route)
        }
        receivers[route].giveUp(givenUp, isSaved: keepHouse())
    }

    /// Stops the gateway as its operator does, and starts another: nothing may be sent again.
    private func stop() throws {
        for worker in workers { worker.stop() }
        letters.flush()
        loop.run()
        let before = journal.committed
        let closing = Result { try journal.close(now: now) }
        noteCommitted(Int(journal.committed - before))
        if case .failure = closing { return try crash() }
        try end()
        try restart()
    }

    /// Ends the process in the middle of its work; with the power, or without.
    private func crash() throws {
        letters.forgetGateway()
        try end()
        if Bool.random(using: &random) { disk = SimulatedDisk(after: disk, random: &random) }
        for receiver in receivers { receiver.forgetGateway() }
        try restart()
    }

    private func restart() throws {
        journal = try Self.open(disk, deferredPackets, returnedPackets)
        // What was not committed is gone, or was written at the last moment.
        committed.formUnion(try SimulatedPackets.numbers(in: journal).intersection(gathered))
        gathered = []
        accepted = journal.opening.waiting
        (skipped, skippedInFlight) = ([0, 0], [0, 0])
        for place in 0...1 where accepted[place] < due(at: place).count {
            throw Fault(description: "route\(place) has forgotten packets at a start")
        }
        for place in 0...1 {
            let count = letters.count(place: place)
            journal.admit(deadLetters: count, route: place)
            accepted[place] += count
        }
        start()
    }

    // MARK: - What has to hold

    /// Committed packets that a destination has neither taken nor condemned, and has to.
    func due(at place: Int) -> Set<Int> {
        committed.filter { SimulatedPackets.routes(of: $0).contains(destination: place) }
            .subtracting(receivers[place].settled).subtracting(receivers[place].excused)
    }

    private func check() throws {
        for (place, account) in journal.ledgers.enumerated() {
            let settled =
                account.delivered + account.deadLetters + account.expired
                + account.skipped
            guard account.accepted == settled + account.waiting + account.inFlight,
                account.accepted == accepted[place] - letters.countedTwice(place: place),
                account.expired == 0, account.deadLetters <= letters.count(place: place),
                account.skipped >= skipped[place],
                account.skipped + journal.skippedInFlight(route: place)
                    <= skipped[place] + skippedInFlight[place]
            else { throw Fault(description: "route\(place), of \(accepted[place]): \(account)") }
            if let fault = receivers[place].fault {
                throw Fault(description: "route\(place): \(fault)")
            }
        }
    }

    /// Simulated seconds in which everything has to be delivered once nothing is wrong any more.
    private static let boundSeconds = 60

    /// Packets that are due at a destination and of devices that it does not choke on.
    private func dueOfOthers(at place: Int) -> Set<Int> {
        let choking = receivers[place].choking
        return due(at: place).filter { !choking.contains(SimulatedPackets.device(of: $0)) }
    }

    /// Waits for everything but the packets of devices for whose sake whole requests fail.
    private func finishOthers() throws {
        // Where no more than two packets may have come back, those of two such devices are as many: nothing else is
        // taken then.
        guard returnedPackets > 2 else { return }
        guard receivers.contains(where: { !$0.choking.isEmpty }) else { return }
        var left = Self.boundSecondsOfOthers * 10
        while left > 0, (0...1).contains(where: { !dueOfOthers(at: $0).isEmpty }) {
            pass(milliseconds: 100)
            left -= 1
            try check()
        }
        for place in 0...1 where !dueOfOthers(at: place).isEmpty {
            // Behind a restart nothing is left behind where more of it may be settled already: then no more is passed
            // by than memory has room for, which is next to nothing in half of the seeds.
            let isHeldUp = journal.state.withLock { state in
                let ledger = state.ledgers[place]
                return ledger.cursor.mayHaveSettledAhead && !ledger.deferred.hasRoom
            }
            guard !isHeldUp else { continue }
            throw Fault(
                description:
                    "route\(place) keeps \(dueOfOthers(at: place).sorted()) waiting for the "
                    + "sake of devices \(receivers[place].choking.sorted())")
        }
    }

    /// Simulated seconds in which what a destination can take has to be delivered, while it fails for the sake
    /// of some devices.
    private static let boundSecondsOfOthers = 180

    /// Mends everything but what sleeps, and waits for the last packet.
    func finish() throws {
        for receiver in receivers { receiver.heal() }
        for place in 0...1 { try setPaused(false, route: place) }
        while !gathered.isEmpty { commit() }
        try finishOthers()
        for receiver in receivers { receiver.stopChoking() }
        var left = Self.boundSeconds * 10
        while left > 0, journal.ledgers.contains(where: { $0.unfinished > 0 }) {
            pass(milliseconds: 100)
            left -= 1
            try check()
        }
        for place in 0...1 {
            let account = journal.ledgers[place]
            guard account.unfinished == 0, receivers[place].underWay == 0 else {
                throw Fault(
                    description: "route\(place) does not go on, \(due(at: place).count) are due: "
                        + "\(account)")
            }
            guard account.deadLetters == letters.count(place: place),
                receivers[place].condemned.count >= Int(account.deadLetters)
            else { throw Fault(description: "route\(place) has other dead letters: \(account)") }
            guard receivers[place].condemned.allSatisfy(SimulatedPackets.isPoison) else {
                throw Fault(description: "route\(place) has dead letters that nobody condemned")
            }
        }
    }
}

/// Reads the journal for destinations that are behind: it takes simulated time, and sometimes a
/// second attempt.
private final class SimulatedReader: Sendable {
    private unowned let journal: Journal
    private let loop: EmbeddedEventLoop
    private let random: Mutex<SplitMix64>

    init(_ journal: Journal, on loop: EmbeddedEventLoop, seed: UInt64) {
        self.journal = journal
        self.loop = loop
        random = Mutex(SplitMix64(seed: seed))
    }

    func load(_ route: Int, _ position: LogPosition) {
        let (delay, isFailing) = random.withLock {
            (Int64.random(in: 0...20, using: &$0), Int.random(in: 0..<10, using: &$0) == 0)
        }
        loop.scheduleTask(in: .milliseconds(isFailing ? 1_000 : delay)) {
            guard !isFailing else { return self.load(route, position) }
            do {
                _ = try self.journal.load(route: route, from: position)
            } catch {
                self.load(route, position)
            }
        }
    }
}
