import Testing

@testable import NanoCore

/// What the guard does when it cannot keep everything: it refuses more, and never accepts twice.
@Suite struct ReplayGuardPressureTests {
    typealias Base = ReplayGuardTests
    static let noon = Base.noon

    @Test func `the frames of a device that had to go stay known as long as any others`() {
        var replay = Base.make(devices: 2)
        _ = replay.insert(Base.entry(1, Self.noon, device: 1), now: Base.at(0))
        _ = replay.insert(Base.entry(2, Self.noon + 5, device: 2), now: Base.at(1))
        _ = replay.insert(Base.entry(3, Self.noon + 5, device: 3), now: Base.at(2))
        let gone = replay.check(Base.entry(1, Self.noon, device: 1))
        let another = replay.check(Base.entry(9, Self.noon, device: 1))
        let kept = replay.check(Base.entry(1, Self.noon, device: 2))
        #expect(gone == .replay(.sameConnection))
        #expect(another == .fresh)
        #expect(kept == .replay(.sameConnection), "it may be the device that had to go")
        let statistics = replay.statistics
        #expect(statistics.droppedDevices == 1)
    }

    @Test func `what was given up of a device that had to go is refused of all that may be it`() {
        var replay = Base.make(devices: 2)
        _ = replay.insert(Base.entry(1, Self.noon, device: 1), now: Base.at(0))
        _ = replay.insert(Base.entry(2, Self.noon + 5, device: 2), now: Base.at(1))
        _ = replay.insert(Base.entry(3, Self.noon + 5, device: 3), now: Base.at(2))
        _ = replay.insert(Base.entry(4, Self.noon + 200, device: 2), now: Base.at(200))
        while replay.tidy(now: Base.at(302)) {}
        let back = replay.check(Base.entry(1, Self.noon, device: 1))
        let stranger = replay.check(Base.entry(9, Self.noon, device: 4))
        let later = replay.check(Base.entry(9, Self.noon + 1, device: 4))
        let kept = replay.check(Base.entry(9, Self.noon, device: 2))
        #expect(back == .stale(.beforeForgotten))
        #expect(stranger == .stale(.beforeForgotten))
        #expect(later == .fresh)
        #expect(kept == .fresh, "it was there before anything was dropped")
    }

    @Test func `a device that comes back is refused what it sent before, once that is given up`() {
        var replay = Base.make(devices: 1)
        _ = replay.insert(Base.entry(1, Self.noon, device: 1), now: Base.at(0))
        _ = replay.insert(Base.entry(1, Self.noon + 1, device: 2), now: Base.at(1))
        let back = replay.insert(Base.entry(2, Self.noon + 2, device: 1), now: Base.at(2))
        let exact = replay.check(Base.entry(1, Self.noon, device: 1))
        while replay.tidy(now: Base.at(400)) {}
        let old = replay.check(Base.entry(1, Self.noon, device: 1))
        let late = replay.check(Base.entry(9, Self.noon + 1, device: 1))
        let next = replay.check(Base.entry(9, Self.noon + 3, device: 1))
        #expect(back == .fresh)
        #expect(exact == .replay(.sameConnection))
        #expect(old == .stale(.beforeForgotten))
        #expect(late == .stale(.beforeForgotten))
        #expect(next == .fresh)
    }

    @Test func `the device heard least recently goes first`() {
        var replay = Base.make(devices: 2)
        _ = replay.insert(Base.entry(1, Self.noon, device: 1), now: Base.at(0))
        _ = replay.insert(Base.entry(1, Self.noon, device: 2), now: Base.at(1))
        _ = replay.insert(Base.entry(2, Self.noon + 9, device: 1), now: Base.at(2))
        _ = replay.insert(Base.entry(1, Self.noon + 9, device: 3), now: Base.at(3))
        while replay.tidy(now: Base.at(301.5)) {}
        let first = replay.check(Base.entry(3, Self.noon, device: 1))
        let second = replay.check(Base.entry(3, Self.noon, device: 2))
        #expect(first == .stale(.secondEvicted), "it has its ring")
        #expect(second == .stale(.beforeForgotten))
    }

    @Test func `names made up under one model's key drive out none of another's`() {
        var replay = Base.make(devices: 100)
        for device: UInt64 in 0..<40 {
            let entry = Base.entry(1, Self.noon, device: device, model: .stm32Gas)
            _ = replay.insert(entry, now: Base.at(0))
        }
        for device: UInt64 in 100..<500 {
            _ = replay.insert(Base.entry(1, Self.noon + 58, device: device), now: Base.at(1))
        }
        while replay.tidy(now: Base.at(302)) {}
        // A device that was dropped would have lost its ring, and with it what tells these apart.
        for device: UInt64 in 0..<40 {
            let evicted = replay.check(
                Base.entry(2, Self.noon, device: device, model: .stm32Gas))
            let never = replay.check(
                Base.entry(2, Self.noon + 58, device: device, model: .stm32Gas))
            #expect(evicted == .stale(.secondEvicted) && never == .fresh)
        }
    }

