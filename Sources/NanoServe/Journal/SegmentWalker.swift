import NanoCore

/// Reads the blocks of a file one behind the other, and goes on behind what is damaged.
struct SegmentWalker {
    enum Step {
        case block(LogBlock)
        /// Bytes that belong to no whole block. Where they begin with a head that is whole, it is known
        /// what they were.
        case damage(Range<Int>, LostBlock?)
        /// The beginning of a block that the file ends in.
        case torn(Range<Int>, LostBlock?)
    }

    private let file: any LogFile
    private let number: UInt64
    private let check: SipHash
    private(set) var offset: Int
    private let size: Int
    /// Bytes of it that are there.
    private let present: Int
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
        present = (try? file.size()).map { min($0, size) } ?? size
        self.isTolerant = isTolerant
        self.wanted = min(size, offset + min(wanted, size))
    }

    /// The next block, or range that is none; nil at the end.
    mutating func next() throws -> Step? {
        guard offset < size else { return nil }
        let start = offset
        guard start < present else {
            offset = size
            return .damage(start..<size, nil)
        }
        guard start + LogBlockHead.length <= present else {
            offset = present
            return .torn(start..<present, nil)
        }
        guard let head = try head(at: start) else {
            offset = try nextHead(start + 1..<present)
            return .damage(start..<offset, nil)
        }
        let records = start + LogBlockHead.length..<start + LogBlockHead.length + Int(head.bytes)
        guard records.upperBound <= present, try load(records) else {
            offset = try nextHead(start + 1..<present)
            let lost = LostBlock(head)
            return offset == present
                ? .torn(start..<offset, lost) : .damage(start..<offset, lost)
        }
        let place = records.lowerBound - chunkStart
        let bytes = Array(chunk[place..<place + records.count])
        let block = LogBlock(head, at: LogPosition(segment: number, offset: start), bytes: bytes)
        guard check.hash(bytes.span, 0..<bytes.count) == head.checksum else {
            // Where bytes are missing among them, the next block has come nearer.
            offset = try nextHead(start + 1..<records.upperBound)
            return .damage(start..<offset, LostBlock(block))
        }
        offset = records.upperBound
        return .block(block)
    }

    private mutating func head(at start: Int) throws -> LogBlockHead? {
        guard try load(start..<start + LogBlockHead.length) else { return nil }
        return LogBlockHead(chunk, at: start - chunkStart, check)
    }

    /// Where the next confirmed head begins in a range; its end when there is none.
    private mutating func nextHead(_ range: Range<Int>) throws -> Int {
        var place = range.lowerBound
        while place < range.upperBound, try load(place..<place + LogBlockHead.length) {
            guard let found = chunk[(place - chunkStart)...].firstIndex(of: LogBlockHead.firstByte)
            else {
                place = chunkStart + chunk.count
                continue
            }
            place = chunkStart + found
            if place < range.upperBound, try head(at: place) != nil { return place }
            place += 1
        }
        return range.upperBound
    }

    /// Reads a range into the chunk.
    ///
    /// - Returns: Whether the file has it.
    private mutating func load(_ range: Range<Int>) throws -> Bool {
        guard range.upperBound <= present else { return false }
        if range.lowerBound >= chunkStart, range.upperBound <= chunkStart + chunk.count {
            return true
        }
        var end = min(present, range.lowerBound + Self.chunkBytes)
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
