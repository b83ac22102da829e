/// A destination's cursor as it outlives the process.
struct SavedCursor: Codable, Equatable, Sendable {
    /// Settled records of a block that is not settled as a whole.
    struct Settled: Codable, Equatable, Sendable {
        var block: UInt64
        var records: [UInt32]
    }

    /// Blocks behind the position that are settled as a whole.
    struct Run: Codable, Equatable, Sendable {
        var first: UInt64
        var last: UInt64
    }

    var position = LogPosition()
    var settled: [Settled] = []
    var done: [Run] = []
    /// Where there are stragglers, everything is in here; a gateway that knows of none goes on at the
    /// position, in front of all that is left.
    var stragglers: SavedStragglers?
    /// Packets that were not settled, of all that had been committed; nil in files of releases that did not
    /// note it, and where it was not known to the packet.
    var unsettled: UInt64?

    /// What the cursor itself has to know, without the stragglers.
    var ownPart: SavedCursor {
        guard let stragglers else { return self }
        return SavedCursor(
            position: stragglers.position, settled: stragglers.settled, done: stragglers.done)
    }

    var settledByBlock: [UInt64: Set<UInt32>] {
        Dictionary(settled.map { ($0.block, Set($0.records)) }, uniquingKeysWith: { $0.union($1) })
    }

    /// Whether a run of blocks is settled as a whole.
    func isDone(from first: UInt64, to last: UInt64) -> Bool {
        done.contains { $0.first <= first && last <= $0.last }
    }

    /// Forgets what is said of blocks behind one.
    mutating func drop(behind last: UInt64) {
        settled.removeAll { $0.block > last }
        done.removeAll { $0.first > last }
        for index in done.indices { done[index].last = min(done[index].last, last) }
    }
}

/// A destination's stragglers as they outlive the process, and the cursor that has passed them.
struct SavedStragglers: Codable, Equatable, Sendable {
    struct Device: Codable, Equatable, Sendable {
        var device: UInt64
        /// Where its next packet is looked for.
        var next: LogPlace
        /// Packets before that which are not settled.
        var underWay: [LogPlace]
    }

    /// Packets of a segment that are left in it, but for those that the cursor comes to again.
    struct Left: Codable, Equatable, Sendable {
        var segment: UInt64
        var packets: UInt64
    }

    var position: LogPosition
    var settled: [SavedCursor.Settled]
    var done: [SavedCursor.Run]
    var devices: [Device]
    var left: [Left]

    /// The first place of all that has to be read again.
    var start: LogPosition {
        devices.reduce(position) { min($0, $1.next.position, $1.underWay.first?.position ?? $0) }
    }
}
