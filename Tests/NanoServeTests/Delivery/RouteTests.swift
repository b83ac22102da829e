import NIOPosix
import NanoCore
import Synchronization
import Testing

@testable import NanoServe

/// A destination that answers as it is told, and remembers what it was asked.
private final class Script: Sendable {
    private let state: Mutex<(answers: [DeliveryOutcome], attempts: Int)>

    /// - Parameter answers: For one attempt after the other; afterwards everything is taken.
    init(_ answers: [DeliveryOutcome]) {
        state = Mutex((answers, 0))
    }

    /// From now on everything is taken.
    func mend() {
        state.withLock { $0.answers = [] }
    }

    var attempts: Int { state.withLock { $0.attempts } }

    func next() -> DeliveryOutcome {
        state.withLock { state in
            state.attempts += 1
            return state.answers.isEmpty ? .delivered : state.answers.removeFirst()
        }
    }
}

private final class ScriptedSink: Sink {
    private let script: Script

    init(_ script: Script) {
        self.script = script
    }

    func deliver(_ batch: DeliveryBatch, completion: @escaping (SinkAnswer) -> Void) {
        let outcome = script.next()
        completion(.all(outcome, of: batch, error: outcome == .delivered ? "" : "refused"))
    }

    func stop() {}
}

final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
}

@Suite struct RouteTests {
    private let log = LogRecorder()
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func route(_ journal: Journal, _ script: Script) throws -> Route {
        var configuration = RouteConfiguration(name: "alba", endpoint: "test")
        configuration.retry = RetryPolicy(baseMilliseconds: 1, capMilliseconds: 2)
        let office = try DeadLetterOffice(
            DeadLetterStore(heldFolder: folder.path), journal: journal, limit: 1_000,
            logger: log.logger)
        return Route(
            configuration, place: 0, journal: journal, office: office, logger: log.logger,
            on: MultiThreadedEventLoopGroup.singleton.next()
        ) { ScriptedSink(script) }
    }

    private func append(_ count: Int, to journal: Journal, wake route: Route) throws {
        journal.onWake { _ in route.wake() }
        for _ in 0..<count {
            let frame = FrameBuilder(
                model: .custom, type: .event, level: .standard,
                timestamp: UInt32(journal.committed)
            ).build(payload: [0xA0], key: HMACKey(secret: [1, 2, 3]))
            let packet = StagedPacket(
                frame: frame.indices, model: .custom, routes: RouteMask(destination: 0),
                receivedAt: Moment(unixMilliseconds: 1, monotonicNanoseconds: 1))
            _ = journal.append([packet], from: frame.span)
            try journal.commit(now: .now)
        }
    }

    private func wait(_ condition: () -> Bool) async throws {
        let holds = try await eventually(every: .milliseconds(5), condition)
        try #require(holds)
    }

    @Test func `failed attempts are repeated until the packet is delivered`() async throws {
        let journal = try Journal.simulated()
        let sink = Script([.retry, .retry, .retry])
        let route = try route(journal, sink)
        route.wake()
        try append(1, to: journal, wake: route)
        try await wait { journal.ledgers[0].delivered == 1 }
        #expect(sink.attempts == 4)
        let snapshot = route.snapshot(journal.ledgers[0], now: .now)
        #expect(snapshot.retries == 3 && snapshot.balances)
        #expect(snapshot.state == .flowing, "it delivers again, whatever it met before")
        #expect(snapshot.lastError == "refused" && snapshot.lastErrorUnixMilliseconds > 0)
        await route.stop()
    }

    @Test func `a packet that came after the snapshot's time has no age, not that of the stars`()
        async throws
    {
        let journal = try Journal.simulated()
        let route = try route(journal, Script([]))
        _ = journal.setPaused(true, route: 0)
        try append(1, to: journal, wake: route)
        for (now, age) in [(0, 0.0), (1, 0), (2_000_000_001, 2)] as [(UInt64, Double)] {
            let moment = Moment(unixMilliseconds: 1, monotonicNanoseconds: now)
            #expect(route.snapshot(journal.ledgers[0], now: moment).oldestSeconds == age)
        }
        await route.stop()
    }

    @Test func `a condemned packet is a dead letter and holds nobody up`() async throws {
        let journal = try Journal.simulated()
        let route = try route(journal, Script([.deadLetter]))
        route.wake()
        try append(20, to: journal, wake: route)
        try await wait { journal.ledgers[0].delivered == 19 }
        #expect(journal.ledgers[0].deadLetters == 1)
        await route.stop()
    }

    @Test func `a destination that condemns everything gets two lines in the log`() async throws {
        let journal = try Journal.simulated()
        let route = try route(journal, Script(Array(repeating: .deadLetter, count: 500)))
        route.wake()
        try append(500, to: journal, wake: route)
        try await wait { journal.ledgers[0].deadLetters == 500 }
        await route.stop()
        let lines = log.lines(with: "for good")
        #expect(lines.count == 2)
        #expect(lines.first?.contains("packets=1") == true)
        #expect(lines.last?.contains("packets=499") == true)
        #expect(route.snapshot(journal.ledgers[0], now: .now).newestDeadLetters.count == 20)
    }

