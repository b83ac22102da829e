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
        /// The destination's records in them.
        var count: Int
    }

    var position = LogPosition()
    var settled: [Settled] = []
    var done: [Run] = []

    var settledByBlock: [UInt64: Set<UInt32>] {
        Dictionary(settled.map { ($0.block, Set($0.records)) }, uniquingKeysWith: { $0.union($1) })
    }

    /// Records behind the position that are settled.
    var settledCount: Int {
        settled.reduce(0) { $0 + $1.records.count } + done.reduce(0) { $0 + $1.count }
    }
}
