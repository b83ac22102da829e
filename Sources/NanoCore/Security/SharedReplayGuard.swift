import Synchronization

/// One replay guard for all event loops: guards of their own for parts of the devices, each behind
/// a lock that is held for tens of nanoseconds.
///
/// All frames of a device meet in one shard, so nothing is decided twice. A shard owns half of its
/// part of the memory budget for itself; the other half is for whoever needs it.
public final class SharedReplayGuard: Sendable {
    let shards: [Shard]
    private let shardMask: UInt64
    private let byModel: Bool
    /// What it was made with: the limits of all shards together.
    public let configuration: ReplayGuard.Configuration
    /// Hashes whatever has to be named in the guard: devices, frames of level 0, and addresses, so
    /// that an address is the same after a restart. It uses the guard's saved key.
    public let hash: SipHash
    /// The key of ``hash``.
    public let hashKey: (UInt64, UInt64)
    /// The number of the last group of frames that it covered when it was saved; nil when it was not, or
    /// an earlier release has saved it.
    public let savedCovering: UInt64?

    /// One guard and its lock.
    final class Shard: Sendable {
        let state: Mutex<ReplayGuard>

        init(_ state: consuming sending ReplayGuard) {
            self.state = Mutex(state)
        }
    }

    /// A guard that knows nothing, and therefore refuses nothing.
    ///
    /// - Parameters:
    ///   - configuration: Limits of all shards together. Each has room for an eighth more devices
    ///     than its part, since hashing spreads them unevenly.
    ///   - hashKey: Secret and random; it is saved with the guard.
    ///   - shardCount: A power of two, 1…256.
    public convenience init(
        configuration: ReplayGuard.Configuration, hashKey: (UInt64, UInt64), shardCount: Int = 4
    ) {
        self.init(hashKey, configuration, shardCount, savedCovering: nil) { _, _ in }
    }

    /// - Parameter fill: What each shard begins with, by its number.
    init(
        _ hashKey: (UInt64, UInt64), _ configuration: ReplayGuard.Configuration, _ shardCount: Int,
        savedCovering: UInt64?,
        fill: (UInt64, inout ReplayGuard) throws -> Void
    ) rethrows {
        precondition((1...256).contains(shardCount) && shardCount.nonzeroBitCount == 1)
        var part = configuration
        if shardCount > 1 {
            part.deviceCapacity = configuration.deviceCapacity * 9 / (8 * shardCount) + 8
        }
        let share = configuration.memoryBudgetBytes / (shardCount == 1 ? 1 : 2 * shardCount)
        let pool = ReplayMemoryPool(bytes: configuration.memoryBudgetBytes - share * shardCount)
        shards = try (0..<UInt64(shardCount)).map { index in
            var shard = ReplayGuard(
                configuration: part, hashKey: hashKey,
                memory: ReplayMemory(share: share, pool: pool))
            try fill(index, &shard)
            return Shard(shard)
        }
        shardMask = UInt64(shardCount - 1)
        self.configuration = configuration
        byModel = configuration.keyMode == .modelTimestamp
        self.hashKey = hashKey
        self.savedCovering = savedCovering
        hash = SipHash(key: hashKey)
    }

    /// Tells guards apart without telling the key: the same for all that were ever saved with it.
    public var identity: UInt64 { Self.identity(hashKey) }

    /// The ``identity`` of the guards with a key.
    public static func identity(_ hashKey: (UInt64, UInt64)) -> UInt64 {
        SipHash(key: hashKey).hash(0, 0)
    }

    /// Has the processor fetch what judging a frame will look at, while its MAC is verified.
    @inline(__always)
    func prefetch(_ entry: ReplayGuard.Entry) {
        shards[shardIndex(of: entry)].state.withLock { $0.prefetch(entry) }
    }

    /// Whether a frame may be new. Changes nothing: for before the MAC is verified.
    public func check(_ entry: ReplayGuard.Entry) -> ReplayGuard.Check {
        shards[shardIndex(of: entry)].state.withLock { $0.check(entry) }
    }

    /// Remembers a frame whose MAC has been verified; anything but `fresh` refuses it.
    ///
    /// This answer is the one that counts: the same frame may be verified on several connections
    /// at once, and exactly one of them is told `fresh`.
    public func insert(_ entry: ReplayGuard.Entry, now: Moment) -> ReplayGuard.Check {
        shards[shardIndex(of: entry)].state.withLock { $0.insert(entry, now: now) }
    }

    /// Gives up seconds whose time is over; to be called about once a second, so that memory comes
    /// back when frames stop coming in. Bounded, and no lock is held for longer than 0.1 ms.
    public func tidy(now: Moment) {
        for shard in shards {
            for _ in 0..<Self.tidyingSteps {
                guard shard.state.withLock({ $0.tidy(now: now) }) else { break }
            }
        }
    }

    private static let tidyingSteps = 16

    /// Refuses every frame with a timestamp of this range: for a start that cannot know what of it was
    /// accepted before.
    ///
    /// - Parameter timestamps: Unix seconds, from 0 on for everything up to one.
    public func forget(timestamps: ClosedRange<UInt32>) {
        for shard in shards {
            shard.state.withLock { $0.forget(timestamps: timestamps) }
        }
    }

    /// Up to which timestamp all new devices are refused, if they are at this one; nil when some are not.
    public func lostEnd(of timestamp: UInt32) -> UInt32? {
        let ends = shards.compactMap { $0.state.withLock { $0.lostEnd(of: timestamp) } }
        return ends.count == shards.count ? ends.min() : nil
    }

    /// What all shards hold together.
    public var statistics: ReplayGuard.Statistics {
        var sum = ReplayGuard.Statistics()
        for shard in shards { sum.add(shard.state.withLock { $0.statistics }) }
        return sum
    }

    @inline(__always)
    private func shardIndex(of entry: ReplayGuard.Entry) -> Int {
        // In model mode all devices of a model are one, so the model chooses the shard.
        let identity = byModel ? hash.hash(entry.model.rawValue) : entry.device
        return Int(truncatingIfNeeded: Self.shardIndex(identity, shardMask))
    }

    /// The upper bits of a device's hash choose its shard; the lower ones its place in there.
    @inline(__always)
    static func shardIndex(_ identity: UInt64, _ mask: UInt64) -> UInt64 {
        identity &>> 48 & mask
    }
}
