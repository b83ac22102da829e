/// What the bytes at a place say about a frame that may start there.
enum HeaderReading {
    /// Right so far, but not yet fourteen bytes.
    case incomplete
    case valid(FrameHeader)
    case fault(Refusal)
}

extension FrameHeader {
    /// Reads a header where a frame has to start.
    ///
    /// The magic is judged at its first wrong byte and the version as soon as it is there; all else
    /// waits for the fourteen bytes, so that the reason is the first in the order of judgement and
    /// never a matter of how the bytes were cut.
    static func read(_ bytes: Span<UInt8>, at start: Int) -> HeaderReading {
        let available = bytes.count - start
        guard available >= length else { return readPart(bytes, at: start, available) }
        guard bytes[start] == magic.0, bytes[start + 1] == magic.1 else {
            return .fault(wrongMagic(bytes, at: start))
        }
        guard bytes[start + 2] == version else {
            return .fault(wrongVersion(bytes[start + 2]))
        }
        return readFields(bytes, at: start)
    }

    private static func readPart(
        _ bytes: Span<UInt8>, at start: Int, _ available: Int
    ) -> HeaderReading {
        if available >= 1, bytes[start] != magic.0 {
            return .fault(wrongMagic(bytes, at: start))
        }
        if available >= 2, bytes[start + 1] != magic.1 {
            return .fault(wrongMagic(bytes, at: start))
        }
        if available >= 3, bytes[start + 2] != version {
            return .fault(wrongVersion(bytes[start + 2]))
        }
        return .incomplete
    }

    private static func readFields(_ bytes: Span<UInt8>, at start: Int) -> HeaderReading {
        let reserved = UInt16(bytes[start + 12]) &<< 8 | UInt16(bytes[start + 13])
        guard reserved == 0 else {
            return .fault(
                Refusal(
                    .reservedNotZero, observed: .unsigned(UInt64(reserved)), allowed: .unsigned(0),
                    offset: 12))
        }
        let payloadLength = Int(bytes[start + 6]) &<< 8 | Int(bytes[start + 7])
        guard payloadLength <= maximumPayloadLength else {
            return .fault(
                Refusal(
                    .payloadTooLarge, observed: .unsigned(UInt64(payloadLength)),
                    allowed: .unsigned(UInt64(maximumPayloadLength)), offset: 6))
        }
        guard let type = PayloadType(rawValue: bytes[start + 4]) else {
            return .fault(
                Refusal(
                    .unknownPayloadType, observed: .unsigned(UInt64(bytes[start + 4])),
                    allowed: .unsigned(5), offset: 4))
        }
        let flags = bytes[start + 5]
        guard let level = SecurityLevel(rawValue: flags & 0x0F) else {
            return .fault(
                Refusal(
                    .unknownSecurityLevel, observed: .unsigned(UInt64(flags & 0x0F)),
                    allowed: .unsigned(3), offset: 5))
        }
        var timestamp: UInt32 = 0
        for offset in start + 8..<start + 12 {
            timestamp = timestamp &<< 8 | UInt32(bytes[offset])
        }
        return .valid(
            FrameHeader(
                model: ModelID(rawValue: bytes[start + 3]), type: type, flags: flags, level: level,
                payloadLength: payloadLength, timestamp: timestamp))
    }

    private static func wrongMagic(_ bytes: Span<UInt8>, at start: Int) -> Refusal {
        // Only the first byte that differs is named: the next may not be there yet.
        let offset = bytes[start] == magic.0 ? 1 : 0
        return Refusal(
            .badMagic, observed: .unsigned(UInt64(bytes[start + offset])),
            allowed: .unsigned(UInt64(offset == 0 ? magic.0 : magic.1)), offset: offset)
    }

    private static func wrongVersion(_ found: UInt8) -> Refusal {
        Refusal(
            .unsupportedVersion, observed: .unsigned(UInt64(found)),
            allowed: .unsigned(UInt64(version)), offset: 2)
    }
}

extension FrameBounds {
    /// Where a whole frame lies that starts at an offset; nil when none does.
    ///
    /// For bytes that were judged before: it says nothing about who made them.
    public init?(readingAt start: Int, in bytes: Span<UInt8>) {
        guard start >= 0, start <= bytes.count,
            case .valid(let header) = FrameHeader.read(bytes, at: start)
        else { return nil }
        self.init(header: header, start: start)
        guard end <= bytes.count else { return nil }
    }

    /// A packet as it is kept: a whole frame, and behind it its opened payload where that was
    /// encrypted. Nil when the bytes are none.
    public init?(packet range: Range<Int>, in bytes: Span<UInt8>) {
        guard range.lowerBound >= 0, range.upperBound <= bytes.count,
            case .valid(let header) = FrameHeader.read(
                bytes.extracting(range), at: 0),
            header.frameLength <= range.count,
            let plainBytes = UInt16(exactly: range.count - header.frameLength)
        else { return nil }
        self.init(header: header, start: range.lowerBound, plainBytes: plainBytes)
    }
}
