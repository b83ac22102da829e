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

    static func restored(
        _ bytes: [UInt8], _ configuration: ReplayGuard.Configuration = configuration,
        at seconds: Double = 0
    ) throws(ReplayGuardError) -> ReplayGuard {
        try ReplayGuard(serialized: bytes, configuration: configuration, now: Base.at(seconds))
    }

    /// A guard that holds a bit, a closing second, live seconds and something forgotten.
    static func saved() -> [UInt8] {
        var replay = Base.make()
        replay.forgetEverythingUpTo(timestamp: noon - 100)
        _ = replay.insert(Base.entry(1, noon), now: Base.at(0))
        for tag: UInt64 in 0..<200 {
            _ = replay.insert(Base.entry(tag, noon + 1, device: 2), now: Base.at(10))
        }
        _ = replay.insert(Base.entry(1, noon + 300), now: Base.at(310))
        return replay.serialized(now: Base.at(320))
    }

    @Test func `a restored guard knows what was known`() throws {
        let replay = try Self.restored(Self.saved(), at: 7)
        let verdicts = [
            replay.check(Base.entry(1, Self.noon)),
            replay.check(Base.entry(1, Self.noon + 300)),
            replay.check(Base.entry(2, Self.noon + 300)),
            replay.check(Base.entry(1, Self.noon - 100, device: 3)),
            replay.check(Base.entry(1, Self.noon - 99, device: 3)),
        ]
        #expect(
            verdicts == [
                .stale(.secondEvicted), .replay(.sameAddress), .fresh, .stale(.beforeForgotten),
                .fresh,
            ])
        for tag: UInt64 in 0..<200 {
            let verdict = replay.check(Base.entry(tag, Self.noon + 1, device: 2))
            #expect(verdict == .replay(.sameAddress) || verdict == .stale(.secondEvicted))
        }
    }

    @Test(arguments: [1, 2, 3, 4, 7, 618, 1_000, 4_999, 10_000] as [UInt64])
    func `every frame of one second comes back, however many there are`(count: UInt64) throws {
        var replay = Base.make()
        for tag in 0..<count {
            _ = replay.insert(Base.entry(tag << 48 | tag, Self.noon), now: Base.at(0))
        }
        let restored = try Self.restored(replay.serialized(now: Base.at(1)))
        let known = (0..<count).filter {
            restored.check(Base.entry($0 << 48 | $0, Self.noon)) == .replay(.sameAddress)
        }
        #expect(known.count == Int(count))
        let other = restored.check(Base.entry(1 << 63, Self.noon))
        #expect(other == .fresh)
    }

    @Test func `ages go on across a restart with another monotonic clock`() throws {
        var replay = Base.make()
        _ = replay.insert(Base.entry(1, Self.noon), now: Base.at(5_000))
        let saved = replay.serialized(now: Base.at(5_200))
        var restored = try Self.restored(saved, at: 0)
        restored.tidy(now: Base.at(99))
        let before = restored.check(Base.entry(1, Self.noon))
        restored.tidy(now: Base.at(100))
        let after = restored.check(Base.entry(1, Self.noon))
        #expect(before == .replay(.sameAddress))
        #expect(after == .stale(.secondEvicted))
    }

    @Test func `a smaller guard refuses what it cannot take over`() throws {
        var replay = Base.make()
        for device: UInt64 in 0..<50 {
            let timestamp = Self.noon + UInt32(device)
            _ = replay.insert(Base.entry(1, timestamp, device: device), now: Base.at(0))
        }
        var small = Self.configuration
        small.deviceCapacity = 10
        small.memoryBudgetBytes = 500
        let restored = try Self.restored(replay.serialized(now: Base.at(1)), small)
        for device: UInt64 in 0..<50 {
            let timestamp = Self.noon + UInt32(device)
            let verdict = restored.check(Base.entry(1, timestamp, device: device))
            #expect(verdict != .fresh)
        }
    }

    @Test func `an empty guard is saved and restored empty`() throws {
        let replay = Base.make()
        let restored = try Self.restored(replay.serialized(now: Base.at(0)))
        let verdict = restored.check(Base.entry(1, 0))
        #expect(verdict == .fresh)
    }

    @Test func `any changed byte is noticed`() {
        let bytes = Self.saved()
        for offset in stride(from: 0, to: bytes.count, by: 7) {
            var damaged = bytes
            damaged[offset] ^= 0x10
            #expect(throws: ReplayGuardError.self, "byte \(offset)") {
                _ = try Self.restored(damaged)
            }
        }
    }

    @Test func `a file cut short anywhere is noticed`() {
        let bytes = Self.saved()
        for count in stride(from: 0, to: bytes.count, by: 101) {
            #expect(throws: ReplayGuardError.self, "\(count) bytes") {
                _ = try Self.restored([UInt8](bytes[..<count]))
            }
        }
    }

    @Test func `each fault of a file has its own error`() {
        var newer = Self.saved()
        newer[9] = 2
        #expect(throws: ReplayGuardError.newerVersion(found: 2, supported: 1)) {
            _ = try Self.restored(newer)
        }
        #expect(throws: ReplayGuardError.notAReplayGuard) { _ = try Self.restored([]) }
        #expect(throws: ReplayGuardError.truncated(bytes: 12)) {
            _ = try Self.restored([UInt8](Self.saved()[..<12]))
        }
        let bytes = Self.saved()
        #expect(throws: ReplayGuardError.damaged(bytes: bytes.count - 1)) {
            _ = try Self.restored([UInt8](bytes.dropLast()))
        }
        var other = Self.configuration
        other.keyMode = .modelTimestamp
        #expect(
            throws: ReplayGuardError.keyModeChanged(saved: .frame, configured: .modelTimestamp)
        ) {
            _ = try Self.restored(bytes, other)
        }
    }
}
