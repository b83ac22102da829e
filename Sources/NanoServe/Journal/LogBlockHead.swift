import NanoCore

/// What stands before a block's records. Integers are little-endian.
struct LogBlockHead: Equatable, Sendable {
    /// Bytes on disk.
    static let length = 72
    /// Bytes that records may take. A group is closed at 256 KiB, or behind the read that passes it;
    /// while the disk does not answer it grows, and most when a gateway with many connections stops.
    static let maximumBytes = 1 << 30
    private static let magic: UInt32 = 0x4B42_474E  // "NGBK"

    /// Beyond this no number of a block or a file is believed: nobody has written so many.
    static let greatestNumber: UInt64 = 1 << 62

    /// Numbers all blocks of a journal, from 1.
    var number: UInt64
    /// Bytes of the records.
    var bytes: UInt32
    var records: UInt32
    /// The destinations of all records together, in their file's numbering.
    var routes: UInt32
    /// The newest timestamp of a frame, Unix seconds.
    var newestTimestamp: UInt32
    /// The oldest one; 0 in blocks of releases that did not note it.
    var oldestTimestamp: UInt32 = 0
    /// When the block was closed, on both clocks: records have their times by the monotonic one.
    var unixMilliseconds: Int64
    var monotonicNanoseconds: UInt64
    /// Of the records.
    var checksum: UInt64
    /// Records of each of the first four destinations, 16 bits each: 0 where the block is of a release
    /// that did not note it, all ones where there are more.
    var countsOfFirst: UInt64 = 0

    /// The head as it goes before the records, with a checksum of its own.
    func encoded(_ check: SipHash) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.length)
        bytes.append(littleEndian: Self.magic)
        bytes.append(littleEndian: self.bytes)
        bytes.append(littleEndian: number)
        bytes.append(littleEndian: records)
        bytes.append(littleEndian: routes)
        bytes.append(littleEndian: newestTimestamp)
        bytes.append(littleEndian: oldestTimestamp)
        bytes.append(littleEndian: UInt64(bitPattern: unixMilliseconds))
        bytes.append(littleEndian: monotonicNanoseconds)
        bytes.append(littleEndian: checksum)
        bytes.append(littleEndian: countsOfFirst)
        bytes.append(littleEndian: check.hash(bytes.span, 0..<bytes.count))
        return bytes
    }
}

extension LogBlockHead {
    /// Reads a head; nil where none begins that its checksum confirms.
    ///
    /// - Parameter check: With the file's own key, so that no device can send what looks like one.
    init?(_ bytes: [UInt8], at offset: Int, _ check: SipHash) {
        guard offset + Self.length <= bytes.count,
            bytes.integer(at: offset, UInt32.self) == Self.magic,
            bytes.integer(at: offset + Self.length - 8, UInt64.self)
                == check.hash(bytes.span, offset..<offset + Self.length - 8)
        else { return nil }
        self.init(
            number: bytes.integer(at: offset + 8), bytes: bytes.integer(at: offset + 4),
            records: bytes.integer(at: offset + 16), routes: bytes.integer(at: offset + 20),
            newestTimestamp: bytes.integer(at: offset + 24),
            oldestTimestamp: bytes.integer(at: offset + 28),
            unixMilliseconds: Int64(bitPattern: bytes.integer(at: offset + 32)),
            monotonicNanoseconds: bytes.integer(at: offset + 40),
            checksum: bytes.integer(at: offset + 48),
            countsOfFirst: bytes.integer(at: offset + 56))
        guard self.bytes <= Self.maximumBytes, number <= Self.greatestNumber else { return nil }
    }
}

/// What a head tells of records that cannot be read any more.
extension LogBlockHead {
    /// Destinations whose records are counted in the head.
    private static let countedBits = 4

    /// Notes how many records each destination has, by its bit.
    mutating func note(counts: [UInt64]) {
        countsOfFirst = 0
        for (bit, count) in counts.prefix(Self.countedBits).enumerated() {
            countsOfFirst |= UInt64(UInt16(clamping: count)) << UInt64(bit * 16)
        }
    }

    /// Records of each destination, by its bit; where that was not noted, all of them.
    var mostCounts: [UInt64] {
        (0..<32).map { bit in
            guard routes & 1 << UInt32(bit) != 0 else { return 0 }
            let noted =
                bit < Self.countedBits
                ? UInt16(truncatingIfNeeded: countsOfFirst >> UInt64(bit * 16)) : 0
            let isNoted = noted > 0 && noted < .max
            return isNoted ? UInt64(noted) : UInt64(records)
        }
    }

    /// Between which timestamps its frames lie, Unix seconds.
    var timestamps: ClosedRange<UInt32> {
        min(oldestTimestamp, newestTimestamp)...newestTimestamp
    }
}
