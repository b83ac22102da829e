import Glibc
import NanoCore

/// A condition that threads wait for with limits of the monotonic clock.
///
/// `DispatchSemaphore` and `NSCondition` wait by the wall clock on Linux: where it is set back meanwhile,
/// they wait for the length of the step.
public final class MonotonicCondition: @unchecked Sendable {
    // The system's calls need them to stay where they are; only those touch them.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    public init() {
        mutex.initialize(to: pthread_mutex_t())
        condition.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        let isMonotonic = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0
        precondition(isMonotonic && pthread_cond_init(condition, &attributes) == 0)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Does something while no other thread is in here.
    public func withLock<Value>(_ body: () throws -> Value) rethrows -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }

    /// Waits to be woken, maybe for nothing; only within ``withLock(_:)``.
    public func wait() {
        pthread_cond_wait(condition, mutex)
    }

    /// Waits to be woken, maybe for nothing; only within ``withLock(_:)``.
    ///
    /// - Parameter end: In nanoseconds of the monotonic clock.
    /// - Returns: Whether that was before the end.
    public func wait(untilMonotonicNanoseconds end: UInt64) -> Bool {
        var time = timespec(
            tv_sec: Int(end / 1_000_000_000), tv_nsec: Int(end % 1_000_000_000))
        return pthread_cond_timedwait(condition, mutex, &time) != ETIMEDOUT
    }

    /// Wakes all that wait.
    public func wakeAll() {
        pthread_cond_broadcast(condition)
    }
}
