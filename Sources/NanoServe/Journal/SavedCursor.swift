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
