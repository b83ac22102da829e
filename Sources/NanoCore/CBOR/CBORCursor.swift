/// A place in a payload, and the reading of items that hold no others: strings, numbers, simple
/// values. It moves only past what has been found valid.
struct CBORCursor {
    /// Offset of the payload.
    let start: Int
    /// Offset behind the payload.
    let limit: Int
    var position: Int

    @inline(__always)
    init(_ range: Range<Int>) {
        start = range.lowerBound
        limit = range.upperBound
        position = range.lowerBound
    }

    /// Reads the head at the position, which is not behind the end.
    @inline(__always)
    func head(_ bytes: Span<UInt8>, _ initial: UInt8) throws(Refusal) -> CBORHead {
        guard let head = CBORHead(bytes, at: position, limit: limit) else {
            throw headFault(initial)
        }
        return head
    }

    @inline(__always)
    mutating func readSimple(
        _ bytes: Span<UInt8>, _ initial: UInt8
    ) throws(Refusal) -> CBORHead {
        let head = try head(bytes, initial)
        // RFC 8949 §3.3: a second byte below 32 would say again what one byte can say.
        if head.information == 24, head.argument < 32 {
            throw malformed(
                .invalidSimple, at: position, observed: Int(head.argument), allowed: 32)
        }
        position = head.end
        return head
    }

    @inline(__always)
    mutating func skipByteString(_ bytes: Span<UInt8>, _ initial: UInt8) throws(Refusal) {
        let head = try head(bytes, initial)
        if head.isIndefinite {
            try skipByteChunks(bytes, head)
        } else {
            position = try byteContent(head, total: 0, at: position)
        }
    }

    private mutating func skipByteChunks(
        _ bytes: Span<UInt8>, _ opening: CBORHead
    ) throws(Refusal) {
        let string = position
        var total = 0
        position = opening.end
        while let chunk = try nextChunk(bytes, .byteString) {
            let end = try byteContent(chunk, total: total, at: string)
            total &+= end &- chunk.end
            position = end
        }
    }

    /// Offset behind the content of a byte string that has `total` bytes already.
    @inline(__always)
    private func byteContent(
        _ head: CBORHead, total: Int, at string: Int
    ) throws(Refusal) -> Int {
        guard head.argument <= UInt64(CBORLimits.byteStringBytes &- total) else {
            let (sum, overflow) = head.argument.addingReportingOverflow(UInt64(total))
            throw overLimit(
                .byteStringBytes, at: string, observed: overflow ? .max : sum,
                allowed: CBORLimits.byteStringBytes)
        }
        return try contentEnd(head)
    }

    /// Offset behind a string's content, once it is known to lie inside the payload.
    @inline(__always)
    private func contentEnd(_ head: CBORHead) throws(Refusal) -> Int {
        let available = limit &- head.end
        guard head.argument <= UInt64(available) else {
            throw malformed(
                .endOfInput, at: position, observed: available,
                allowed: Int(truncatingIfNeeded: head.argument))
        }
        return head.end &+ Int(head.argument)
    }

    /// Reads a text, nearly always a short one of ASCII with a definite length.
    @inline(__always)
    mutating func readText(
        _ bytes: Span<UInt8>, _ initial: UInt8
    ) throws(Refusal) -> CBORString {
        try readKey(bytes, initial).string
    }

    /// Reads a text that is a map's key.
    @inline(__always)
    mutating func readKey(_ bytes: Span<UInt8>, _ initial: UInt8) throws(Refusal) -> CBORKey {
        let head = try head(bytes, initial)
        let length = Int(truncatingIfNeeded: head.argument)
        let end = head.end &+ length
        guard !head.isIndefinite, head.argument <= UInt64(ShortText.maximumBytes), end <= limit
        else { return CBORKey(string: try readLongText(bytes, head), short: nil) }
        let text = ShortText(bytes, head.end..<end)
        guard text.isASCII else {
            return CBORKey(string: try readLongText(bytes, head), short: text)
        }
        position = end
        return CBORKey(string: CBORString(range: head.end..<end, isChunked: false), short: text)
    }

    @inline(never)
    private mutating func readLongText(
        _ bytes: Span<UInt8>, _ head: CBORHead
    ) throws(Refusal) -> CBORString {
        if head.isIndefinite { return try readTextChunks(bytes, head) }
        var scalars = 0
        let end = try textContent(bytes, head, scalars: &scalars, at: position)
        position = end
        return CBORString(range: head.end..<end, isChunked: false)
    }

    private mutating func readTextChunks(
        _ bytes: Span<UInt8>, _ opening: CBORHead
    ) throws(Refusal) -> CBORString {
        let string = position
        var scalars = 0
        position = opening.end
        while let chunk = try nextChunk(bytes, .text) {
            position = try textContent(bytes, chunk, scalars: &scalars, at: string)
        }
        return CBORString(range: opening.end..<position &- 1, isChunked: true)
    }

    /// Checks the content of a text, or of a chunk of one that starts at `string`.
    private func textContent(
        _ bytes: Span<UInt8>, _ head: CBORHead, scalars: inout Int, at string: Int
    ) throws(Refusal) -> Int {
        // A scalar takes at most four bytes, so a length alone can tell that there are too many.
        let fewest = head.argument / 4 &+ (head.argument & 3 == 0 ? 0 : 1)
        guard fewest <= UInt64(CBORLimits.textScalars &- scalars) else {
            throw overLimit(
                .textScalars, at: string, observed: fewest &+ UInt64(scalars),
                allowed: CBORLimits.textScalars)
        }
        let end = try contentEnd(head)
        let check = UTF8Check(bytes, head.end..<end)
        scalars &+= check.scalars
        guard scalars <= CBORLimits.textScalars else {
            throw overLimit(
                .textScalars, at: string, observed: UInt64(scalars),
                allowed: CBORLimits.textScalars)
        }
        guard check.end == end else { throw malformed(.invalidUTF8, at: check.end) }
        return end
    }

    /// The head of the next chunk of a string with an indefinite length; nil behind its break.
    private mutating func nextChunk(
        _ bytes: Span<UInt8>, _ major: CBORHead.Major
    ) throws(Refusal) -> CBORHead? {
        guard position < limit else {
            throw malformed(.endOfInput, at: position, observed: 0, allowed: 1)
        }
        let initial = bytes[position]
        if initial == CBORHead.breakByte {
            position &+= 1
            return nil
        }
        guard initial >> 5 == major.rawValue, initial & 0x1F != 31 else {
            if initial >> 5 == CBORHead.Major.tag.rawValue { throw tagFault(bytes, initial) }
            throw malformed(
                CBORHead.isReserved(initial) ? .reservedInformation : .invalidChunk, at: position)
        }
        return try head(bytes, initial)
    }
}
