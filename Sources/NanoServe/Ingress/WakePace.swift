/// Decides when an event loop rests between two wake-ups, so that one wake-up finds several frames.
///
/// Waking a thread costs more than judging a frame. With thousands of devices that send one frame
/// at a time the loop would wake for each, so it rests for a fraction of a millisecond behind such
/// a wake-up, as network cards moderate their interrupts. A loop with little to do never rests, and
/// neither does one that has more to do than time for it, or a sender with more than a few frames
/// to read from (`docs/performance.md`).
///
/// A value without a clock: times are monotonic nanoseconds.
struct WakePace {
    /// Nanoseconds from one wake-up to the next, while frames come faster than that.
    static let intervalNanoseconds: UInt64 = 600_000

    /// Bytes of a read up to which its sender is taken to send one frame at a time, or a few.
    static let quietBytes = 2_048

    private var lastReadAt: UInt64 = 0
    private var hasReadMuch = false
    private var restsSince: UInt64?

    /// Notes that a read was judged.
    ///
    /// - Returns: Whether the loop should ask for its rest, when all that woke it has been read.
    mutating func noteRead(bytes: Int, at now: UInt64) -> Bool {
        if bytes > Self.quietBytes { hasReadMuch = true }
        guard restsSince == nil else { return false }
        let elapsed = now &- lastReadAt
        lastReadAt = now
        guard elapsed < Self.intervalNanoseconds else { return false }
        restsSince = now
        return true
    }

    /// How long to rest now; 0 when reading took as long already.
    mutating func restNanoseconds(now: UInt64) -> UInt64 {
        let elapsed = now &- (restsSince ?? now)
        let isOver = hasReadMuch || elapsed >= Self.intervalNanoseconds
        let rest = isOver ? 0 : Self.intervalNanoseconds - elapsed
        restsSince = nil
        hasReadMuch = false
        lastReadAt = now &+ rest
        return rest
    }
}
