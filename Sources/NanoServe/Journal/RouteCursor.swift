import NanoCore

/// Where a destination reads on in the log, and what of that behind it is not settled.
struct RouteCursor {
    /// A block that packets were taken from and are not all settled, or that is still being read;
    /// or a run of blocks that are done, behind one that is not.
    struct OpenBlock {
        let number: UInt64
        /// The last block of the run.
        var lastNumber: UInt64
        let position: LogPosition
        var unsettled = 0
        var isRead = false
        /// Places of settled records; none once all are.
        var settled: [UInt32] = []
        var hasSettled = false
        /// Places of records of stragglers that were left in it; none once all others are settled.
        var left: [UInt32] = []

        var isDone: Bool { isRead && unsettled == 0 }
    }

    /// A record that was taken, and where it lies.
    struct Found {
        let record: LogRecord
        let block: LogBlock
        let offset: Int
        let place: UInt32

        var log: LogPlace { LogPlace(position: block.position, record: place) }
    }

    /// The next block to read.
    var next: LogPosition
    /// The block that is being read.
    private(set) var block: LogBlock?
    private(set) var offset = 0
    private var place: UInt32 = 0
    private var bit: UInt32 = 0
    /// Blocks from the disk, the next one first.
    private var loaded: ArraySlice<LogBlock> = []
    /// The number of the last block that was begun: one that is in two files is read once.
    private var lastNumber: UInt64
    private(set) var open: [OpenBlock] = []
    /// Records settled before the start, by block.
    private var settledBefore: [UInt64: Set<UInt32>]
    private var doneBefore: [SavedCursor.Run]
    /// The last block of which that knows anything.
    private let lastKnown: UInt64
    /// Records of this destination that were passed in the segment of ``next``.
    private(set) var passed: UInt64 = 0

    init(_ saved: SavedCursor, lastNumber: UInt64, passed: UInt64) {
        next = saved.position
        self.lastNumber = lastNumber
        self.passed = passed
        settledBefore = saved.settledByBlock
        doneBefore = saved.done
        lastKnown = max(saved.settled.map(\.block).max() ?? 0, saved.done.map(\.last).max() ?? 0)
    }

    /// Goes on at a block, because nothing is left to do before it, or nothing is left of it.
    mutating func jump(to position: LogPosition, passed: UInt64) {
        if block != nil {
            open[open.count - 1].isRead = true
            close(open.count - 1)
        }
        next = position
        self.passed = passed
        block = nil
        loaded = []
    }

    /// Passes over everything up to a position as if it were settled, what is under way included.
    ///
    /// - Parameter last: The number of the last block before that position.
    mutating func skip(to position: LogPosition, lastNumber last: UInt64, passed: UInt64) {
        (block, open) = (nil, [])
        lastNumber = max(lastNumber, last)
        jump(to: position, passed: passed)
    }

    /// Whether a block of a destination, by its place, is at hand.
    mutating func hasBlock(
        of route: Int, in recent: RecentBlocks, _ bits: inout RouteBits
    ) -> Bool {
        while block == nil {
            guard let following = nextBlock(in: recent) else { return false }
            begin(following, bit: bits.bit(of: route, in: following.position.segment))
        }
        return true
    }

    private mutating func nextBlock(in recent: RecentBlocks) -> LogBlock? {
        if let first = loaded.popFirst() { return first }
        guard let start = recent.start, start <= next else { return nil }
        return recent.block(from: next)
    }

    private mutating func begin(_ following: LogBlock, bit: Int?) {
        if following.position.segment != next.segment { passed = 0 }
        next = following.end
        guard following.head.number > lastNumber else { return }
        lastNumber = following.head.number
        guard let bit, following.head.routes & 1 << UInt32(bit) != 0 else { return }
        let number = following.head.number
        if doneBefore.contains(where: { $0.first <= number && number <= $0.last }) {
            passed += following.counts()[bit]
            open.append(
                OpenBlock(
                    number: number, lastNumber: number, position: following.position,
                    isRead: true, hasSettled: true))
            return close(open.count - 1)
        }
        self.bit = 1 << UInt32(bit)
        block = following
        offset = 0
        place = 0
        open.append(
            OpenBlock(number: number, lastNumber: number, position: following.position))
    }

    /// Where it reads on.
    var here: LogPlace {
        block.map { LogPlace(position: $0.position, record: place) } ?? LogPlace(position: next)
    }

    /// The destination's next record in the block that is being read; nil at its end.
    mutating func take() -> Found? {
        guard let block else { return nil }
        while let record = block.record(at: offset) {
            let found = Found(record: record, block: block, offset: offset, place: place)
            offset = record.end
            place += 1
            guard record.routes & bit != 0 else { continue }
            passed += 1
            if settledBefore[block.head.number]?.contains(found.place) == true {
                open[open.count - 1].settled.append(found.place)
                open[open.count - 1].hasSettled = true
                continue
            }
            open[open.count - 1].unsettled += 1
            return found
        }
        settledBefore[block.head.number] = nil
        self.block = nil
        open[open.count - 1].isRead = true
        close(open.count - 1)
        return nil
    }

