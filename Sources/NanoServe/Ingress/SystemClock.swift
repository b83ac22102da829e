import Glibc
import NanoCore

extension Moment {
    /// Both clocks, read now.
    static var now: Moment {
        Moment(
            unixMilliseconds: Int64(truncatingIfNeeded: read(CLOCK_REALTIME) / 1_000_000),
            monotonicNanoseconds: read(CLOCK_MONOTONIC))
    }

    /// Both clocks, read within a millisecond of each other: for comparing them. Where the thread never
    /// gets that far undisturbed, the last of some attempts.
    static var simultaneous: Moment {
        for _ in 0..<10 {
            let before = monotonicNow
            let moment = now
            if monotonicNow &- before < 1_000_000 { return moment }
        }
        return now
    }

    /// The monotonic clock alone, in nanoseconds.
    static var monotonicNow: UInt64 { read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
