import Synchronization

/// Memory that several replay guards may borrow from beyond their own share, so that one busy
/// device can use what idle shards leave over, and none can take another's share.
final class ReplayMemoryPool: Sendable {
    private let freeBytes: Atomic<Int>

    init(bytes: Int) {
        freeBytes = Atomic(bytes)
    }

    var free: Int { freeBytes.load(ordering: .relaxed) }

    /// Takes bytes, all or none.
    func take(_ bytes: Int) -> Bool {
        var free = freeBytes.load(ordering: .relaxed)
        while free >= bytes {
            let attempt = freeBytes.weakCompareExchange(
                expected: free, desired: free - bytes, ordering: .relaxed)
            if attempt.exchanged { return true }
            free = attempt.original
        }
        return false
    }

    func giveBack(_ bytes: Int) {
        freeBytes.wrappingAdd(bytes, ordering: .relaxed)
    }
}

/// One guard's account of the bytes that its exact memory takes.
struct ReplayMemory {
    /// Bytes that nobody else can take.
    let share: Int
    private let pool: ReplayMemoryPool?
    private(set) var used = 0
    private var borrowed = 0

    init(share: Int, pool: ReplayMemoryPool? = nil) {
        self.share = share
        self.pool = pool
    }

    /// Whether less than an eighth of the share is left: the time to give up old seconds, so that
    /// there is room before it is needed.
    var isTight: Bool {
        share &+ borrowed &- used &+ (pool?.free ?? 0) < share &>> 3
    }

    /// Books bytes, all or none.
    mutating func reserve(_ bytes: Int) -> Bool {
        let missing = used + bytes - share - borrowed
        if missing > 0 {
            guard let pool, pool.take(missing) else { return false }
            borrowed += missing
        }
        used += bytes
        return true
    }

    /// Gives booked bytes back, borrowed ones first.
    mutating func release(_ bytes: Int) {
        used -= bytes
        let excess = min(borrowed, share + borrowed - used)
        guard excess > 0 else { return }
        borrowed -= excess
        pool?.giveBack(excess)
    }
}
