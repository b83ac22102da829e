import Testing

@testable import NanoCore

/// Recordings, played again after the gateway's clock was set: from bytes to verdicts.
@Suite struct ClockReplayTests {
    /// Lets time pass on the monotonic clock, and sets the wall clock on top of it.
    private static func pass(_ seconds: Int64, set step: Int64 = 0, _ judge: inout Judge) {
        judge.now.unixMilliseconds += (seconds + step) * 1_000
        judge.now.monotonicNanoseconds += UInt64(seconds) * 1_000_000_000
    }

    private static func timestamp(_ judge: Judge) -> UInt32 { UInt32(judge.now.unixSeconds) }

    @Test(arguments: [3_600, -3_600, 86_400, -86_400] as [Int64], [1, 290, 400, 3_000] as [Int64])
    func `nothing that was accepted is accepted again when the clock is set`(
        step: Int64, wait: Int64
    ) {
        var judge = Scenario.judge
        var recordings: [[UInt8]] = []
        func playAll(_ occasion: String) {
            for (number, recording) in recordings.enumerated() {
                let rulings = judge.judge(recording)
                #expect(
                    rulings.compactMap(\.reason).count == 1, "\(occasion): \(number) \(rulings)")
            }
        }
        for number in 0..<20 {
            let frame = Scenario.frame(
                number, timestamp: Self.timestamp(judge) - UInt32(number * 9))
            #expect(judge.judge(frame) == [.accepted(offset: 0)])
            recordings.append(frame)
        }
        Self.pass(wait, set: step, &judge)
        playAll("after the step")
        // Honest frames of the new time come in, and are not let in again either.
        for number in 20..<30 {
            let frame = Scenario.frame(number, timestamp: Self.timestamp(judge))
            if judge.judge(frame) == [.accepted(offset: 0)] { recordings.append(frame) }
        }
        Self.pass(wait, &judge)
        playAll("some time after the step")
        Self.pass(wait, set: -step, &judge)
        playAll("after the clock was set right")
        Self.pass(wait, &judge)
        playAll("at the end")
    }

    @Test func `frames of the new time come in after a step forward`() {
        var judge = Scenario.judge
        #expect(judge.judge(Scenario.frame(1)) == [.accepted(offset: 0)])
        Self.pass(1, set: 3_600, &judge)
        let frame = Scenario.frame(2, timestamp: Self.timestamp(judge))
        #expect(judge.judge(frame) == [.accepted(offset: 0)])
    }

    @Test func `a frame that comes again from its own address is a retransmission`() {
        var judge = Scenario.judge
        let frame = Scenario.frame(1)
        #expect(judge.judge(frame + frame).last?.reason == .replay)
        #expect(judge.intake.counters.retransmitted == 1, "on the same connection")
        #expect(judge.judge(frame).last?.reason == .replay)
        #expect(judge.intake.counters.retransmitted(of: .custom) == 2, "on another connection")
        judge.address = .max
        #expect(judge.judge(frame).last?.reason == .replay)
        #expect(judge.intake.counters.retransmitted == 2, "from elsewhere it is a replay")
        #expect(judge.intake.counters.refused(of: .custom).reduce(0, +) == 3)
    }
}
