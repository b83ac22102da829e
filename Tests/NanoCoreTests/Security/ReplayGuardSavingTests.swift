import NanoCore
import Testing

@Suite struct ReplayGuardSavingTests {
    typealias Base = ReplayGuardTests
    static let noon = Base.noon

    static var configuration: ReplayGuard.Configuration {
        var configuration = ReplayGuard.Configuration()
        configuration.memoryBudgetBytes = 1 << 20
        configuration.deviceCapacity = 100
        return configuration
    }

    static func make(
        shards: Int = 1, _ configuration: ReplayGuard.Configuration = configuration
    ) -> SharedReplayGuard {
        SharedReplayGuard(configuration: configuration, hashKey: (11, 12), shardCount: shards)
    }

    static func restored(
        _ bytes: [UInt8], _ configuration: ReplayGuard.Configuration = configuration,
        shards: Int = 1, at seconds: Double = 0
    ) throws -> SharedReplayGuard {
        try SharedReplayGuard(
            saved: bytes, configuration: configuration, shardCount: shards, now: Base.at(seconds))
    }

    /// A device whose shard is its number modulo theirs.
    static func device(_ number: UInt64) -> UInt64 { number << 48 | number }

    static func entry(
        _ tag: UInt64, _ timestamp: UInt32, device number: UInt64 = 1
    ) -> ReplayGuard.Entry {
        Base.entry(tag, timestamp, device: device(number))
    }

    /// A guard that holds a bit, a closing second, live seconds and something forgotten.
    static func filled(shards: Int = 1) -> SharedReplayGuard {
        let replay = make(shards: shards)
        replay.forget(timestamps: 0...noon - 100)
        _ = replay.insert(entry(1, noon), now: Base.at(0))
        for tag: UInt64 in 0..<200 {
            _ = replay.insert(entry(tag, noon + 1, device: 2 + tag % 4), now: Base.at(10))
        }
        _ = replay.insert(entry(1, noon + 300), now: Base.at(310))
        return replay
    }

    static func saved(shards: Int = 1) -> [UInt8] {
        filled(shards: shards).saved(now: Base.at(320))
    }

