/// The seconds that the replay guard knows exactly, found by timestamp and ordered by their last
/// insertion, which is the order in which they are given up.
struct ReplayTimeline {
    /// A second and its place in both orders. Links are indices, -1 where there is none.
    struct Record {
        var timestamp: UInt32
        var insertedAt: UInt64
        var marks = ReplaySecond()
        fileprivate var bucketNext: Int32 = -1
        fileprivate var older: Int32 = -1
        fileprivate var newer: Int32 = -1
    }

    /// Timestamps span 3,661 s while the wall clock does not step, so chains are one record long.
    private static let buckets = 4_096
    /// Bytes of a record beside its marks.
    static let recordBytes = MemoryLayout<Record>.stride

    private(set) var records: [Record] = []
    private var heads = [Int32](repeating: -1, count: buckets)
    private var free: [Int32] = []
    private var oldest: Int32 = -1
    private var newest: Int32 = -1

    /// Seconds held.
    var count: Int { records.count - free.count }

    func find(_ timestamp: UInt32) -> Int? {
        var index = heads[Int(timestamp) & (Self.buckets - 1)]
        while index >= 0 {
            if records[Int(index)].timestamp == timestamp { return Int(index) }
            index = records[Int(index)].bucketNext
        }
        return nil
    }

    /// The second that has been without insertion for longest.
    var oldestIndex: Int? { oldest < 0 ? nil : Int(oldest) }

    /// Indices from the oldest second to the newest.
    var oldestFirst: [Int] {
        var indices: [Int] = []
        var index = oldest
        while index >= 0 {
            indices.append(Int(index))
            index = records[Int(index)].newer
        }
        return indices
    }

    /// Adds a second that is not here yet, as the newest.
    mutating func add(_ timestamp: UInt32, at nanoseconds: UInt64) -> Int {
        let bucket = Int(timestamp) & (Self.buckets - 1)
        var record = Record(timestamp: timestamp, insertedAt: nanoseconds)
        record.bucketNext = heads[bucket]
        let index: Int32
        if let reused = free.popLast() {
            index = reused
            records[Int(reused)] = record
        } else {
            index = Int32(records.count)
            records.append(record)
        }
        heads[bucket] = index
        linkAsNewest(index)
        return Int(index)
    }

    /// Notes an insertion: the second becomes the newest.
    mutating func touch(_ index: Int, at nanoseconds: UInt64) {
        records[index].insertedAt = max(records[index].insertedAt, nanoseconds)
        guard newest != Int32(index) else { return }
        unlink(Int32(index))
        linkAsNewest(Int32(index))
    }

    /// Takes a second out, with its marks.
    mutating func remove(_ index: Int) -> Record {
        let bucket = Int(records[index].timestamp) & (Self.buckets - 1)
        if heads[bucket] == Int32(index) {
            heads[bucket] = records[index].bucketNext
        } else {
            var before = Int(heads[bucket])
            while records[before].bucketNext != Int32(index) {
                before = Int(records[before].bucketNext)
            }
            records[before].bucketNext = records[index].bucketNext
        }
        unlink(Int32(index))
        let record = records[index]
        records[index].marks = ReplaySecond()
        free.append(Int32(index))
        return record
    }

    /// Makes room in a full second.
    mutating func grow(_ index: Int, to capacity: Int) {
        records[index].marks.grow(to: capacity)
    }

    /// Slots that a second not yet here should begin with: it will resemble the one before it.
    func expectedCapacity(_ timestamp: UInt32) -> Int {
        guard let neighbour = find(timestamp &- 1) else { return ReplaySecond().grownCapacity }
        return max(records[neighbour].marks.count * 5 / 4, ReplaySecond().grownCapacity)
    }

    mutating func insert(_ mark: ReplayMark, into index: Int) {
        records[index].marks.insert(mark)
    }

    private mutating func linkAsNewest(_ index: Int32) {
        records[Int(index)].older = newest
        records[Int(index)].newer = -1
        if newest >= 0 { records[Int(newest)].newer = index } else { oldest = index }
        newest = index
    }

    private mutating func unlink(_ index: Int32) {
        let (older, newer) = (records[Int(index)].older, records[Int(index)].newer)
        if older >= 0 { records[Int(older)].newer = newer } else { oldest = newer }
        if newer >= 0 { records[Int(newer)].older = older } else { newest = older }
    }
}
