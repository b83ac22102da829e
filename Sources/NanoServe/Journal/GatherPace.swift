/// How long a group waits for more packets before it goes to disk.
///
/// A write that has to reach the disk costs the same for one packet as for a thousand. Where so much
/// comes that a group is far from empty after its time, it waits on for up to three times as long: a
/// third of the writes, and no packet waits for more than a few milliseconds
/// (`docs/performance.md`).
struct GatherPace {
    /// Of a group that is not full.
    let nanoseconds: Int

    init(milliseconds: Double) {
        nanoseconds = Int(milliseconds * 1e6)
    }

    /// In all, for a group that ``waitsOn(groupBytes:)``.
    var busyNanoseconds: Int { max(nanoseconds, min(3 * nanoseconds, Self.longestNanoseconds)) }

    /// What waiting on may come to: packets under load are still fresh.
    private static let longestNanoseconds = 5_000_000

    /// Whether a group of this size goes on waiting at the end of its time.
    func waitsOn(groupBytes: Int) -> Bool {
        groupBytes >= LogGroup.fullBytes / 16 && groupBytes < LogGroup.fullBytes
    }
}
