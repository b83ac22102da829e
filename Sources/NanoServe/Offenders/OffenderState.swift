import NanoCore

extension Offenders {
    /// What the lock guards.
    struct State {
        var table: OffenderTable
        /// What operators have blocked.
        var manual = OperatorBlocks()
        /// When each block that holds has begun, in monotonic nanoseconds, whether it is written
        /// down or not: others are to be told of.
        var known: [IPNetwork: UInt64] = [:]
        /// Blocks that were told of within a minute.
        var told = MinuteCount()
        /// Blocks that have begun and wait to be told of.
        var untold: [OffenderSnapshot] = []
        /// Whether they cannot be written down, which was told of.
        var isFailing = false
        /// What is written down of the sources of genuine frames, and when, in monotonic nanoseconds.
        var savedHonest: UInt64 = 0
        var savedAt: UInt64 = 0
        /// Whether these cannot be written down, which was told of.
        var isForgetting = false
    }
}

extension Offenders.State {
    /// Between two writings of the sources of genuine frames.
    private static let leastSavingNanoseconds: UInt64 = 30_000_000_000
    /// As many of them are written that often; for more of them the time grows with them.
    private static let oftenSaved = 4_096
    /// Of the shortest time between two writings.
    private static let longestSaving = 20

    /// How long nothing is written after sources of genuine frames were.
    var savingNanoseconds: UInt64 {
        let count = table.honest.count + table.formerlyHonest.count
        let times = min(Self.longestSaving, max(1, count / Self.oftenSaved))
        return Self.leastSavingNanoseconds * UInt64(times)
    }

    /// Whether operators keep an address out, which is noted then.
    mutating func keepsOut(_ address: IPAddress) -> Bool {
        guard !manual.entries.isEmpty else { return false }
        let table = table
        return manual.keepOut(address, isHonest: table.isHonest)
    }

    /// Sources whose blocks have begun since the last call.
    mutating func takeBegun() -> Set<IPNetwork> {
        let blocked = table.blocked
        let begun = blocked.filter { known[$0.source] != $0.block.startedAt }.map(\.source)
        known = Dictionary(
            blocked.map { ($0.source, $0.block.startedAt) }, uniquingKeysWith: { first, _ in first }
        )
        return Set(begun)
    }

    /// Puts blocks that have begun among those to be told of, the worst first.
    ///
    /// - Parameter limit: How many are told of within a minute.
    mutating func noteBegun(now: UInt64, atMost limit: Int) {
        let begun = Set(takeBegun().map(\.description))
        guard !begun.isEmpty else { return }
        let room = max(0, limit - told.value(now: now))
        let rows = table.rows(now: now).filter { begun.contains($0.source) }.prefix(room)
        told.add(UInt64(rows.count), now: now)
        untold += rows
    }
}
