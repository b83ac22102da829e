import NanoCore

/// Reads a destination's records once more, for the sake of those that its cursor has passed and left.
struct StragglerReader {
    /// A record that was read.
    struct Found {
        let record: LogRecord
        let block: LogBlock
        /// Where it begins in the block.
        let offset: Int
        let log: LogPlace
    }

    enum Step {
        case record(Found)
        /// All is read up to where the cursor reads on.
        case end
        /// The disk has to be read first.
        case nothing
    }

    /// The next block to read.
    private var next = LogPosition()
    private var block: LogBlock?
    private var offset = 0
    private var place: UInt32 = 0
    private var bit: UInt32 = 0
    /// Blocks from the disk, and the place of the next one among them.
    private var loaded: (blocks: [LogBlock], next: Int) = ([], 0)
    /// Where the disk has to be read.
    private(set) var wanted: LogPosition?

    /// Where it reads on.
    var here: LogPlace {
        block.map { LogPlace(position: $0.position, record: place) } ?? LogPlace(position: next)
    }

    /// Goes to a place, by what is at hand if that is there.
    mutating func seek(_ start: LogPlace) {
        if block?.position == start.position {
            if start < here { (offset, place) = (0, 0) }
            return
        }
        guard here != start else { return }
        (block, wanted) = (nil, nil)
        let index = loaded.blocks.lastIndex { $0.position <= start.position }
        if let index, let end = loaded.blocks.last?.end, start.position < end {
            loaded.next = index
            next = loaded.blocks[index].position
        } else {
            loaded = ([], 0)
            next = start.position
        }
    }

    /// The destination's next record.
    ///
    /// - Parameter end: Where the destination's cursor reads on.
    mutating func read(until end: LogPlace, from source: inout BlockSource) -> Step {
        while true {
            if let block {
                while let record = block.record(at: offset) {
                    let log = LogPlace(position: block.position, record: place)
                    guard log < end else { return .end }
                    let start = offset
                    offset = record.end
                    place += 1
                    guard record.routes & bit != 0 else { continue }
                    return .record(
                        Found(record: record, block: block, offset: start, log: log))
                }
                self.block = nil
            }
            guard next < end.position || (next == end.position && end.record > 0) else {
                return .end
            }
            guard let following = nextLoaded() ?? source.block(from: next) else {
                wanted = next
                return .nothing
            }
            next = following.end
            guard let bit = source.bit(in: following.position.segment),
                following.head.routes & 1 << UInt32(bit) != 0
            else { continue }
            self.bit = 1 << UInt32(bit)
            (block, offset, place) = (following, 0, 0)
        }
    }

    private mutating func nextLoaded() -> LogBlock? {
        guard loaded.next < loaded.blocks.count else { return nil }
        defer { loaded.next += 1 }
        return loaded.blocks[loaded.next]
    }

    /// Takes what was read from the disk, unless it reads elsewhere by now.
    mutating func supply(_ blocks: [LogBlock], from position: LogPosition, next: LogPosition) {
        guard wanted == position else { return }
        wanted = nil
        if blocks.isEmpty { self.next = next } else { loaded = (blocks, 0) }
    }
}

/// Where blocks of a destination are found that are in memory.
struct BlockSource {
    let route: Int
    let recent: RecentBlocks
    var bits: RouteBits

    /// The first block at or behind a position; nil when the disk has to be read for it.
    func block(from position: LogPosition) -> LogBlock? {
        guard let start = recent.start, start <= position else { return nil }
        return recent.block(from: position)
    }

    /// The destination's bit in the records of a segment.
    mutating func bit(in segment: UInt64) -> Int? { bits.bit(of: route, in: segment) }
}
