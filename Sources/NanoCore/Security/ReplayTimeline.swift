/// The seconds that the replay guard knows exactly, found by timestamp and ordered by their last
/// insertion, which is the order in which they are given up.
struct ReplayTimeline {
    /// A second; `bucketNext` is the index of another in its bucket, -1 for none.
    struct Record {
        var timestamp: UInt32
        var insertedAt: UInt64
        var marks = ReplaySecond()
        fileprivate var bucketNext: Int32 = -1
    }

    /// Timestamps span 3,661 s while the wall clock does not step, so chains are one record long.
    private static let buckets = 4_096
    /// Bytes of a record beside its marks.
    static let recordBytes = MemoryLayout<Record>.stride

    private(set) var records: [Record] = []
    private var heads = [Int32](repeating: -1, count: buckets)
    private var free: [Int32] = []
    private var order = RecencyOrder()

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

    /// Has the processor fetch the slot where a frame would be.
    @inline(__always)
    func prefetch(_ fingerprint: UInt64, at timestamp: UInt32) {
        guard let second = find(timestamp) else { return }
        // Borrowed: a copy of the second would be one more reference to count.
        records.span[second].marks.prefetch(fingerprint: fingerprint)
    }

    /// The second that has been without insertion for longest.
    var oldestIndex: Int? { order.oldest() }

    /// Indices from the oldest second to the newest.
    var oldestFirst: [Int] { order.oldestFirst() }

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
        order.add(Int(index))
        return Int(index)
    }

    /// Notes an insertion: the second becomes the newest.
    mutating func touch(_ index: Int, at nanoseconds: UInt64) {
        records[index].insertedAt = max(records[index].insertedAt, nanoseconds)
        order.use(index)
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
        order.remove(index)
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

    /// Has marks of some devices name none.
    mutating func dropDevices(where isDropped: (UInt32) -> Bool) {
        for index in records.indices { records[index].marks.dropDevices(where: isDropped) }
    }

    mutating func insert(_ mark: ReplayMark, into index: Int) {
        records[index].marks.insert(mark)
    }
}
