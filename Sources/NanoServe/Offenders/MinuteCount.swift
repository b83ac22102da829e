/// What was counted within the last minute: of the minute before this one, the share that is not
/// over a minute ago.
struct MinuteCount: Sendable {
    private var current: UInt64 = 0
    private var former: UInt64 = 0
    /// Number of the minute that ``current`` counts.
    private var minute: UInt64 = 0

    private static let nanoseconds: UInt64 = 60_000_000_000

    mutating func add(_ count: UInt64, now: UInt64) {
        let minute = now / Self.nanoseconds
        if minute > self.minute {
            former = minute == self.minute + 1 ? current : 0
            current = 0
            self.minute = minute
        }
        current &+= count
    }

    func value(now: UInt64) -> Int {
        let minute = max(now / Self.nanoseconds, self.minute)
        guard minute <= self.minute + 1 else { return 0 }
        let share = 1 - Double(now % Self.nanoseconds) / Double(Self.nanoseconds)
        guard minute == self.minute else { return Int(Double(current) * share) }
        return Int(clamping: current) + Int(Double(former) * share)
    }
}
