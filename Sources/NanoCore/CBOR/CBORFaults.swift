/// The faults of a payload as refusals: kept out of line, where the good path doesn't pay for them.
extension CBORCursor {
    /// Offset in the frame of an offset in the buffer.
    @inline(__always)
    private func frameOffset(_ position: Int) -> Int {
        FrameHeader.length &+ position &- start
    }

    @inline(never)
    func malformed(_ detail: RefusalDetail, at position: Int) -> Refusal {
        Refusal(.cborMalformed, detail, offset: frameOffset(position))
    }

    @inline(never)
    func malformed(
        _ detail: RefusalDetail, at position: Int, observed: Int, allowed: Int
    ) -> Refusal {
        Refusal(
            .cborMalformed, detail, observed: .integer(Int64(observed)),
            allowed: .integer(Int64(allowed)), offset: frameOffset(position))
    }

    @inline(never)
    func overLimit(
        _ detail: RefusalDetail, at position: Int, observed: UInt64, allowed: Int
    ) -> Refusal {
        Refusal(
            .cborLimit, detail, observed: .unsigned(observed), allowed: .unsigned(UInt64(allowed)),
            offset: frameOffset(position))
    }

    /// One item more than a container with an indefinite length may have.
    @inline(never)
    func tooMany(isMap: Bool) -> Refusal {
        let allowed = isMap ? CBORLimits.mapPairs : CBORLimits.arrayItems
        return overLimit(
            isMap ? .mapPairs : .arrayItems, at: position, observed: UInt64(allowed + 1),
            allowed: allowed)
    }

    /// A head that means nothing, or that the payload's end cuts short.
    @inline(never)
    func headFault(_ initial: UInt8) -> Refusal {
        if CBORHead.isReserved(initial) { return malformed(.reservedInformation, at: position) }
        return malformed(
            .endOfInput, at: position, observed: limit - position - 1,
            allowed: CBORHead.argumentLength(initial))
    }

    /// A tag, known from its first byte; its number is told when it can be read.
    @inline(never)
    func tagFault(_ bytes: Span<UInt8>, _ initial: UInt8) -> Refusal {
        if CBORHead.isReserved(initial) { return malformed(.reservedInformation, at: position) }
        let number = CBORHead(bytes, at: position, limit: limit)?.argument
        return Refusal(
            .cborLimit, .tag, observed: number.map { .unsigned($0) } ?? .none,
            offset: frameOffset(position))
    }

    /// A key that is not a text.
    @inline(never)
    func keyFault(_ bytes: Span<UInt8>, _ initial: UInt8) -> Refusal {
        if initial >> 5 == CBORHead.Major.tag.rawValue { return tagFault(bytes, initial) }
        return malformed(
            CBORHead.isReserved(initial) ? .reservedInformation : .keyNotText, at: position)
    }

    /// A top item that is not a map.
    @inline(never)
    func topFault(_ bytes: Span<UInt8>, _ initial: UInt8) -> Refusal {
        if initial == CBORHead.breakByte { return malformed(.unexpectedBreak, at: position) }
        if initial >> 5 == CBORHead.Major.tag.rawValue { return tagFault(bytes, initial) }
        return malformed(
            CBORHead.isReserved(initial) ? .reservedInformation : .topNotMap, at: position)
    }
}
