import Testing

@testable import NanoServe

/// When an event loop rests; times in nanoseconds.
@Suite struct WakePaceTests {
    static let interval = WakePace.intervalNanoseconds

    @Test func `a loop that is woken now and then never rests`() {
        var pace = WakePace()
        for wakeUp: UInt64 in 1...100 {
            #expect(!pace.noteRead(at: wakeUp * Self.interval))
        }
    }

    @Test func `a loop that is woken for frame after frame rests once a wake-up`() {
        var pace = WakePace()
        #expect(!pace.noteRead(at: 10 * Self.interval))
        #expect(pace.noteRead(at: 11 * Self.interval - 1))
        #expect(!pace.noteRead(at: 11 * Self.interval))
        #expect(pace.restNanoseconds(now: 11 * Self.interval) == Self.interval - 1)
    }

    @Test func `a loop that has read for longer than it would rest goes on`() {
        var pace = WakePace()
        #expect(!pace.noteRead(at: 10 * Self.interval))
        #expect(pace.noteRead(at: 10 * Self.interval + 1))
        #expect(pace.restNanoseconds(now: 11 * Self.interval + 1) == 0)
    }

    @Test func `a stream of frames keeps the pace`() {
        var pace = WakePace()
        var now = 10 * Self.interval
        var wakeUps = 0
        let end = now + 1_000 * Self.interval
        while now < end {
            wakeUps += 1
            now += pace.noteRead(at: now) ? pace.restNanoseconds(now: now) : 1_000
            // The next frame comes soon after each rest.
            now += 1_000
        }
        #expect((950...1_002).contains(wakeUps))
    }
}
