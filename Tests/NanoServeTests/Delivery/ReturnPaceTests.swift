import Logging
import NIOCore
import NIOEmbedded
import NanoCore
import NanoSim
import Testing

@testable import NanoServe

/// What fails where others are taken, and is so much that not all of it may rest.
@Suite struct ReturnPaceTests {
    /// A destination that refuses packets of odd devices one by one, while it takes all others.
    private final class PartialSink: Sink {
        private let loop: EmbeddedEventLoop
        var refusesOdd = true
        var requests = 0

        init(on loop: EmbeddedEventLoop) { self.loop = loop }

        func deliver(_ batch: DeliveryBatch, completion: @escaping (SinkAnswer) -> Void) {
            requests += 1
            var answer = SinkAnswer.all(.delivered, of: batch)
            for (place, item) in batch.items.enumerated() where refusesOdd && item.device % 2 == 1 {
                answer.outcomes[place] = .retry
                answer.rejections[place] = .init(id: "", status: 503, reason: "not now")
                answer.error = "207 Multi-Status"
            }
            loop.assumeIsolated().scheduleTask(in: .milliseconds(1)) { completion(answer) }
        }

        func stop() {}
    }

    @Test func `what finds no room to rest is not sent again without a pause`() throws {
        let loop = EmbeddedEventLoop()
        defer { try? loop.syncShutdownGracefully() }
        let journal = try Journal.simulated(returnedPackets: 8)
        var configuration = RouteConfiguration(name: "route0", endpoint: "")
        (configuration.batchEvents, configuration.concurrency) = (4, 2)
        let (sink, books) = (PartialSink(on: loop), RouteBooks(limit: 2))
        let worker = RouteWorker(
            configuration, place: 0, journal: journal, keeper: SimulatedLetters(seed: 1),
            books: books, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            loop: loop, sink: sink,
            clock: {
                Moment(unixMilliseconds: 1, monotonicNanoseconds: loop.now.uptimeNanoseconds)
            }, chance: SplitMix64(seed: 5))
        func commit(_ numbers: Range<Int>) throws {
            try journal.commit(
                numbered: numbers, now: Moment(unixMilliseconds: 1, monotonicNanoseconds: 1))
            worker.advance()
        }
        try commit(0..<80)
        loop.advanceTime(by: .seconds(20))
        // All that may rest, and the eight that may have come back; what is new has to wait then.
        let account = journal.ledgers[0]
        #expect(account.waiting + account.inFlight + account.delivered == 80)
        #expect(account.failingDevices >= 16 && account.heldBack >= 8)
        let before = sink.requests
        loop.advanceTime(by: .seconds(20))
        #expect(sink.requests > before && sink.requests - before < 400)

        sink.refusesOdd = false
        loop.advanceTime(by: .seconds(30))
        #expect(journal.ledgers[0].delivered == 80)
        let requests = sink.requests
        try commit(80..<100)
        loop.advanceTime(by: .milliseconds(50))
        #expect(journal.ledgers[0].delivered == 100 && sink.requests == requests + 5)
        worker.stop()
    }

    @Test func `an answer about single events is reported with the first of them`() {
        var batch = DeliveryBatch()
        batch.items = (0..<3).map {
            DeliveryBatch.Item(
                frame: 0..<0, model: .custom, receivedMonotonicNanoseconds: 1,
                device: UInt64($0), block: 1, record: UInt32($0))
        }
        var answer = SinkAnswer.all(.retry, of: batch, error: "207 Multi-Status")
        #expect(answer.report == "207 Multi-Status")
        answer.rejections = [
            2: .init(id: "c", status: 500), 1: .init(id: "b", status: 503, reason: "too\nbusy"),
        ]
        #expect(answer.report == #"207 Multi-Status (of single events: 503 too\u{A}busy)"#)
        answer.rejections[1]?.reason = String(repeating: "x", count: 300)
        #expect(answer.report.count < 150)
        answer.rejections[1] = .init(id: "b", status: nil)
        #expect(answer.report == "207 Multi-Status")
    }
}
