import Synchronization

/// One replay guard for all event loops: guards of their own for parts of the devices, each behind
/// a lock that is held for tens of nanoseconds.
///
/// All frames of a device meet in one shard, so nothing is decided twice. A shard owns half of its
/// part of the memory budget for itself; the other half is for whoever needs it.
public final class SharedReplayGuard: Sendable {
    let shards: [Shard]
    private let shardBits: UInt64
    private let byModel: Bool
    /// Hashes whatever has to be named in the guard: devices, and frames of level 0.
    public let hash: SipHash

    /// One guard and its lock.
    final class Shard: Sendable {
        let state: Mutex<ReplayGuard>

        init(_ state: consuming sending ReplayGuard) {
            self.state = Mutex(state)
        }
    }

    /// - Parameters:
    ///   - configuration: Limits of all shards together. Each has room for an eighth more devices
    ///     than its part, since hashing spreads them unevenly.
    ///   - hashKey: Secret and random; it is saved with the guard.
    ///   - shardCount: A power of two, 1…256.
    public init(
        configuration: ReplayGuard.Configuration, hashKey: (UInt64, UInt64), shardCount: Int = 4
    ) {
        precondition((1...256).contains(shardCount) && shardCount.nonzeroBitCount == 1)
        var part = configuration
        if shardCount > 1 {
            part.deviceCapacity = configuration.deviceCapacity * 9 / (8 * shardCount) + 8
        }
        let share = configuration.memoryBudgetBytes / shardCount / (shardCount == 1 ? 1 : 2)
        let pool = ReplayMemoryPool(bytes: configuration.memoryBudgetBytes - share * shardCount)
        shards = (0..<shardCount).map { _ in
            Shard(
                ReplayGuard(
                    configuration: part, hashKey: hashKey,
                    memory: ReplayMemory(share: share, pool: pool)))
        }
        shardBits = UInt64(shardCount.trailingZeroBitCount)
        byModel = configuration.keyMode == .modelTimestamp
        hash = SipHash(key: hashKey)
    }

    /// Whether a frame may be new. Changes nothing: for before the MAC is verified.
    public func check(_ entry: ReplayGuard.Entry) -> ReplayGuard.Check {
        shard(of: entry).state.withLock { $0.check(entry) }
    }

    /// Remembers a frame whose MAC has been verified; anything but `fresh` refuses it.
    ///
    /// This answer is the one that counts: the same frame may be verified on several connections
    /// at once, and exactly one of them is told `fresh`.
    public func insert(_ entry: ReplayGuard.Entry, now: Moment) -> ReplayGuard.Check {
        shard(of: entry).state.withLock { $0.insert(entry, now: now) }
    }

    /// Gives up seconds whose time is over; to be called about once a second, so that memory comes
    /// back when frames stop coming in.
    public func tidy(now: Moment) {
        for shard in shards { shard.state.withLock { _ = $0.tidy(now: now) } }
    }

    /// Refuses every frame with this timestamp or an older one: for a start that cannot know what
    /// was accepted before it.
    public func forgetEverythingUpTo(timestamp: UInt32) {
        for shard in shards {
            shard.state.withLock { $0.forgetEverythingUpTo(timestamp: timestamp) }
        }
    }

    /// What all shards hold together.
    public var statistics: ReplayGuard.Statistics {
        var sum = ReplayGuard.Statistics()
        for shard in shards { sum.add(shard.state.withLock { $0.statistics }) }
        return sum
    }

    @inline(__always)
    private func shard(of entry: ReplayGuard.Entry) -> Shard {
        // In model mode a device's frames are its model's: the model chooses the shard.
        let identity = byModel ? hash.hash(entry.model.rawValue) : entry.device
        let index = (identity ^ identity &>> 32) &>> 8 & (1 &<< shardBits &- 1)
        return shards[Int(truncatingIfNeeded: index)]
    }
}
