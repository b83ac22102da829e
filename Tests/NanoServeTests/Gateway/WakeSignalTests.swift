import Foundation
import NanoCore
import Testing

@testable import NanoServe

@Suite struct WakeSignalTests {
    @Test func `what comes while nobody waits ends the next wait at once, and only that`() {
        let signal = WakeSignal()
        signal.set()
        signal.set()
        #expect(signal.wait(nanoseconds: 60_000_000_000))
        #expect(!signal.wait(nanoseconds: 1_000_000))
        signal.set()
        #expect(signal.wait(untilMonotonicNanoseconds: 0))
    }

    @Test func `a wait for nothing ends at its time by the monotonic clock`() {
        let end = Moment.monotonicNow + 30_000_000
        #expect(!WakeSignal().wait(untilMonotonicNanoseconds: end))
        #expect(Moment.monotonicNow >= end)
    }

    @Test func `a thread that waits is woken`() {
        let (there, back) = (WakeSignal(), WakeSignal())
        let thread = Thread {
            for _ in 0..<1_000 {
                there.wait()
                back.set()
            }
        }
        thread.start()
        for _ in 0..<1_000 {
            there.set()
            #expect(back.wait(nanoseconds: 60_000_000_000))
        }
    }
}
