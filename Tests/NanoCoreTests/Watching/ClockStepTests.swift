import Testing

@testable import NanoCore

/// Whether the wall clock was set, told by the monotonic one.
@Suite struct ClockStepTests {
    /// What a clock shows so many seconds after the start, when it has been set by some in between.
    static func moment(after seconds: Double, set steps: Double = 0) -> Moment {
        Moment(
            unixMilliseconds: 1_790_000_000_000 + Int64((seconds + steps) * 1_000),
            monotonicNanoseconds: 5_000_000_000 + UInt64(seconds * 1e9))
    }

    @Test(arguments: [0.5, 3_600, 86_400, -0.5, -3_600, -86_400])
    func `a step is found at the next look, with how far and when`(seconds: Double) throws {
        var watch = ClockWatch(rules: ClockRules())
        #expect(watch.look(nil, now: Self.moment(after: 0)) == nil)
        #expect(watch.look(nil, now: Self.moment(after: 1)) == nil)
        let now = Self.moment(after: 2, set: seconds)
        let found = watch.look(nil, now: now)
        let step = try #require(found)
        #expect(abs(step.seconds - seconds) < 0.002)
        #expect(step.unixMilliseconds == now.unixMilliseconds)
        #expect(watch.snapshot.lastStep == step && watch.snapshot.steps == 1)
        #expect(watch.look(nil, now: Self.moment(after: 3, set: seconds)) == nil)
    }

    @Test func `a clock that is brought right slowly makes no step`() {
        var watch = ClockWatch(rules: ClockRules())
        for look in 0..<100_000 {
            // 500 parts in a million: as fast as the kernel does it.
            let slewed = Double(look) * 0.000_5
            let step = watch.look(nil, now: Self.moment(after: Double(look), set: slewed))
            #expect(step == nil, "at look \(look)")
        }
        #expect(watch.snapshot.steps == 0)
    }

    @Test func `less than the limit is no step`() {
        var rules = ClockRules()
        rules.stepSeconds = 2
        var watch = ClockWatch(rules: rules)
        _ = watch.look(nil, now: Self.moment(after: 0))
        #expect(watch.look(nil, now: Self.moment(after: 1, set: 1.9)) == nil)
        #expect(watch.look(nil, now: Self.moment(after: 2, set: 3.95)) != nil)
    }

    @Test func `a step is put into words`() {
        func words(_ seconds: Double) -> String {
            ClockStep(seconds: seconds, unixMilliseconds: 0, monotonicNanoseconds: 0).words
        }
        #expect(words(0.52) == "0.5 s forward")
        #expect(words(-3_600) == "60 min back")
        #expect(words(86_400) == "24 h forward")
    }
}
