import NanoCore
import Testing

@Suite struct SharedReplayGuardTests {
    typealias Base = ReplayGuardTests
    static let noon = Base.noon

    static func entry(_ number: UInt64) -> ReplayGuard.Entry {
        let device = SipHash(key: (1, 2)).hash(UInt8(number % 100))
        return Base.entry(number, noon + UInt32(number % 7), device: device)
    }

    static func make(
        shards: Int, _ configuration: ReplayGuard.Configuration = ReplayGuard.Configuration()
    ) -> SharedReplayGuard {
        SharedReplayGuard(configuration: configuration, hashKey: (21, 22), shardCount: shards)
    }

    @Test(arguments: [1, 2, 4, 16])
    func `many threads that bring the same frames are told fresh once each`(shards: Int) async {
        let replay = Self.make(shards: shards)
        let fresh = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let answers = (0..<2_000).map { number in
                        replay.insert(Self.entry(number), now: Base.at(0))
                    }
                    return answers.filter { $0 == .fresh }.count
                }
            }
            return await group.reduce(0, +)
        }
        #expect(fresh == 2_000)
        #expect(replay.statistics.entries == 2_000)
        #expect(replay.statistics.devices == 100)
    }

    @Test(arguments: [1, 2, 8], [1, 4, 8])
    func `the number of shards may change between runs`(before: Int, after: Int) throws {
        let replay = Self.make(shards: before)
        for number: UInt64 in 0..<500 { _ = replay.insert(Self.entry(number), now: Base.at(0)) }
        replay.tidy(now: Base.at(1))
        let restored = try SharedReplayGuard(
            saved: replay.saved(now: Base.at(2)),
            configuration: ReplayGuard.Configuration(), shardCount: after, now: Base.at(0))
        for number: UInt64 in 0..<500 {
            #expect(restored.check(Self.entry(number)) == .replay(.sameAddress))
        }
        #expect(restored.check(Self.entry(500)) == .fresh)
        let bytes: [UInt8] = [1, 2, 3]
        #expect(restored.hash.hash(bytes.span, 0..<3) == replay.hash.hash(bytes.span, 0..<3))
    }

    @Test func `all shards refuse what is forgotten`() {
        let replay = Self.make(shards: 8)
        replay.forget(timestamps: 0...Self.noon + 7)
        for number: UInt64 in 0..<100 {
            #expect(replay.check(Self.entry(number)) == .stale(.beforeForgotten))
        }
        #expect(replay.lostEnd(of: 0) == Self.noon + 7)
        #expect(replay.lostEnd(of: Self.noon + 8) == nil)
    }

    @Test func `one busy device may use what the other shards leave over, and no more`() {
        var configuration = ReplayGuard.Configuration()
        configuration.memoryBudgetBytes = 400_000
        let replay = Self.make(shards: 4, configuration)
        var most = 0
        for number: UInt64 in 0..<40_000 {
            let entry = Base.entry(number, Self.noon + UInt32(number / 100), device: 7)
            _ = replay.insert(entry, now: Base.at(0))
            if number % 100 == 0 { most = max(most, replay.statistics.bytes) }
        }
        #expect(most > 200_000)
        #expect(most <= 250_000 + 572)
    }

    @Test func `in model mode all devices of a model share a second`() {
        var configuration = ReplayGuard.Configuration()
        configuration.keyMode = .modelTimestamp
        let replay = Self.make(shards: 16, configuration)
        let verdicts = (0..<100).map { device in
            replay.insert(
                Base.entry(UInt64(device), Self.noon, device: UInt64(device) << 48),
                now: Base.at(0))
        }
        #expect(verdicts.filter { $0 == .fresh }.count == 1)
    }
}
