import NanoCore

/// Appends blocks to a journal's files. One thread at a time uses it.
final class SegmentWriter {
    private let log: SegmentLog
    private let routes: [String]
    private let hashKey: (UInt64, UInt64)
    private let check: SipHash
    private let segmentBytes: Int
    private var spareRoom: SpareRoom
    /// The file that is written to; nil until the next block needs one.
    private var file: (any LogFile)?
    private var size = 0
    private var nextSegment: UInt64
    private var nextBlock: UInt64
    /// Segments whose summary is still to be written.
    private var unsealed: [UInt64] = []

    /// Begins behind what is there, in a file of its own: nobody has to know how the one before
    /// ended.
    ///
    /// - Parameter lastBlock: The highest number that a block has had.
    init(
        _ log: SegmentLog, _ configuration: Journal.Configuration, hashKey: (UInt64, UInt64),
        lastBlock: UInt64
    ) {
        self.log = log
        self.hashKey = hashKey
        routes = configuration.routes
        segmentBytes = configuration.segmentBytes
        spareRoom = SpareRoom(bytes: configuration.spareBytes)
        check = SipHash(key: hashKey)
        nextSegment = log.nextSegment
        nextBlock = lastBlock + 1
        unsealed = log.unsummarized
    }

    /// Writes a block behind the last.
    ///
    /// When that fails nothing has changed, and the same group may be written again.
    ///
    /// - Parameters:
    ///   - isSynced: Whether it has to be on the disk before this comes back.
    ///   - isLast: Whether it may take room that is left to others, since nothing comes behind it.
    /// - Throws: ``StorageFault``.
    func append(
        _ group: LogGroup, closedAt now: Moment, isSynced: Bool, isLast: Bool = false
    ) throws -> LogBlock {
        var head = group.head
        head.number = nextBlock
        head.unixMilliseconds = now.unixMilliseconds
        head.monotonicNanoseconds = now.monotonicNanoseconds
        head.checksum = check.hash(group.bytes.span, 0..<group.bytes.count)
        let bytes = head.encoded(check) + group.bytes
        if !isLast {
            try spareRoom.spare(writing: bytes.count, to: log.storage, held: log.bytes)
        }
        if file != nil, size + bytes.count > segmentBytes { seal() }
        let file = try file ?? begin(now)
        do {
            try file.write(bytes, at: size)
            if isSynced { try file.sync() }
        } catch {
            giveUpFile(error)
            throw error
        }
        let position = LogPosition(segment: nextSegment - 1, offset: size)
        size += bytes.count
        nextBlock += 1
        log.commit(head, counts: group.counts, end: size)
        // A copy of its own size: the group's memory is for the next one.
        return LogBlock(head, at: position, bytes: Array(bytes[LogBlockHead.length...]))
    }

    /// Goes on in another file than the one that holds the last block.
    ///
    /// - Throws: ``StorageFault``; then nothing has changed.
    func goOn(_ now: Moment) throws {
        guard log.segments.last?.summary.lastBlock ?? 0 > 0 else { return }
        let before = file
        if file != nil { seal() }
        do {
            _ = try begin(now)
        } catch {
            if before != nil { unsealed.removeLast() }
            file = before
            throw error
        }
    }

    private func begin(_ now: Moment) throws -> any LogFile {
        let head = SegmentHead(
            number: nextSegment, unixMilliseconds: now.unixMilliseconds, hashKey: hashKey,
            routes: routes)
        let bytes = head.encoded
        let file = try log.storage.create(
            SegmentName.log(nextSegment), beginningWith: bytes)
        writeSummaries()
        self.file = file
        size = bytes.count
        nextSegment += 1
        log.add(
            SegmentLog.Segment(
                head: head, summary: SegmentSummary(size: size), start: bytes.count))
        return file
    }

    private func seal() {
        file = nil
        unsealed.append(nextSegment - 1)
    }

    /// Goes on in another file: what a failed write or flush has left of this one nobody knows. On a full
    /// disk there would be one more with each try, so that one without a block is used again.
    private func giveUpFile(_ fault: any Error) {
        guard let file else { return }
        // What cannot be cut off is found to be no whole block, or to have a number twice.
        let isCut = (try? file.truncate(to: size)) != nil
        let isEmpty = log.segments.last?.summary.lastBlock == 0
        if isCut, isEmpty, (fault as? StorageFault)?.isOutOfRoom == true { return }
        seal()
    }

    /// Writes down what whole files hold. Without it a start reads the file, and judges anew what of its
    /// end is damage, so that a failure costs little.
    func writeSummaries() {
        unsealed.removeAll { number in
            guard let summary = log.segment(number)?.summary.encoded(of: number) else {
                return true
            }
            return (try? log.storage.replace(SegmentName.summary(number), with: summary)) != nil
        }
    }

    /// Ends the writing.
    func close() {
        if file != nil { seal() }
        writeSummaries()
    }

    /// Flushes what was written without waiting for the disk.
    func sync() throws {
        try file?.sync()
    }
}
