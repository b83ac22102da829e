import NanoCore

/// Sources that send what is refused, or connect for nothing, in memory of bounded size.
///
/// A value without clocks and sockets. No source is blocked that has sent genuine frames lately:
/// honest devices may be behind the same address.
struct OffenderTable {
    /// What is done about a source.
    enum Stage: Equatable {
        case free
        /// It floods or flaps.
        case offending
        /// Nobody is let in but now and then one, to see whether it is honest.
        case blocked
    }

    private let rules: OffenderRules
    private var records: [IPNetwork: OffenderRecord] = [:]
    /// Sources of genuine frames: of the day under way, and of the one before.
    private(set) var honest: Set<IPNetwork> = []
    private(set) var formerlyHonest: Set<IPNetwork> = []
    private var honestSince: UInt64
    /// Changes with what is known of sources of genuine frames.
    private(set) var honestChanges: UInt64 = 0
    /// Blocks since the start.
    private(set) var blocks: UInt64 = 0

    static let capacity = 4_096
    static let honestCapacity = 65_536
    /// Connections that are let in from an offending source with honest devices behind it.
    private static let sharedRate = Rate(framesPerSecond: 20, burstFrames: 200)

    init(_ rules: OffenderRules, now: UInt64) {
        self.rules = rules
        honestSince = now
    }

    /// Whether a source has sent genuine frames within the last day, at least.
    func isHonest(_ source: IPNetwork) -> Bool {
        honest.contains(source) || formerlyHonest.contains(source)
    }

    /// Notes a genuine frame. A block ends with it: there is an honest device.
    mutating func vouch(for source: IPNetwork, now: UInt64) {
        let isDayOver = Self.time(from: honestSince, to: now) >= OffenderRecord.dayNanoseconds
        if isDayOver || honest.count >= Self.honestCapacity {
            (formerlyHonest, honest, honestSince) = (honest, [], now)
        }
        if honest.insert(source).inserted { honestChanges &+= 1 }
        if records[source]?.block != nil { lift(source) }
    }

    /// How long the day under way has lasted, in nanoseconds.
    func honestAge(now: UInt64) -> UInt64 { Self.time(from: honestSince, to: now) }

    /// Takes up sources of genuine frames of a run before this one.
    mutating func restoreHonest(
        _ sources: Set<IPNetwork>, formerly: Set<IPNetwork>, age: UInt64, now: UInt64
    ) {
        (honest, formerlyHonest, honestSince) = (sources, formerly, now > age ? now - age : 0)
    }

    /// Notes frames that no honest device sends.
    ///
    /// - Parameter mayBlock: False for sources that are never blocked.
    mutating func note(
        _ offences: ReasonCounts, of source: IPNetwork, mayBlock: Bool, now: Moment
    ) -> Stage {
        change(source, now) { record, time in
            record.refused.add(offences.total, now: time)
            record.reasons.add(offences)
        }
        return judge(source, mayBlock: mayBlock, now: now)
    }

    /// Notes the end of a connection that brought no genuine frame.
    mutating func noteFruitless(_ source: IPNetwork, mayBlock: Bool, now: Moment) {
        change(source, now) { record, time in
            record.fruitless.add(1, now: time)
            record.connections &+= 1
        }
        _ = judge(source, mayBlock: mayBlock, now: now)
    }

    /// Whether one more connection may come in.
    mutating func admits(_ source: IPNetwork, now: UInt64) -> TurnedAwayReason? {
        guard rules.action != .watch, let record = records[source] else { return nil }
        if let block = record.block {
            guard now < block.until, now < block.trialAt else {
                records[source]?.block?.trialAt = now + OffenderRecord.trialNanoseconds
                return nil
            }
            return .blocked
        }
        guard record.isOffending, isHonest(source) else { return nil }
        var bucket = record.bucket ?? TokenBucket(Self.sharedRate, now: now)
        let isLetIn = bucket.take(Self.sharedRate, now: now)
        records[source]?.bucket = bucket
        return isLetIn ? nil : .slowed
    }

    /// What is done about a source.
    func stage(_ source: IPNetwork, now: UInt64) -> Stage {
        guard let record = records[source] else { return .free }
        if let block = record.block, now < block.until { return .blocked }
        return record.isOffending ? .offending : .free
    }

