import NanoCore

/// Reads the blocks of a file one behind the other, and goes on behind what is damaged.
struct SegmentWalker {
    enum Step {
        case block(LogBlock)
        /// Bytes that belong to no whole block. Where they are the records behind a head that is whole,
        /// and all there, it is known what they were.
        case damage(Range<Int>, LogBlockHead?)
        /// The beginning of a block that the file ends in.
        case torn(Range<Int>)
    }

    private let file: any LogFile
    private let number: UInt64
    private let check: SipHash
    private(set) var offset: Int
    private let size: Int
    private var chunk: [UInt8] = []
    private var chunkStart = 0
    private let isTolerant: Bool
    /// Up to where at least the file is wanted.
    private let wanted: Int

    /// Bytes that are read at once, so that small blocks cost few calls.
    private static let chunkBytes = 1 << 20
    /// What a disk reads, or fails to read, as a whole.
    private static let pageBytes = 4_096

    /// - Parameters:
    ///   - offset: Where a block begins.
    ///   - size: Bytes of the file that are to be read.
    ///   - wanted: How much of it is wanted for certain; what lies behind is not read ahead.
    ///   - isTolerant: Whether what the disk does not read is damage like any other; otherwise it
    ///     is thrown, to be tried again.
    init(
        _ file: any LogFile, _ head: SegmentHead, from offset: Int, size: Int,
        wanted: Int = .max, isTolerant: Bool
    ) {
        self.file = file
        number = head.number
        check = head.check
        self.offset = offset
        self.size = size
        self.isTolerant = isTolerant
        self.wanted = min(size, offset + min(wanted, size))
    }

    /// The next block, or range that is none; nil at the end.
    mutating func next() throws -> Step? {
        guard offset < size else { return nil }
        let start = offset
        guard start + LogBlockHead.length <= size else {
            offset = size
            return .torn(start..<size)
        }
        guard let head = try head(at: start) else {
            offset = try nextHead(behind: start)
            return .damage(start..<offset, nil)
        }
        let records = start + LogBlockHead.length..<start + LogBlockHead.length + Int(head.bytes)
        guard records.upperBound <= size, try load(records) else {
            offset = try nextHead(behind: start)
            return offset == size ? .torn(start..<offset) : .damage(start..<offset, nil)
        }
        offset = records.upperBound
        let place = records.lowerBound - chunkStart
        guard check.hash(chunk.span, place..<place + records.count) == head.checksum else {
            return .damage(start..<offset, head)
        }
        return .block(
            LogBlock(
                head, at: LogPosition(segment: number, offset: start),
                bytes: Array(chunk[place..<place + records.count])))
    }

    private mutating func head(at start: Int) throws -> LogBlockHead? {
        guard try load(start..<start + LogBlockHead.length) else { return nil }
        return LogBlockHead(chunk, at: start - chunkStart, check)
    }

    /// Where the next confirmed head begins; the end when there is none.
    private mutating func nextHead(behind start: Int) throws -> Int {
        var place = start + 1
        while place + LogBlockHead.length <= size {
            if try head(at: place) != nil { return place }
            place += 1
        }
        return size
    }

    /// Reads a range into the chunk.
    ///
    /// - Returns: Whether the file has it.
    private mutating func load(_ range: Range<Int>) throws -> Bool {
        guard range.upperBound <= size else { return false }
        if range.lowerBound >= chunkStart, range.upperBound <= chunkStart + chunk.count {
            return true
        }
        var end = min(size, range.lowerBound + Self.chunkBytes)
        if range.lowerBound < wanted { end = min(end, wanted) }
        end = max(end, range.upperBound)
        chunk = try read(range.lowerBound..<end)
        chunkStart = range.lowerBound
        return range.upperBound <= chunkStart + chunk.count
    }

    /// Reads a range, with zeros for pages that the disk does not read.
    private func read(_ range: Range<Int>) throws -> [UInt8] {
        do {
            return try file.read(range)
        } catch {
            guard isTolerant else { throw error }
        }
        var bytes: [UInt8] = []
        while bytes.count < range.count {
            let start = range.lowerBound + bytes.count
            let end = min(range.upperBound, (start / Self.pageBytes + 1) * Self.pageBytes)
            guard let page = try? file.read(start..<end) else {
                bytes += [UInt8](repeating: 0, count: end - start)
                continue
            }
            bytes += page
            guard page.count == end - start else { break }
        }
        return bytes
    }
}
