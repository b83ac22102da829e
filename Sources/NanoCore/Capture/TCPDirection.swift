/// What one end of a TCP connection sent, put in order again.
///
/// Whatever came first at a place stays: what is sent again changes nothing. A byte that never comes
/// holds up what is behind it until that is more than the limit, or the connection ends.
struct TCPDirection {
    /// What becomes of the bytes.
    enum Step: Equatable {
        case bytes([UInt8])
        /// These many bytes are not in the capture.
        case gap(missingBytes: Int)
        /// The sender has sent all it wanted to.
        case finished
    }

    /// Bytes that came, or are known not to come, from a place in the stream on.
    private struct Piece {
        var start: Int64
        var end: Int64
        /// Nil where the capture holds too little of a packet.
        var bytes: [UInt8]?

        var cost: Int { TCPDirection.pieceBytes + (bytes?.count ?? 0) }

        func part(_ range: Range<Int64>) -> Piece {
            let part = bytes.map {
                Array($0[Int(range.lowerBound - start)..<Int(range.upperBound - start)])
            }
            return Piece(start: range.lowerBound, end: range.upperBound, bytes: part)
        }
    }

    /// Place in the stream, 0 at its start, of the next byte.
    private var next: Int64 = 0
    /// Sequence number of the next byte.
    private var nextSequence: UInt32
    /// In the order of their places, apart from each other.
    private var waiting: [Piece] = []
    /// Place of the FIN.
    private var finish: Int64?
    /// What waits costs this many bytes, its book-keeping included.
    private(set) var waitingBytes = 0

    /// What a piece that waits costs besides its bytes.
    private static let pieceBytes = 64

    /// - Parameter sequence: Of the first byte of payload.
    init(sequence: UInt32) {
        nextSequence = sequence
    }

    /// Whether a sequence number can belong to this stream, and not to a later one between the same
    /// ports.
    func isNear(_ sequence: UInt32) -> Bool {
        abs(place(of: sequence) - next) < 1 << 24
    }

    /// Takes a segment.
    ///
    /// - Parameter limit: Bytes that may wait behind what is missing.
    mutating func take(_ segment: TCPSegment, limit: Int, _ step: (Step) -> Void) {
        let start = place(of: segment.payloadSequence)
        let captured = start + Int64(segment.payload.count)
        let sent = start + Int64(segment.sentBytes)
        insert(Piece(start: start, end: captured, bytes: Array(segment.payload)))
        insert(Piece(start: captured, end: sent, bytes: nil))
        if segment.isFIN, finish == nil { finish = sent }
        release(step)
        while waitingBytes > limit { jump(step) }
    }

    /// Hands out all that waits, with what is missing in it.
    mutating func flush(_ step: (Step) -> Void) {
        while !waiting.isEmpty { jump(step) }
        guard let finish, finish > next else { return }
        step(.gap(missingBytes: Int(finish - next)))
        advance(to: finish)
        step(.finished)
    }

    /// Gives up what waits.
    mutating func forget() {
        waiting = []
        waitingBytes = 0
    }

    /// Place in the stream that a sequence number stands for: the nearest to where we are, since
    /// the numbers come round again.
    private func place(of sequence: UInt32) -> Int64 {
        next + Int64(Int32(bitPattern: sequence &- nextSequence))
    }

    private mutating func advance(to place: Int64) {
        nextSequence &+= UInt32(truncatingIfNeeded: place - next)
        next = place
    }

    /// Puts in what nothing stands for yet.
    private mutating func insert(_ piece: Piece) {
        var start = max(piece.start, next)
        var index = firstIndex(endingBehind: start)
        while start < piece.end {
            let end = index < waiting.count ? min(piece.end, waiting[index].start) : piece.end
            if start < end {
                let part = piece.part(start..<end)
                waiting.insert(part, at: index)
                waitingBytes += part.cost
                index += 1
            }
            guard index < waiting.count else { return }
            start = max(start, waiting[index].end)
            index += 1
        }
    }

    /// Hands out what is next.
    private mutating func release(_ step: (Step) -> Void) {
        var count = 0
        while count < waiting.count, waiting[count].start == next {
            let piece = waiting[count]
            count += 1
            waitingBytes -= piece.cost
            advance(to: piece.end)
            step(piece.bytes.map(Step.bytes) ?? .gap(missingBytes: Int(piece.end - piece.start)))
        }
        waiting.removeFirst(count)
        if let finish, finish <= next { step(.finished) }
    }

    /// Gives up what is missing in front of the first piece that waits.
    private mutating func jump(_ step: (Step) -> Void) {
        guard let first = waiting.first else { return }
        step(.gap(missingBytes: Int(first.start - next)))
        advance(to: first.start)
        release(step)
    }

    /// Index of the first piece that ends behind a place.
    private func firstIndex(endingBehind place: Int64) -> Int {
        var (low, high) = (0, waiting.count)
        while low < high {
            let middle = low + (high - low) / 2
            if waiting[middle].end > place { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
