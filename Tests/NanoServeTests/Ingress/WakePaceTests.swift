import Testing

@testable import NanoServe

/// When an event loop rests; times in nanoseconds.
@Suite struct WakePaceTests {
    static let interval = WakePace.intervalNanoseconds

    @Test func `a loop that is woken now and then never rests`() {
        var pace = WakePace()
        for wakeUp: UInt64 in 1...100 {
            let rests = pace.noteRead(bytes: 145, at: wakeUp * Self.interval)
            #expect(!rests)
        }
    }

    @Test func `a loop that is woken for frame after frame rests once a wake-up`() {
        var pace = WakePace()
        let answers = [10 * Self.interval, 11 * Self.interval - 1, 11 * Self.interval].map {
            pace.noteRead(bytes: 145, at: $0)
        }
        #expect(answers == [false, true, false])
        let rest = pace.restNanoseconds(now: 11 * Self.interval)
        #expect(rest == Self.interval - 1)
    }

    @Test func `a loop that has read for longer than it would rest goes on`() {
        var pace = WakePace()
        let answers = [10 * Self.interval, 10 * Self.interval + 1].map {
            pace.noteRead(bytes: 145, at: $0)
        }
        #expect(answers == [false, true])
        let rest = pace.restNanoseconds(now: 11 * Self.interval + 1)
        #expect(rest == 0)
    }

    @Test func `a loop that reads more than a few frames at a time goes on`() {
        var pace = WakePace()
        let start = 10 * Self.interval
        let answers = [(145, start), (16_384, start + 1), (145, start + 2)].map {
            pace.noteRead(bytes: $0, at: $1)
        }
        #expect(answers == [false, true, false])
        let rest = pace.restNanoseconds(now: start + 3)
        #expect(rest == 0)
        let next = pace.noteRead(bytes: 145, at: start + 4)
        let nextRest = pace.restNanoseconds(now: start + 4)
        #expect(next && nextRest == Self.interval)
    }

    @Test func `a stream of frames keeps the pace`() {
        var pace = WakePace()
        var now = 10 * Self.interval
        var wakeUps = 0
        let end = now + 1_000 * Self.interval
        while now < end {
            wakeUps += 1
            now += pace.noteRead(bytes: 145, at: now) ? pace.restNanoseconds(now: now) : 1_000
            // The next frame comes soon after each rest.
            now += 1_000
        }
        #expect((950...1_002).contains(wakeUps))
    }
}