    private static var batchOfOne: DeliveryBatch {
        var batch = DeliveryBatch()
        batch.items = [
            DeliveryBatch.Item(
                frame: 0..<0, model: .custom, receivedMonotonicNanoseconds: 1, device: 1, block: 1,
                record: 0)
        ]
        return batch
    }

    @Test func `a batch that is only divided makes no route refuse`() {
        let batch = Self.batchOfOne
        let books = RouteBooks(limit: 1)
        var answer = SinkAnswer.all(.deadLetter, of: batch, error: "413 Payload Too Large")
        answer.mayConcernFewer = true
        let now = Moment(unixMilliseconds: 5, monotonicNanoseconds: 5)
        func state() -> RouteSnapshot.State {
            var snapshot = RouteSnapshot(name: "alba")
            snapshot.accepted = 1
            books.describe(in: &snapshot, isPaused: false, hasLetters: false, now: now)
            return snapshot.state
        }
        books.note(answer, to: batch, among: 1, from: 4, to: now)
        #expect(state() == .flowing)
        answer.mayConcernFewer = false
        books.note(answer, to: batch, among: 1, from: 4, to: now)
        #expect(state() == .refusing)
    }

    @Test func `a destination that refuses a part of what comes is flowing all the time`() {
        let batch = Self.batchOfOne
        let books = RouteBooks(limit: 1)
        func state(at second: UInt64) -> RouteSnapshot.State {
            var snapshot = RouteSnapshot(name: "alba")
            snapshot.accepted = 1
            let now = Moment(
                unixMilliseconds: 5, monotonicNanoseconds: second * 1_000_000_000)
            books.describe(in: &snapshot, isPaused: false, hasLetters: false, now: now)
            return snapshot.state
        }
        func note(_ outcome: DeliveryOutcome, at second: UInt64) {
            books.note(
                .all(outcome, of: batch, error: "422"), to: batch, among: 1, from: 4,
                to: Moment(unixMilliseconds: 5, monotonicNanoseconds: second * 1_000_000_000))
        }
        for second in 1...30 as ClosedRange<UInt64> {
            note(second % 3 == 0 ? .delivered : .deadLetter, at: second)
            if second > 3 { #expect(state(at: second) == .flowing, "second \(second)") }
        }
        for second in 31...40 as ClosedRange<UInt64> { note(.deadLetter, at: second) }
        #expect(state(at: 34) == .flowing && state(at: 35) == .refusing)
        note(.delivered, at: 41)
        #expect(state(at: 41) == .flowing)
    }

    @Test func `a destination that does not take one device's packets flows all the same`() {
        let books = RouteBooks(limit: 1)
        func state(failing devices: Int) -> RouteSnapshot.State {
            var snapshot = RouteSnapshot(name: "alba")
            (snapshot.accepted, snapshot.waiting, snapshot.failingDevices) = (9, 3, devices)
            let now = Moment(unixMilliseconds: 5, monotonicNanoseconds: 60_000_000_000)
            books.describe(in: &snapshot, isPaused: false, hasLetters: false, now: now)
            return snapshot.state
        }
        books.noteFailing()
        #expect(state(failing: 1) == .flowing)
        #expect(state(failing: 0) == .retrying)
        books.note(breaker: .open, probeAt: 61_000_000_000)
        #expect(state(failing: 1) == .retrying)
    }

    @Test func `a destination that condemns everything is not flowing, until it takes something`()
        async throws
    {
        let journal = try Journal.simulated()
        let route = try route(journal, Script(Array(repeating: .deadLetter, count: 20)))
        route.wake()
        try append(20, to: journal, wake: route)
        try await wait { journal.ledgers[0].deadLetters == 20 }
        let condemned = route.snapshot(journal.ledgers[0], now: .now)
        #expect(condemned.state == .refusing && condemned.lastError == "refused")
        try append(1, to: journal, wake: route)
        try await wait { journal.ledgers[0].delivered == 1 }
        #expect(route.snapshot(journal.ledgers[0], now: .now).state == .flowing)
        await route.stop()
    }

    @Test func `a pause during retries lets the packet wait, and resuming delivers it`()
        async throws
    {
        let journal = try Journal.simulated()
        let sink = Script(Array(repeating: .retry, count: 1_000_000))
        let route = try route(journal, sink)
        route.wake()
        try append(1, to: journal, wake: route)
        try await wait { route.snapshot(journal.ledgers[0], now: .now).retries > 2 }
        _ = journal.setPaused(true, route: 0)
        try await wait { journal.ledgers[0].waiting == 1 && journal.ledgers[0].inFlight == 0 }
        #expect(route.snapshot(journal.ledgers[0], now: .now).state == .paused)
        sink.mend()
        _ = journal.setPaused(false, route: 0)
        route.wake()
        try await wait { journal.ledgers[0].delivered == 1 }
        await route.stop()
    }

    @Test func `no packet is slept over under concurrent load`() async throws {
        let journal = try Journal.simulated()
        let route = try route(journal, Script([]))
        route.wake()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<200 {
                        try append(5, to: journal, wake: route)
                        await Task.yield()
                    }
                }
            }
            try await group.waitForAll()
        }
        try await wait { journal.ledgers[0].delivered == 4_000 }
        await route.stop()
    }
}