    @Test func `a device silent for longer than the window goes before all others`() {
        var replay = Base.make(devices: 3)
        let silent = Base.entry(1, Self.noon, device: 1, model: .stm32Gas)
        _ = replay.insert(silent, now: Base.at(0))
        for device: UInt64 in 2...3 {
            _ = replay.insert(Base.entry(1, Self.noon + 3_000, device: device), now: Base.at(3_000))
        }
        _ = replay.insert(Base.entry(1, Self.noon + 3_720, device: 4), now: Base.at(3_720))
        let statistics = replay.statistics
        #expect(statistics.droppedDevices == 0, "nothing was dropped that mattered")
        let kept = replay.check(Base.entry(2, Self.noon + 2_999, device: 2))
        #expect(kept == .fresh)
    }

    /// The attack that a holder of one model's key can make: more names than there is room for, stamped
    /// as far ahead as is allowed, and then as many as it takes to go on.
    @Test(arguments: [1, UInt64.random(in: 2 ... .max)])
    func `no honest frame is refused however many names are made up, and none comes twice`(
        seed: UInt64
    ) {
        var random = SeededNumbers(seed: seed)
        var replay = Base.make(budget: 8 << 20, devices: 200)
        var sent: [ReplayGuard.Entry] = []
        var name: UInt64 = 1_000
        for second: UInt32 in 0..<1_200 {
            let now = Base.at(Double(second))
            for _ in 0..<(second % 60 == 0 ? 500 : 2) {
                name += 1
                let entry = Base.entry(random.next(), Self.noon + second + 58, device: name)
                if replay.insert(entry, now: now) == .fresh { sent.append(entry) }
            }
            for device: UInt64 in 0..<60 where random.next() % 5 == 0 {
                let model: ModelID = device % 2 == 0 ? .esp32Pressure : .stm32Gas
                let lag = UInt32(random.next() % 120)
                let entry = Base.entry(
                    random.next(), Self.noon + second - lag, device: device, model: model)
                let verdict = replay.insert(entry, now: now)
                #expect(verdict == .fresh, "seed \(seed), second \(second), device \(device)")
                sent.append(entry)
            }
            for _ in 0..<20 {
                let copy = sent[Int(random.next() % UInt64(sent.count))]
                let again = replay.insert(copy, now: now)
                #expect(again != .fresh, "seed \(seed), second \(second)")
            }
        }
    }

    @Test(arguments: [false, true])
    func `a clock that was ahead for a moment keeps no device out`(restarts: Bool) throws {
        let replay = ReplayGuardSavingTests.make()
        let year: UInt32 = 365 * 86_400
        let before = Base.entry(1, Self.noon)
        let ahead = Base.entry(2, Self.noon + year)
        for entry in [before, ahead] { _ = replay.insert(entry, now: Base.at(1)) }
        let used =
            restarts
            ? try ReplayGuardSavingTests.restored(replay.saved(now: Base.at(2)), at: 2) : replay
        #expect(used.insert(Base.entry(3, Self.noon + 4), now: Base.at(4)) == .fresh)
        #expect(used.insert(Base.entry(4, Self.noon + 3), now: Base.at(4)) == .fresh)
        // When both have left the exact memory, neither comes again, now or in a year.
        used.tidy(now: Base.at(400))
        #expect(used.check(before) == .stale(.beforeForgotten))
        #expect(used.check(ahead) == .stale(.beforeForgotten))
        #expect(used.insert(Base.entry(5, Self.noon + 400), now: Base.at(400)) == .fresh)
        #expect(used.check(Base.entry(6, Self.noon + year + 1)) == .fresh)
    }

