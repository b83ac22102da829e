import Testing

@testable import NanoCore

/// Alarms about the gateway's own clock.
@Suite struct ClockAlarmTests {
    @Test func `a clock that is not synchronised is an alarm after five minutes`() {
        var watch = AlarmWatch()
        watch.pass(seconds: 299) { $0.clock.state = .unsynchronised }
        #expect(watch.board.alarms.isEmpty)
        watch.pass(seconds: 2) { $0.clock.state = .unsynchronised }
        #expect(watch.titles == ["clock not synchronised"])
        watch.pass(seconds: 31) { $0.clock.state = .synchronised }
        #expect(watch.board.alarms.isEmpty)
    }

    @Test func `a clock of which nothing is known is no alarm, nor is one that may be wrong`() {
        var watch = AlarmWatch()
        watch.pass(seconds: 400) { $0.clock.state = .unknown }
        #expect(watch.board.alarms.isEmpty)
        var rules = ClockRules()
        rules.alarmsUnsynchronised = false
        watch.board = AlarmBoard(clock: rules)
        watch.pass(seconds: 400) { $0.clock.state = .unsynchronised }
        #expect(watch.board.alarms.isEmpty)
    }

    @Test func `most devices beside the clock are an alarm that says how many and how far`() throws
    {
        var watch = AlarmWatch()
        let offsets = [Double](repeating: -3_720, count: 41) + [500, 900]
        // A single look may have found them at sending what they have kept.
        watch.pass(seconds: 14) {
            $0.clock.consensus = ClockConsensus(
                offsets.map { .init(ahead: $0) }, leastDevices: 5)
        }
        #expect(watch.titles.isEmpty)
        watch.pass(seconds: 2)
        try #require(watch.titles.count == 1)
        #expect(watch.titles == ["gateway's clock is wrong"])
        #expect(
            watch.texts[0].hasPrefix("it is 62 min ahead of 41 of 43 devices that have spoken; "))
        #expect(watch.board.alarms[0].severity == .critical)
    }

    @Test func `an offset below the limit is no alarm, and one that stands takes half to end`() {
        var watch = AlarmWatch()
        func pass(_ seconds: UInt64, ahead: Double) {
            watch.pass(seconds: seconds) {
                $0.clock.consensus = ClockConsensus(
                    [Double](repeating: -ahead, count: 9).map { .init(ahead: $0) }, leastDevices: 5)
            }
        }
        pass(60, ahead: 4.9)
        #expect(watch.board.alarms.isEmpty)
        pass(16, ahead: -5)
        pass(60, ahead: 3)
        #expect(watch.titles == ["gateway's clock is wrong"])
        pass(31, ahead: 2)
        #expect(watch.changes == ["+gateway's clock is wrong", "-gateway's clock is wrong"])
    }

    @Test func `a step is told for ten minutes`() {
        var watch = AlarmWatch()
        let step = ClockStep(
            seconds: -3_600, unixMilliseconds: 1_790_000_001_000,
            monotonicNanoseconds: 8_000_000_000)
        watch.pass { $0.clock.lastStep = step }
        #expect(watch.titles == ["gateway's clock was set"])
        #expect(watch.texts[0].hasPrefix("60 min back, at 2026-09-21 14:13:21Z of the new time"))
        watch.pass(seconds: 598)
        #expect(watch.board.alarms.count == 1)
        watch.pass(seconds: 3)
        #expect(watch.board.alarms.isEmpty)
    }

    @Test func `only a gateway that is told so has to have a synchronised clock`() {
        var clock = ClockSnapshot()
        for state in [ClockSnapshot.State.unknown, .unsynchronised, .synchronised] {
            clock.state = state
            clock.mustBeSynchronised = false
            #expect(clock.hindrance == nil)
            clock.mustBeSynchronised = true
            #expect((clock.hindrance == nil) == (state == .synchronised))
        }
    }
}
