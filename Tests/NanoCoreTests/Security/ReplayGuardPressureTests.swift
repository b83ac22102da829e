import NanoCore
import Testing

/// What the guard does when it cannot keep everything: it refuses more, and never accepts twice.
@Suite struct ReplayGuardPressureTests {
    typealias Base = ReplayGuardTests
    static let noon = Base.noon

    @Test func `a device that had to go is refused at or before its newest frame`() {
        var replay = Base.make(devices: 2)
        _ = replay.insert(Base.entry(1, Self.noon, device: 1), now: Base.at(0))
        _ = replay.insert(Base.entry(1, Self.noon + 5, device: 2), now: Base.at(1))
        _ = replay.insert(Base.entry(1, Self.noon + 5, device: 3), now: Base.at(2))
        let gone = replay.check(Base.entry(1, Self.noon, device: 1))
        let stranger = replay.check(Base.entry(1, Self.noon, device: 4))
        let later = replay.check(Base.entry(1, Self.noon + 1, device: 4))
        let kept = replay.check(Base.entry(1, Self.noon - 1, device: 2))
        #expect(gone == .stale(.beforeForgotten))
        #expect(stranger == .stale(.beforeForgotten))
        #expect(later == .fresh)
        #expect(kept == .fresh)
    }

    @Test func `the device heard least recently goes first`() {
        var replay = Base.make(devices: 2)
        _ = replay.insert(Base.entry(1, Self.noon, device: 1), now: Base.at(0))
        _ = replay.insert(Base.entry(1, Self.noon, device: 2), now: Base.at(1))
        _ = replay.insert(Base.entry(2, Self.noon, device: 1), now: Base.at(2))
        _ = replay.insert(Base.entry(1, Self.noon + 1, device: 3), now: Base.at(3))
        let first = replay.check(Base.entry(3, Self.noon, device: 1))
        let second = replay.check(Base.entry(3, Self.noon, device: 2))
        #expect(first == .fresh)
        #expect(second == .stale(.beforeForgotten))
    }

    @Test func `a device that comes back is not trusted with what it sent before`() {
        var replay = Base.make(devices: 1)
        _ = replay.insert(Base.entry(1, Self.noon, device: 1), now: Base.at(0))
        _ = replay.insert(Base.entry(1, Self.noon + 1, device: 2), now: Base.at(1))
        let back = replay.insert(Base.entry(2, Self.noon + 2, device: 1), now: Base.at(2))
        let old = replay.check(Base.entry(1, Self.noon, device: 1))
        let between = replay.check(Base.entry(9, Self.noon + 1, device: 1))
        #expect(back == .fresh)
        #expect(old == .stale(.beforeForgotten))
        #expect(between == .stale(.beforeForgotten))
    }

    @Test func `forgetting a time refuses it for devices known and unknown`() {
        var replay = Base.make()
        _ = replay.insert(Base.entry(1, Self.noon, device: 1), now: Base.at(0))
        replay.forgetEverythingUpTo(timestamp: Self.noon + 60)
        let verdicts = [1, 2].map { replay.check(Base.entry(7, Self.noon + 60, device: $0)) }
        let later = [1, 2].map { replay.check(Base.entry(7, Self.noon + 61, device: $0)) }
        #expect(verdicts == [.stale(.beforeForgotten), .stale(.beforeForgotten)])
        #expect(later == [.fresh, .fresh])
        let statistics = replay.statistics
        #expect(statistics.forgottenTimestamp == Self.noon + 60)
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
        #expect(most <= budget + 50 * 572)
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
