import NanoCore

/// What is held against one source: what it has sent and done of late, and the block that it is under.
///
/// Times are monotonic nanoseconds, unless they are said to be Unix time.
struct OffenderRecord {
    /// A block of the gateway's own.
    struct Block: Equatable {
        var startedAt: UInt64
        var until: UInt64
        /// Milliseconds of Unix time.
        var untilUnix: Int64
        var sinceUnix: Int64
        /// When the next connection is let in on trial.
        var trialAt: UInt64
        var isFlapping: Bool
    }

    var refused = MinuteCount()
    var fruitless = MinuteCount()
    var reasons = ReasonCounts()
    var connections: UInt64 = 0
    /// Milliseconds of Unix time: when its offence began.
    var since: Int64
    var isFlooding = false
    var isFlapping = false
    var block: Block?
    /// Blocks so far, which make the next one longer.
    var strikes = 0
    var lastAt: UInt64 = 0
    /// Connections from a shared source that are let in while it offends.
    var bucket: TokenBucket?

    static let second: UInt64 = 1_000_000_000
    static let dayNanoseconds = 86_400 * second
    /// Between two connections of a blocked source that are let in on trial.
    static let trialNanoseconds = second

    init(since: Int64) {
        self.since = since
    }

    var isOffending: Bool { isFlooding || isFlapping }

    /// Takes in what has been counted, and ends a block whose time has come.
    ///
    /// - Returns: Whether it deserves to be blocked.
    mutating func judge(by rules: OffenderRules, now: Moment) -> Bool {
        let time = now.monotonicNanoseconds
        let refused = refused.value(now: time)
        let fruitless = fruitless.value(now: time)
        if !isOffending { since = now.unixMilliseconds }
        if refused >= rules.slowAfter { isFlooding = true }
        if fruitless >= rules.flapAfter { isFlapping = true }
        if let block, time >= block.until { self.block = nil }
        return refused >= rules.blockAfter || fruitless >= rules.flapAfter
    }

    /// Blocks it: each time for twice as long as the time before.
    mutating func beginBlock(by rules: OffenderRules, now: Moment) {
        strikes += 1
        let doublings = min(strikes - 1, 20)
        let seconds = min(rules.blockSeconds << doublings, rules.maximumBlockSeconds)
        let time = now.monotonicNanoseconds
        block = Block(
            startedAt: time, until: time + UInt64(seconds) * Self.second,
            untilUnix: now.unixMilliseconds + Int64(seconds) * 1_000,
            sinceUnix: now.unixMilliseconds, trialAt: time + Self.trialNanoseconds,
            isFlapping: refused.value(now: time) < rules.blockAfter)
    }

    /// The record without what is over; nil where nothing is.
    func calmed(by rules: OffenderRules, now: Moment) -> OffenderRecord? {
        var calmed = self
        let time = now.monotonicNanoseconds
        // The clock may have been set since, and what is told of a block is what it says.
        if let block, time >= block.until || now.unixMilliseconds >= block.untilUnix {
            calmed.block = nil
        }
        if refused.value(now: time) < rules.slowAfter / 2 { calmed.isFlooding = false }
        if fruitless.value(now: time) < rules.flapAfter / 2 { calmed.isFlapping = false }
        let isSame =
            calmed.block == block && calmed.isFlooding == isFlooding
            && calmed.isFlapping == isFlapping
        return isSame ? nil : calmed
    }

    /// Whether it need not be remembered: who was blocked for a day, all others for as long as they
    /// are counted.
    func isOver(now: UInt64) -> Bool {
        let memory = strikes > 0 ? Self.dayNanoseconds : 120 * Self.second
        let isBlocked = block.map { now < $0.until } ?? false
        return !isBlocked && now > lastAt && now - lastAt > memory
    }

    /// How much it would matter to forget it; what is blocked is never forgotten.
    func weight(by rules: OffenderRules, now: UInt64) -> Int {
        let counted =
            refused.value(now: now)
            + fruitless.value(now: now) * rules.slowAfter / max(1, rules.flapAfter)
        return block == nil ? counted : .max
    }

    /// What is shown of a source that offends or is blocked; nil of any other.
    ///
    /// - Parameter isShared: Whether honest devices are behind it.
    func row(
        of source: IPNetwork, isShared: Bool, by rules: OffenderRules, now: UInt64
    ) -> OffenderSnapshot? {
        guard isOffending || block != nil else { return nil }
        var row = OffenderSnapshot(source: source.description)
        row.isFlooding = isFlooding
        row.isFlapping = isFlapping
        row.isShared = isShared
        row.refusedPerMinute = refused.value(now: now)
        row.connectionsPerMinute = fruitless.value(now: now)
        row.refused = reasons.total
        row.connections = connections
        row.reasons = reasons.byCount.prefix(3).map(RefusalCount.init)
        row.sinceUnixMilliseconds = since
        row.state = rules.action == .watch ? .watched : .slowed
        if let block {
            row.state = .blocked
            row.untilUnixMilliseconds = block.untilUnix
        }
        return row
    }
}
