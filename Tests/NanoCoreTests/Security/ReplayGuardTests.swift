import NanoCore
import Testing

@Suite struct ReplayGuardTests {
    static let noon: UInt32 = 1_768_651_200

    static func at(_ seconds: Double) -> Moment {
        Moment(unixMilliseconds: 0, monotonicNanoseconds: UInt64((10_000 + seconds) * 1e9))
    }

    static func entry(
        _ tag: UInt64, _ timestamp: UInt32, device: UInt64 = 1,
        from source: PacketSource = PacketSource(connection: 1, address: 1 << 56),
        model: ModelID = .esp32Pressure
    ) -> ReplayGuard.Entry {
        ReplayGuard.Entry(
            model: model, timestamp: timestamp, device: device, tag: tag, source: source)
    }

    static func make(
        budget: Int = 1 << 20, devices: Int = 100, mode: ReplayGuard.KeyMode = .frame
    ) -> ReplayGuard {
        var configuration = ReplayGuard.Configuration()
        configuration.memoryBudgetBytes = budget
        configuration.deviceCapacity = devices
        configuration.keyMode = mode
        return ReplayGuard(configuration: configuration, hashKey: (11, 12))
    }

    @Test func `an empty guard refuses nothing`() {
        let replay = Self.make()
        let oldest = replay.check(Self.entry(1, 0))
        let newest = replay.check(Self.entry(1, .max))
        #expect(oldest == .fresh)
        #expect(newest == .fresh)
    }

    @Test func `looking up remembers nothing`() {
        let replay = Self.make()
        let verdicts = (0..<3).map { _ in replay.check(Self.entry(1, Self.noon)) }
        #expect(verdicts == [.fresh, .fresh, .fresh])
        let statistics = replay.statistics
        #expect(statistics.devices == 0 && statistics.entries == 0)
    }

    @Test func `a frame is fresh once`() {
        var replay = Self.make()
        let first = replay.insert(Self.entry(1, Self.noon), now: Self.at(0))
        let looked = replay.check(Self.entry(1, Self.noon))
        let second = replay.insert(Self.entry(1, Self.noon), now: Self.at(0))
        #expect(first == .fresh)
        #expect(looked == .replay(.sameConnection))
        #expect(second == .replay(.sameConnection))
        let statistics = replay.statistics
        #expect(statistics.entries == 1)
    }

    @Test func `other connections of an address are seldom taken for the first one`() {
        var replay = Self.make()
        var entry = Self.entry(1, Self.noon)
        entry.source = PacketSource(connection: 1, address: 7)
        _ = replay.insert(entry, now: Self.at(0))
        var mistaken: [UInt64] = []
        for connection in 2...25_501 as ClosedRange<UInt64> {
            entry.source = PacketSource(connection: connection, address: 7)
            if replay.check(entry) == .replay(.sameConnection) { mistaken.append(connection) }
        }
        // One in 255 on average; four standard deviations either way.
        #expect((60...140).contains(mistaken.count), "\(mistaken.count)")
        let steps = Set(zip(mistaken, mistaken.dropFirst()).map { $1 - $0 })
        #expect(steps.count > 30, "they come in no pattern: \(steps)")
    }

    @Test func `device, second and tag tell frames apart`() {
        var replay = Self.make()
        let verdicts = [
            replay.insert(Self.entry(1, Self.noon), now: Self.at(0)),
            replay.insert(Self.entry(2, Self.noon), now: Self.at(0)),
            replay.insert(Self.entry(1, Self.noon + 1), now: Self.at(0)),
            replay.insert(Self.entry(1, Self.noon, device: 2), now: Self.at(0)),
        ]
        #expect(verdicts.allSatisfy { $0 == .fresh })
    }

    @Test func `a replay tells where the first copy came from`() {
        var replay = Self.make()
        _ = replay.insert(Self.entry(1, Self.noon), now: Self.at(0))
        let neighbour = PacketSource(connection: 2, address: 1 << 56)
        let stranger = PacketSource(connection: 1, address: 2 << 56)
        let fromNeighbour = replay.check(Self.entry(1, Self.noon, from: neighbour))
        let fromStranger = replay.check(Self.entry(1, Self.noon, from: stranger))
        #expect(fromNeighbour == .replay(.sameAddress))
        #expect(fromStranger == .replay(.otherAddress))
    }

