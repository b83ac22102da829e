import NanoCore
import Synchronization

/// Wakes one thread that waits for something to do. What comes while nobody waits is kept, once.
public final class WakeSignal: Sendable {
    private let condition = MonotonicCondition()
    /// Whether something has come; changes within the condition's lock alone.
    private let isSet = Atomic(false)

    public init() {}

    /// Wakes the thread, or lets its next wait end at once.
    public func set() {
        condition.withLock { isSet.store(true, ordering: .relaxed) }
        condition.wakeAll()
    }

    /// Waits until something has come, and takes it.
    func wait() {
        condition.withLock {
            while !isSet.exchange(false, ordering: .relaxed) { condition.wait() }
        }
    }

    /// Waits for so long that something comes, and takes it.
    ///
    /// - Returns: Whether something has come.
    public func wait(nanoseconds: UInt64) -> Bool {
        wait(untilMonotonicNanoseconds: Moment.monotonicNow + nanoseconds)
    }

    /// Waits that something comes, and takes it.
    ///
    /// - Parameter end: In nanoseconds of the monotonic clock.
    /// - Returns: Whether something has come.
    func wait(untilMonotonicNanoseconds end: UInt64) -> Bool {
        condition.withLock {
            while !isSet.exchange(false, ordering: .relaxed) {
                guard condition.wait(untilMonotonicNanoseconds: end) else {
                    return isSet.exchange(false, ordering: .relaxed)
                }
            }
            return true
        }
    }
}
