/// One reading of both clocks, passed in wherever time matters.
///
/// The wall clock decides whether a frame's timestamp is acceptable; the monotonic clock drives
/// every timeout, limit and memory, so that a step of the wall clock changes neither.
public struct Moment: Equatable, Sendable {
    /// Wall clock: milliseconds since 1970, UTC.
    public var unixMilliseconds: Int64
    /// Monotonic clock: nanoseconds since an arbitrary start.
    public var monotonicNanoseconds: UInt64

    public init(unixMilliseconds: Int64, monotonicNanoseconds: UInt64) {
        self.unixMilliseconds = unixMilliseconds
        self.monotonicNanoseconds = monotonicNanoseconds
    }

    /// Wall clock: whole seconds since 1970, UTC.
    public var unixSeconds: Int64 {
        unixMilliseconds >= 0 ? unixMilliseconds / 1_000 : (unixMilliseconds - 999) / 1_000
    }
}