    /// Puts back what was taken last.
    mutating func takeBack(_ found: Found) {
        (offset, place) = (found.offset, found.place)
        passed -= 1
        open[open.count - 1].unsettled -= 1
    }

    /// Leaves what was taken last to the stragglers' reader.
    mutating func leave(_ found: Found) {
        open[open.count - 1].unsettled -= 1
        open[open.count - 1].left.append(found.place)
        open[open.count - 1].hasSettled = true
    }

    /// Packets of stragglers, by segment, that are passed once more after a restart.
    var reread: [UInt64: UInt64] {
        open.reduce(into: [:]) { counts, block in
            guard !block.left.isEmpty else { return }
            counts[block.position.segment, default: 0] += UInt64(block.left.count)
        }
    }

    /// Notes that a record which was left is settled for good.
    mutating func settleLater(block number: UInt64, record: UInt32) {
        guard let index = openIndex(number) else { return }
        open[index].settled.append(record)
        open[index].left.removeAll { $0 == record }
    }

    /// Whether what follows of a device may be settled already, because it was so before the start.
    var mayHaveSettledAhead: Bool { lastNumber <= lastKnown }

    /// Whether it will pass over blocks that were done before the start, but for what was left in them.
    var hasDoneAhead: Bool { doneBefore.contains { $0.last > lastNumber } }

    /// Whether there may be settled records before it, from before the start.
    var knowsSettled: Bool { !settledBefore.isEmpty || !doneBefore.isEmpty }

    /// Notes that a record is settled for good.
    mutating func settle(block number: UInt64, record: UInt32) {
        guard let index = openIndex(number) else { return }
        open[index].unsettled -= 1
        open[index].settled.append(record)
        open[index].hasSettled = true
        close(index)
    }

    /// Where a block is that has something unsettled, or is still being read.
    private func openIndex(_ number: UInt64) -> Int? {
        var (low, high) = (0, open.count)
        while low < high {
            let middle = (low + high) / 2
            if open[middle].lastNumber < number { low = middle + 1 } else { high = middle }
        }
        guard low < open.count, open[low].number == number, !open[low].isDone else { return nil }
        return low
    }

    /// Lets go of the oldest blocks that have nothing left to settle, and gathers others into runs.
    private mutating func close(_ index: Int) {
        guard open[index].isDone else { return }
        (open[index].settled, open[index].left) = ([], [])
        guard index > 0 else {
            open.removeFirst(open.prefix(while: \.isDone).count)
            return
        }
        if index + 1 < open.count, open[index + 1].isDone { absorb(index + 1, into: index) }
        if open[index - 1].isDone { absorb(index, into: index - 1) }
    }

    private mutating func absorb(_ later: Int, into earlier: Int) {
        open[earlier].lastNumber = open[later].lastNumber
        open.remove(at: later)
    }

    /// Takes blocks from the disk.
    mutating func supply(_ blocks: [LogBlock], from position: LogPosition) {
        // It may have jumped meanwhile.
        guard position == next, block == nil, loaded.isEmpty else { return }
        loaded = blocks[...]
    }

    /// Passes over what was damaged, or holds nothing, behind the last block read.
    mutating func move(to position: LogPosition, from before: LogPosition) {
        guard before == next, loaded.isEmpty, block == nil else { return }
        if position.segment != next.segment { passed = 0 }
        next = position
    }

    /// Forgets the settled records of blocks that are gone.
    mutating func dropOpen(before segment: UInt64) {
        open.removeAll { $0.position.segment < segment && $0.isRead }
    }

    /// What to go on with after a restart.
    ///
    /// - Parameter isIdle: Whether nothing is left to do up to the end of what was read.
    func saved(isIdle: Bool) -> SavedCursor {
        guard !isIdle else { return SavedCursor(position: next) }
        var saved = SavedCursor(position: open.first?.position ?? next)
        for block in open {
            if block.isDone, block.hasSettled {
                saved.done.append(SavedCursor.Run(first: block.number, last: block.lastNumber))
                continue
            }
            // Of a block that is being read, what was settled before the start may lie ahead.
            let ahead = block.isRead ? [] : settledBefore[block.number, default: []]
            let records = block.settled + ahead.filter { $0 >= place }.sorted()
            guard !records.isEmpty else { continue }
            saved.settled.append(SavedCursor.Settled(block: block.number, records: records))
        }
        // What was known at the start and has not been come to yet.
        saved.done += doneBefore.filter { $0.last > lastNumber }
        saved.settled += settledBefore.filter { $0.key > lastNumber }
            .map { SavedCursor.Settled(block: $0.key, records: $0.value.sorted()) }
            .sorted { $0.block < $1.block }
        return saved
    }
}