    @Test(arguments: [1, 4], [1, 2, 4])
    func `a restored guard knows what was known`(before: Int, after: Int) throws {
        let replay = try Self.restored(Self.saved(shards: before), shards: after, at: 7)
        let verdicts = [
            replay.check(Self.entry(1, Self.noon)),
            replay.check(Self.entry(1, Self.noon + 300)),
            replay.check(Self.entry(2, Self.noon + 300)),
            replay.check(Self.entry(1, Self.noon - 100, device: 9)),
            replay.check(Self.entry(1, Self.noon - 99, device: 9)),
        ]
        #expect(
            verdicts == [
                .stale(.secondEvicted), .replay(.sameAddress), .fresh, .stale(.beforeForgotten),
                .fresh,
            ])
        for tag: UInt64 in 0..<200 {
            let verdict = replay.check(Self.entry(tag, Self.noon + 1, device: 2 + tag % 4))
            #expect(verdict == .replay(.sameAddress) || verdict == .stale(.secondEvicted))
        }
    }

    @Test(arguments: [1, 2, 3, 4, 7, 618, 1_000, 4_999, 10_000] as [UInt64])
    func `every frame of one second comes back, however many there are`(count: UInt64) throws {
        let replay = Self.make()
        for tag in 0..<count {
            _ = replay.insert(Self.entry(tag << 48 | tag, Self.noon), now: Base.at(0))
        }
        let restored = try Self.restored(replay.saved(now: Base.at(1)))
        let known = (0..<count).filter {
            restored.check(Self.entry($0 << 48 | $0, Self.noon)) == .replay(.sameAddress)
        }
        #expect(known.count == Int(count))
        #expect(restored.check(Self.entry(1 << 63, Self.noon)) == .fresh)
        #expect(restored.statistics.entries == Int(count))
        #expect(restored.statistics.bytes <= replay.statistics.bytes)
    }

    @Test func `ages go on across a restart with another monotonic clock`() throws {
        let replay = Self.make()
        _ = replay.insert(Self.entry(1, Self.noon), now: Base.at(5_000))
        let restored = try Self.restored(replay.saved(now: Base.at(5_200)))
        restored.tidy(now: Base.at(99))
        let before = restored.check(Self.entry(1, Self.noon))
        restored.tidy(now: Base.at(100))
        let after = restored.check(Self.entry(1, Self.noon))
        #expect(before == .replay(.sameAddress))
        #expect(after == .stale(.secondEvicted))
    }

    @Test(arguments: [1, 4], [1, 4])
    func `a smaller guard refuses what it cannot take over`(before: Int, after: Int) throws {
        let replay = Self.make(shards: before)
        for device: UInt64 in 0..<50 {
            let timestamp = Self.noon + UInt32(device)
            _ = replay.insert(Self.entry(1, timestamp, device: device), now: Base.at(0))
        }
        var small = Self.configuration
        small.deviceCapacity = 10
        small.memoryBudgetBytes = 500
        let restored = try Self.restored(replay.saved(now: Base.at(1)), small, shards: after)
        for device: UInt64 in 0..<50 {
            let timestamp = Self.noon + UInt32(device)
            #expect(restored.check(Self.entry(1, timestamp, device: device)) != .fresh)
        }
    }

    @Test(arguments: [1, 2, 4], [1, 4])
    func `a guard with less room drops the devices that were heard least recently`(
        before: Int, after: Int
    ) throws {
        var large = Self.configuration
        large.deviceCapacity = 1_000
        let replay = Self.make(shards: before, large)
        let devices: [UInt64] = (0..<200).map { ($0 * 77) % 200 }
        for (second, device) in devices.enumerated() {
            let entry = Self.entry(device, Self.noon, device: device)
            _ = replay.insert(entry, now: Base.at(Double(second) / 10))
        }
        var small = large
        small.deviceCapacity = 100
        let restored = try Self.restored(
            replay.saved(now: Base.at(20)), small, shards: after, at: 0)
        // Each of four shards has room for an eighth more than a quarter, and for eight.
        let kept = after == 1 ? 100 : 4 * 36
        #expect(restored.statistics.devices == kept)
        func verdicts() -> [ReplayGuard.Check] {
            devices.map { restored.check(Self.entry($0, Self.noon, device: $0)) }
        }
        #expect(verdicts().allSatisfy { $0 == .replay(.sameAddress) })
        restored.tidy(now: Base.at(301))
        let dropped: [ReplayGuard.Check] = devices.dropLast(kept).map { _ in
            .stale(.beforeForgotten)
        }
        #expect(verdicts().dropLast(kept) == dropped[...])
        #expect(verdicts().suffix(kept).allSatisfy { $0 == .stale(.secondEvicted) })
    }

    @Test(arguments: [1, 2, 4], [1, 4])
    func `a guard with less memory gives up the seconds without insertion for longest`(
        before: Int, after: Int
    ) throws {
        let replay = Self.make(shards: before)
        for second: UInt32 in 0..<200 {
            for device: UInt64 in 0..<4 {
                let entry = Self.entry(1, Self.noon + second * 7 % 200, device: device)
                _ = replay.insert(entry, now: Base.at(Double(second)))
            }
        }
        var small = Self.configuration
        small.memoryBudgetBytes = 20_000
        let restored = try Self.restored(replay.saved(now: Base.at(200)), small, shards: after)
        for device: UInt64 in 0..<4 {
            let known = (0..<200 as Range<UInt32>).map { second in
                restored.check(Self.entry(1, Self.noon + second * 7 % 200, device: device))
                    == .replay(.sameAddress)
            }
            #expect(known.first == false && known.last == true)
            #expect(known == known.filter { !$0 } + known.filter { $0 }, "the newest are left")
        }
    }

    @Test(arguments: [1, 4], [1, 2, 4])
    func `what dropped devices sent is known after a restart as before`(
        before: Int, after: Int
    ) throws {
        var small = Self.configuration
        small.deviceCapacity = 4
        let replay = Self.make(shards: before, small)
        // With one shard there is room for 4 devices, with four for 9 each.
        for device: UInt64 in 0..<200 {
            let entry = Self.entry(device, Self.noon + UInt32(device % 3), device: device)
            _ = replay.insert(entry, now: Base.at(0))
        }
        let restored = try Self.restored(replay.saved(now: Base.at(1)), small, shards: after)
        func verdicts(_ timestamp: UInt32, tag: UInt64 = 0) -> [ReplayGuard.Check] {
            (0..<200).map {
                restored.check(Self.entry($0 + tag, timestamp + UInt32($0 % 3), device: $0))
            }
        }
        #expect(verdicts(Self.noon).allSatisfy { $0 == .replay(.sameAddress) })
        #expect(verdicts(Self.noon, tag: 1_000).allSatisfy { $0 == .fresh })
        restored.tidy(now: Base.at(301))
        #expect(!verdicts(Self.noon).contains(.fresh))
        #expect(!verdicts(Self.noon).contains(.replay(.sameAddress)))
        #expect(verdicts(Self.noon + 3).allSatisfy { $0 == .fresh })
        let again = try Self.restored(restored.saved(now: Base.at(302)), small, shards: before)
        let known = (0..<200 as Range<UInt64>).map {
            again.check(Self.entry($0, Self.noon + UInt32($0 % 3), device: $0))
        }
        #expect(!known.contains(.fresh))
    }

    @Test func `an empty guard is saved and restored empty`() throws {
        let restored = try Self.restored(Self.make().saved(now: Base.at(0)))
        #expect(restored.check(Self.entry(1, 0)) == .fresh)
    }

    @Test func `neither saving nor restoring holds more than a part at a time`() throws {
        let replay = Self.make(shards: 16)
        for number: UInt64 in 0..<3_200 {
            let entry = Self.entry(number, Self.noon, device: number % 64)
            _ = replay.insert(entry, now: Base.at(0))
        }
        let pieces = replay.pieces(now: Base.at(1))
        #expect(pieces.count == 17)
        let bytes = pieces.flatMap { $0 }
        let most = bytes.count / 10
        #expect(pieces.allSatisfy { $0.count < most })
        _ = try SharedReplayGuard(
            fileBytes: bytes.count, configuration: Self.configuration, shardCount: 16,
            now: Base.at(1)
        ) { range in
            #expect(range.count < most)
            return Array(bytes[range])
        }
    }

    @Test func `what was inserted before the call is saved, whatever comes in meanwhile`()
        async throws
    {
        let replay = Self.make(shards: 4)
        func entry(_ number: UInt64, _ thread: UInt64) -> ReplayGuard.Entry {
            Self.entry(number, Self.noon + UInt32(number / 50), device: number % 24 * 4 + thread)
        }
        let first: UInt64 = 500
        for number in 0..<first { _ = replay.insert(entry(number, 0), now: Base.at(0)) }
        let saved = await withTaskGroup(of: Void.self) { group in
            for thread: UInt64 in 1..<4 {
                group.addTask {
                    for number: UInt64 in 0..<3_000 {
                        _ = replay.insert(entry(number, thread), now: Base.at(0))
                    }
                }
            }
            return (0..<20).map { _ in replay.saved(now: Base.at(1)) }
        }
        for bytes in saved {
            let restored = try Self.restored(bytes, shards: 4)
            for number in 0..<first {
                #expect(restored.check(entry(number, 0)) == .replay(.sameAddress))
            }
        }
        #expect(
            try Self.restored(replay.saved(now: Base.at(1)), shards: 4).statistics.entries == 9_500)
    }
}