    @Test func `a second is exact until 300 s after its last insertion`() {
        var replay = Self.make()
        _ = replay.insert(Self.entry(1, Self.noon), now: Self.at(0))
        _ = replay.insert(Self.entry(2, Self.noon), now: Self.at(200))
        _ = replay.insert(Self.entry(9, Self.noon + 499, device: 2), now: Self.at(499.9))
        let sameFrame = replay.check(Self.entry(1, Self.noon))
        let otherFrame = replay.check(Self.entry(3, Self.noon))
        #expect(sameFrame == .replay(.sameConnection))
        #expect(otherFrame == .fresh)

        _ = replay.insert(Self.entry(9, Self.noon + 500, device: 2), now: Self.at(500))
        let sameAfter = replay.check(Self.entry(1, Self.noon))
        let otherAfter = replay.check(Self.entry(3, Self.noon))
        let otherDevice = replay.check(Self.entry(1, Self.noon, device: 2))
        #expect(sameAfter == .stale(.secondEvicted))
        #expect(otherAfter == .stale(.secondEvicted))
        #expect(otherDevice == .fresh)
    }

    @Test func `time gives seconds up also while nothing comes in`() {
        var replay = Self.make()
        for tag: UInt64 in 0..<1_000 {
            _ = replay.insert(Self.entry(tag, Self.noon), now: Self.at(0))
        }
        var more = replay.tidy(now: Self.at(299.9))
        #expect(!more)
        let before = replay.statistics
        more = replay.tidy(now: Self.at(300))
        #expect(!more)
        let after = replay.statistics
        #expect(before.entries == 1_000 && before.evictedSeconds == 0)
        #expect(after.entries == 0 && after.evictedSeconds == 1)
        #expect(after.bytes < before.bytes - 12_000)
    }

    @Test(
        arguments: zip(
            [4_095, 4_096, 4_097, 4_200, 4_201] as [UInt32],
            [ReplayGuard.Check.fresh, .fresh, .stale(.behindNewest), .stale(.behindNewest), .fresh])
    )
    func `a device's memory ends 4,096 s behind its newest, unless it has no older past`(
        distance: UInt32, expected: ReplayGuard.Check
    ) {
        var replay = Self.make()
        _ = replay.insert(Self.entry(3, Self.noon - 4_200), now: Self.at(0))
        _ = replay.insert(Self.entry(4, Self.noon - 104), now: Self.at(0))
        _ = replay.insert(Self.entry(1, Self.noon), now: Self.at(0))
        let verdict = replay.insert(Self.entry(2, Self.noon - distance), now: Self.at(0))
        #expect(verdict == expected)
    }

    @Test(arguments: [1, 63, 64, 3_660, 4_095, 4_096])
    func `a second given up stays refused while the ring slides over it`(distance: UInt32) {
        var replay = Self.make()
        _ = replay.insert(Self.entry(1, Self.noon), now: Self.at(0))
        _ = replay.insert(Self.entry(2, Self.noon + 1, device: 2), now: Self.at(300))
        let asNewest = replay.check(Self.entry(1, Self.noon))
        _ = replay.insert(Self.entry(3, Self.noon + distance), now: Self.at(300))
        let behind = replay.check(Self.entry(1, Self.noon))
        let neighbour = replay.check(Self.entry(4, Self.noon + distance - 1))
        #expect(asNewest == .stale(.secondEvicted))
        #expect(behind == .stale(.secondEvicted))
        #expect(neighbour == (distance == 1 ? .stale(.secondEvicted) : .fresh))
        _ = replay.insert(Self.entry(5, Self.noon + 4_097), now: Self.at(301))
        let beyond = replay.check(Self.entry(1, Self.noon))
        #expect(beyond == .stale(.behindNewest))
    }

    @Test func `bits of seconds long past do not mark the seconds that take their place`() {
        var replay = Self.make()
        for second: UInt32 in 0..<200 {
            _ = replay.insert(Self.entry(1, Self.noon + second), now: Self.at(0))
        }
        _ = replay.insert(Self.entry(1, Self.noon, device: 2), now: Self.at(301))
        replay.tidy(now: Self.at(301))
        _ = replay.insert(Self.entry(1, Self.noon + 2_000), now: Self.at(302))
        _ = replay.insert(Self.entry(1, Self.noon + 4_296), now: Self.at(302))
        let verdicts = (4_096..<4_296).map { replay.check(Self.entry(2, Self.noon + $0)) }
        #expect(verdicts.allSatisfy { $0 == .fresh })
        let last = replay.check(Self.entry(2, Self.noon + 200))
        #expect(last == .fresh)
        let gone = replay.check(Self.entry(2, Self.noon + 199))
        #expect(gone == .stale(.behindNewest))
    }

    @Test func `in model mode a model has one frame a second`() {
        var replay = Self.make(mode: .modelTimestamp)
        let verdicts = [
            replay.insert(Self.entry(1, Self.noon, device: 1), now: Self.at(0)),
            replay.insert(Self.entry(2, Self.noon, device: 2), now: Self.at(0)),
            replay.insert(Self.entry(3, Self.noon + 1, device: 1), now: Self.at(0)),
            replay.insert(Self.entry(4, Self.noon, device: 1, model: .custom), now: Self.at(0)),
        ]
        #expect(verdicts == [.fresh, .replay(.sameConnection), .fresh, .fresh])
    }
}