    /// Clocks that were set wrong twice and then right, by hours each time: frames of the right time are let
    /// in, but for those of minutes that devices were in before, and none comes twice.
    @Test(
        arguments: [[3_600, 10_800], [3_600, -3_600], [-3_500, 5_000], [7_200, 3_600]], [0, 400])
    func `clocks that were wrong twice keep nobody out when they are right again`(
        errors: [Int], pause: Int
    ) {
        var replay = Base.make()
        var (elapsed, tag) = (0, UInt64(0))
        var sent: [ReplayGuard.Entry] = []
        var visited: [ClosedRange<UInt32>] = []
        func send(_ error: Int) -> ReplayGuard.Check {
            tag += 1
            elapsed += 10
            let entry = Base.entry(tag, UInt32(Int(Self.noon) + elapsed + error))
            let verdict = replay.insert(entry, now: Base.at(Double(elapsed)))
            if verdict == .fresh { sent.append(entry) }
            return verdict
        }
        for error in [0] + errors + [0] {
            let start = UInt32(Int(Self.noon) + elapsed + error)
            for _ in 0..<30 { #expect(send(error) == .fresh, "\(error), \(elapsed) s") }
            visited.append(start...start + 300)
            elapsed += pause
            while replay.tidy(now: Base.at(Double(elapsed))) {}
            for entry in sent {
                let again = replay.check(entry)
                #expect(again != .fresh, "\(entry.timestamp - Self.noon), \(elapsed) s")
            }
        }
        for _ in 0..<400 {
            let late = send(0)
            let isKnownTime = visited.contains { $0.contains(Self.noon + UInt32(elapsed)) }
            #expect(late == .fresh || isKnownTime, "\(elapsed) s")
        }
    }

    @Test func `a clock at the end of time is left like any other`() {
        var replay = Base.make()
        let times: [UInt32] = [.max - 70, .max - 3, 1_700_000_000]
        for (tag, time) in times.enumerated() {
            let entry = Base.entry(UInt64(tag), time)
            let verdict = replay.insert(entry, now: Base.at(Double(tag) * 400))
            #expect(verdict == .fresh)
            while replay.tidy(now: Base.at(Double(tag) * 400 + 350)) {}
        }
        for (tag, time) in times.enumerated() {
            let again = replay.check(Base.entry(UInt64(tag), time))
            #expect(again != .fresh, "\(time)")
        }
    }

    @Test func `devices that report once a day cost others nothing when a clock was ahead`() {
        var replay = Base.make()
        let day: UInt32 = 86_400
        for report: UInt32 in 0..<20 {
            let entry = Base.entry(UInt64(report), Self.noon + report * day, device: 1)
            let verdict = replay.insert(entry, now: Base.at(Double(report * day)))
            #expect(verdict == .fresh)
            // Neither what it has sent comes again, nor what it sent the day before.
            while replay.tidy(now: Base.at(Double(report * day) + 400)) {}
            let again = replay.check(entry)
            #expect(again == .stale(.secondEvicted))
            guard report > 0 else { continue }
            let earlier = Base.entry(1, Self.noon + (report - 1) * day, device: 1)
            let before = replay.check(earlier)
            #expect(before == .stale(.beforeForgotten))
        }
        let (today, seconds) = (Self.noon + 19 * day, Double(19 * day) + 500)
        for (tag, ahead) in [(1, 500), (2, 36_000), (3, 502), (4, 503)] as [(UInt64, UInt32)] {
            let verdict = replay.insert(
                Base.entry(tag, today + ahead, device: 2), now: Base.at(seconds))
            #expect(verdict == .fresh)
        }
        let stranger = replay.check(Base.entry(5, today + 504, device: 3))
        #expect(stranger == .fresh)
    }

    @Test func `a slot's devices are never taken for each other, however many it has had`() {
        var replay = Base.make(devices: 2)
        replay.devices.lastGeneration = 3
        let first = Base.entry(1, Self.noon, device: 1)
        _ = replay.insert(first, now: Base.at(0))
        for name: UInt64 in 2..<200 {
            let entry = Base.entry(name, Self.noon + 1, device: name)
            _ = replay.insert(entry, now: Base.at(Double(name)))
            // Its second stays exact.
            let other = Base.entry(1_000 + name, Self.noon, device: 1_000 + name)
            _ = replay.insert(other, now: Base.at(Double(name)))
            let verdicts = [first, entry, other].map { replay.check($0) }
            #expect(verdicts == Array(repeating: .replay(.sameConnection), count: 3))
        }
        while replay.tidy(now: Base.at(600)) {}
        for name: UInt64 in 1..<200 {
            let timestamp = name == 1 ? Self.noon : Self.noon + 1
            let verdict = replay.check(Base.entry(name, timestamp, device: name))
            #expect(verdict != .fresh)
        }
    }

    @Test func `forgetting a time refuses it for devices known and unknown`() {
        var replay = Base.make()
        _ = replay.insert(Base.entry(1, Self.noon, device: 1), now: Base.at(0))
        replay.forget(timestamps: 0...Self.noon + 60)
        let verdicts = [1, 2].map { replay.check(Base.entry(7, Self.noon + 60, device: $0)) }
        let later = [1, 2].map { replay.check(Base.entry(7, Self.noon + 61, device: $0)) }
        #expect(verdicts == [.stale(.beforeForgotten), .stale(.beforeForgotten)])
        #expect(later == [.fresh, .fresh])
    }

    @Test(arguments: [0, 1_000, 20_000, 200_000])
    func `memory stays within its budget and nothing is accepted twice`(budget: Int) {
        var replay = Base.make(budget: budget, devices: 50)
        var most = 0
        for step in 0..<20_000 {
            let entry = Base.entry(
                UInt64(step), Self.noon + UInt32(step / 100), device: UInt64(step % 50))
            _ = replay.insert(entry, now: Base.at(Double(step) / 100))
            let again = replay.insert(entry, now: Base.at(Double(step) / 100))
            if again == .fresh { Issue.record("step \(step) was accepted twice") }
            most = max(most, replay.statistics.bytes)
        }
        #expect(most <= budget + 50 * 580)
    }

    @Test func `one second can take the whole budget without a second acceptance`() {
        var replay = Base.make(budget: 50_000, devices: 1_000)
        var accepted: [ReplayGuard.Entry] = []
        for tag: UInt64 in 0..<20_000 {
            let entry = Base.entry(tag, Self.noon, device: tag % 1_000)
            if replay.insert(entry, now: Base.at(0)) == .fresh { accepted.append(entry) }
        }
        #expect(accepted.count > 3_000)
        let twice = accepted.filter { replay.check($0) == .fresh }
        #expect(twice.isEmpty)
    }
}