    /// The block that a source is under.
    func block(of source: IPNetwork) -> OffenderRecord.Block? { records[source]?.block }

    /// Ends what is over: offences that have died down, blocks whose time has come.
    mutating func look(now: Moment) {
        // Found first and changed then, so that the table is not copied for it.
        let time = now.monotonicNanoseconds
        let over = records.compactMap { $0.value.isOver(now: time) ? $0.key : nil }
        for source in over { records[source] = nil }
        let calmer = records.compactMap { source, record in
            record.calmed(by: rules, now: now).map { (source, $0) }
        }
        for (source, record) in calmer { records[source] = record }
    }

    /// Nanoseconds between two times, none where several event loops have read their clocks in
    /// another order than they come here.
    private static func time(from start: UInt64, to end: UInt64) -> UInt64 {
        end > start ? end - start : 0
    }

    /// Ends a block, and forgets what led to it.
    @discardableResult
    mutating func lift(_ source: IPNetwork) -> Bool {
        records.removeValue(forKey: source)?.block != nil
    }

    /// Takes up a block of a run before this one. Wherever the clock stands now, it lasts no longer
    /// than it was to last, nor than any block may.
    mutating func restore(_ source: IPNetwork, sinceUnix: Int64, untilUnix: Int64, now: Moment) {
        let length = min(untilUnix - sinceUnix, Int64(rules.maximumBlockSeconds) * 1_000)
        let untilUnix = sinceUnix + length
        let milliseconds = min(length, untilUnix - now.unixMilliseconds)
        guard milliseconds > 0, records[source]?.block == nil, !isHonest(source) else { return }
        let left = UInt64(milliseconds) * 1_000_000
        change(source, now) { record, time in
            record.since = sinceUnix
            record.strikes = 1
            record.block = OffenderRecord.Block(
                startedAt: time, until: time + left, untilUnix: untilUnix, sinceUnix: sinceUnix,
                trialAt: time + OffenderRecord.trialNanoseconds, isFlapping: false)
        }
    }

    /// Sources under a block of the gateway's own.
    var blocked: [(source: IPNetwork, block: OffenderRecord.Block)] {
        records.compactMap { source, record in record.block.map { (source, $0) } }
    }

    private mutating func change(
        _ source: IPNetwork, _ now: Moment, _ body: (inout OffenderRecord, UInt64) -> Void
    ) {
        if records[source] == nil, records.count >= Self.capacity {
            makeRoom(now)
            // As many are blocked as are remembered: others are not counted until one of these ends.
            guard records.count < Self.capacity else { return }
        }
        let time = now.monotonicNanoseconds
        body(&records[source, default: OffenderRecord(since: now.unixMilliseconds)], time)
        records[source]?.lastAt = time
    }

    /// Forgets the sources that matter least: many at once, since it takes a look at all.
    private mutating func makeRoom(_ now: Moment) {
        let time = now.monotonicNanoseconds
        let weights = records.map {
            (source: $0.key, weight: $0.value.weight(by: rules, now: time))
        }
        .filter { $0.weight < .max }
        .sorted { $0.weight < $1.weight }
        for entry in weights.prefix(Self.capacity / 8) { records[entry.source] = nil }
    }

    private mutating func judge(
        _ source: IPNetwork, mayBlock: Bool, now: Moment
    ) -> Stage {
        guard var record = records[source] else { return .free }
        defer { records[source] = record }
        let isDeserved = record.judge(by: rules, now: now)
        if isDeserved, record.block == nil, mayBlock, rules.action == .block, !isHonest(source) {
            record.beginBlock(by: rules, now: now)
            blocks &+= 1
        }
        if record.block != nil { return .blocked }
        return record.isOffending ? .offending : .free
    }

    /// Sources that offend or are blocked, the worst first.
    func rows(now: UInt64) -> [OffenderSnapshot] {
        records.compactMap { source, record in
            record.row(of: source, isShared: isHonest(source), by: rules, now: now)
        }.sorted { left, right in
            let (first, second) = (left.weight, right.weight)
            return first == second ? left.source < right.source : first > second
        }
    }
}

extension OffenderSnapshot {
    fileprivate var weight: Int {
        refusedPerMinute + connectionsPerMinute + (state == .blocked ? 1_000_000_000 : 0)
    }
}
