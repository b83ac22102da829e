import NIOCore
import NIOEmbedded
import Testing

@testable import NanoServe

/// What the log says of a destination that refuses packets for good.
@Suite struct CondemnationLogTests {
    private let recorder = LogRecorder()
    private let loop = EmbeddedEventLoop()

    private func log() -> CondemnationLog {
        CondemnationLog(logger: recorder.logger, route: "alba", loop: loop)
    }

    @Test func `what goes on is told once, and then in counts after twice the time`() {
        let log = log()
        let answer = SinkAnswer(outcomes: [], error: "422")
        for _ in 0..<155 {
            log.note(packets: 1, answer: answer)
            loop.advanceTime(by: .seconds(1))
        }
        #expect(recorder.lines(with: "refuses packets for good").count == 1)
        let more = recorder.lines(with: "refused more")
        let spans = more.compactMap { $0.split(separator: " ").last }
        #expect(spans == ["seconds=5", "seconds=10", "seconds=20", "seconds=40", "seconds=80"])
    }

    @Test func `after a pause the next is told at once again`() {
        let log = log()
        let answer = SinkAnswer(outcomes: [], error: "422")
        log.note(packets: 1, answer: answer)
        loop.advanceTime(by: .seconds(6))
        log.note(packets: 1, answer: answer)
        #expect(recorder.lines(with: "refuses packets for good").count == 2)
        #expect(recorder.lines.count == 2)
    }
}
