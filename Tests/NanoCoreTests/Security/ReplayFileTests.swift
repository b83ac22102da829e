import NanoCore
import Testing

/// The file of a saved replay guard: what is wrong with it is noticed, and earlier ones are read.
@Suite struct ReplayFileTests {
    typealias Saving = ReplayGuardSavingTests
    typealias Base = ReplayGuardTests
    static let noon = Base.noon

    @Test(arguments: [1, 4], [1, 4])
    func `any changed byte is noticed`(before: Int, after: Int) {
        let bytes = Saving.saved(shards: before)
        for offset in stride(from: 0, to: bytes.count, by: 7) {
            var damaged = bytes
            damaged[offset] ^= 0x10
            #expect(throws: ReplayGuardError.self, "byte \(offset)") {
                _ = try Saving.restored(damaged, shards: after)
            }
        }
    }

    @Test(arguments: [1, 4], [1, 4])
    func `a file cut short anywhere is noticed`(before: Int, after: Int) {
        let bytes = Saving.saved(shards: before)
        for count in stride(from: 0, to: bytes.count, by: 101) {
            #expect(throws: ReplayGuardError.self, "\(count) bytes") {
                _ = try Saving.restored([UInt8](bytes[..<count]), shards: after)
            }
        }
        #expect(throws: ReplayGuardError.truncated(bytes: bytes.count - 1)) {
            _ = try Saving.restored([UInt8](bytes.dropLast()), shards: after)
        }
    }

    @Test(arguments: [1, 4])
    func `a part cannot be left out, doubled or change places`(after: Int) throws {
        let pieces = Saving.make(shards: 4).pieces(now: Base.at(0))
        try #require(Set(pieces.dropFirst().map(\.count)).count == 1)
        for order in [[0, 2, 1, 3, 4], [0, 1, 2, 3, 3], [0, 1, 2, 3], [0, 1, 2, 3, 4, 4]] {
            #expect(throws: ReplayGuardError.self, "\(order)") {
                _ = try Saving.restored(order.flatMap { pieces[$0] }, shards: after)
            }
        }
    }

    @Test func `nothing is read for a length that the file does not have`() {
        var bytes = Saving.saved()
        // The length of the only part, behind the header.
        for place in 48..<56 { bytes[place] = 0xFF }
        #expect(throws: ReplayGuardError.truncated(bytes: bytes.count)) {
            _ = try SharedReplayGuard(
                fileBytes: bytes.count, configuration: Saving.configuration, shardCount: 1,
                now: Base.at(0)
            ) { range in
                #expect(range.count <= 48)
                return Array(bytes[range])
            }
        }
    }

    @Test func `a file that ends while it is read is noticed`() {
        let bytes = Saving.saved()
        #expect(throws: ReplayGuardError.truncated(bytes: bytes.count)) {
            _ = try SharedReplayGuard(
                fileBytes: bytes.count, configuration: Saving.configuration, shardCount: 1,
                now: Base.at(0)
            ) { Array(bytes[$0].dropLast($0.count > 100 ? 1 : 0)) }
        }
    }

    @Test func `each fault of a file has its own error`() {
        var newer = Saving.saved()
        newer[9] = 6
        #expect(throws: ReplayGuardError.newerVersion(found: 6, supported: 5)) {
            _ = try Saving.restored(newer)
        }
        #expect(throws: ReplayGuardError.notAReplayGuard) { _ = try Saving.restored([]) }
        #expect(throws: ReplayGuardError.truncated(bytes: 12)) {
            _ = try Saving.restored([UInt8](Saving.saved()[..<12]))
        }
        var damaged = Saving.saved()
        damaged[100] ^= 1
        #expect(throws: ReplayGuardError.damaged(bytes: damaged.count)) {
            _ = try Saving.restored(damaged)
        }
        let longer = Saving.saved() + [0]
        #expect(throws: ReplayGuardError.inconsistent(offset: longer.count - 1)) {
            _ = try Saving.restored(longer)
        }
        var other = Saving.configuration
        other.keyMode = .modelTimestamp
        #expect(
            throws: ReplayGuardError.keyModeChanged(saved: .frame, configured: .modelTimestamp)
        ) {
            _ = try Saving.restored(Saving.saved(), other)
        }
    }

    @Test(arguments: [1, 4])
    func `a file says what it covers, and one of the version before says nothing`(
        shards: Int
    ) throws {
        let replayGuard = Saving.make(shards: 4)
        var bytes: [UInt8] = []
        replayGuard.save(covering: 4_711, now: Base.at(0)) { part in
            for index in part.indices { bytes.append(part[index]) }
        }
        let restored = try Saving.restored(bytes, shards: shards)
        #expect(restored.savedCovering == 4_711)
        #expect(restored.identity == replayGuard.identity)
        let former = try Saving.restored(Self.asVersion(3, bytes), shards: shards)
        #expect(former.savedCovering == nil && former.identity == replayGuard.identity)
        #expect(SharedReplayGuard.identity((1, 2)) != SharedReplayGuard.identity((2, 1)))
    }

    @Test func `what a version before knew of a device's earlier time is lost`() throws {
        let replayGuard = Saving.make(shards: 1)
        let newest = Base.entry(1, ReplayGuardPressureTests.noon + 20_000)
        _ = replayGuard.insert(newest, now: Base.at(0))
        let earlier = ReplayGuardPressureTests.noon...ReplayGuardPressureTests.noon + 100
        let file = Self.asVersion(4, replayGuard.saved(now: Base.at(0)), earlier: earlier)
        let restored = try Saving.restored(file)
        for (second, isLost) in [(0, true), (100, true), (101, false)] as [(UInt32, Bool)] {
            let entry = Base.entry(2, ReplayGuardPressureTests.noon + second)
            #expect(restored.check(entry) == (isLost ? .stale(.beforeForgotten) : .fresh))
        }
        #expect(restored.check(newest) != .fresh)
    }

    /// A file as version 3 or 4 would have written it: version 3 has a header without what is covered, and
    /// both have an earlier time of each device, of which there is one at most.
    private static func asVersion(
        _ version: UInt8, _ file: [UInt8], earlier: ClosedRange<UInt32> = 1...1
    ) -> [UInt8] {
        func number(at place: Int) -> UInt64 {
            file[place..<place + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
        func bigEndian(_ value: UInt64) -> [UInt8] {
            (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - $0 * 8)) }
        }
        var header = Array(file[..<(version == 3 ? 32 : 40)])
        header[9] = version
        let check = SipHash(key: (0, 0)).hash(header.span, 0..<header.count)
        var bytes = header + bigEndian(check)
        var (offset, part) = (48, UInt64(0))
        while offset < file.count {
            let end = offset + 8 + Int(number(at: offset))
            var content = Array(file[offset + 8..<end])
            if content[11] == 1 {
                let times = UInt64(earlier.lowerBound) << 32 | UInt64(earlier.upperBound)
                content.insert(contentsOf: bigEndian(times), at: 12 + 28)
            }
            content = bigEndian(UInt64(content.count)) + content
            bytes += content
            bytes += bigEndian(SipHash(key: (check, part)).hash(content.span, 0..<content.count))
            (offset, part) = (end + 8, part + 1)
        }
        return bytes
    }

    /// A file as the first version wrote it, with hash key (11, 12): device 2 has sent tag 2 at
    /// noon + 1, device 1 tag 1 at noon and tag 3 at noon + 300. Only the last is known exactly.
    static func firstVersion() -> [UInt8] { sealed(firstVersionContent()) }

    private static func sealed(_ content: [UInt8]) -> [UInt8] {
        let checksum = SipHash(key: (0, 0)).hash(content.span, 0..<content.count)
        return content + withUnsafeBytes(of: checksum.bigEndian) { Array($0) }
    }

    private static func firstVersionContent() -> [UInt8] {
        var bytes = [UInt8]("NGREPLAY".utf8)
        func add<Integer: FixedWidthInteger>(_ value: Integer) {
            withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
        }
        func addDevice(
            _ identity: UInt64, newest: UInt32, flags: UInt32, silence: UInt64, word: Int?
        ) {
            add(identity)
            add(newest)
            add(flags)
            add(silence)
            add(Int64(noon - 100))
            for index in 0..<64 { add(UInt64(index == word ? 1 : 0)) }
        }
        add(UInt16(1))
        add(UInt16(0))
        add(UInt64(11))
        add(UInt64(12))
        add(Int64(noon - 100))
        add(UInt32(2))
        addDevice(2, newest: noon + 1, flags: 1, silence: 310_000_000_000, word: nil)
        addDevice(
            1, newest: noon + 300, flags: 0, silence: 10_000_000_000, word: Int(noon % 4_096 / 64))
        add(UInt32(1))
        add(noon + 300)
        add(UInt64(10_000_000_000))
        add(UInt32(1))
        add(0x4689_7359_8209_F201 as UInt64)
        add(UInt32(1))
        return bytes
    }

    @Test(arguments: [1, 4])
    func `what the first version saved is read`(shards: Int) throws {
        let replay = try Saving.restored(Self.firstVersion(), shards: shards)
        let verdicts = [
            replay.check(Base.entry(1, Self.noon, device: 1)),
            replay.check(Base.entry(2, Self.noon + 1, device: 2)),
            replay.check(Base.entry(3, Self.noon + 300, device: 1)),
            replay.check(Base.entry(4, Self.noon + 300, device: 1)),
            replay.check(Base.entry(1, Self.noon - 100, device: 3)),
        ]
        #expect(
            verdicts == [
                .stale(.secondEvicted), .stale(.secondEvicted), .replay(.sameAddress), .fresh,
                .stale(.beforeForgotten),
            ])
        #expect(replay.hashKey == (11, 12))
    }

    @Test func `damage to what the first version saved is noticed`() {
        let bytes = Self.firstVersion()
        for offset in stride(from: 0, to: bytes.count, by: 3) {
            var damaged = bytes
            damaged[offset] ^= 0x10
            #expect(throws: ReplayGuardError.self, "byte \(offset)") {
                _ = try Saving.restored(damaged)
            }
            #expect(throws: ReplayGuardError.self, "\(offset) bytes") {
                _ = try Saving.restored([UInt8](bytes[..<offset]))
            }
        }
    }

    @Test func `what contradicts itself under a right checksum is refused or read, and no more`() {
        let content = Self.firstVersionContent()
        let mark = content.count - 12
        // The counts of devices, of seconds and of frames, and the frame's device.
        let places: Set = [36, 37, 38, 39, mark - 20, mark - 4, mark + 8, mark + 11]
        for offset in 28..<content.count {
            for bit in [0x80, 0x04] as [UInt8] {
                var wrong = content
                wrong[offset] ^= bit
                do {
                    _ = try Saving.restored(Self.sealed(wrong), shards: 4)
                    #expect(!places.contains(offset), "byte \(offset)")
                } catch {
                    let isFound =
                        if case .inconsistent? = error as? ReplayGuardError { true } else { false }
                    #expect(isFound, "byte \(offset): \(error)")
                }
            }
        }
    }
}
