import NanoCore

/// What stands before a block's records. Integers are little-endian.
struct LogBlockHead: Equatable, Sendable {
    /// Bytes on disk.
    static let length = 72
    /// Bytes that records may take. A group is closed at 256 KiB, or behind the read that passes it;
    /// while the disk does not answer it grows, and most when a gateway with many connections stops.
    static let maximumBytes = 1 << 30
    private static let magic: UInt32 = 0x4B42_474E  // "NGBK"
    /// What every head begins with.
    static let firstByte = UInt8(truncatingIfNeeded: magic)

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

    /// Records of each destination, by its bit, as far as that was noted; nil where it was not.
    fileprivate func notedCount(_ bit: Int) -> UInt64? {
        guard routes & 1 << UInt32(bit) != 0 else { return 0 }
        guard bit < Self.countedBits else { return nil }
        let noted = UInt16(truncatingIfNeeded: countsOfFirst >> UInt64(bit * 16))
        return noted > 0 && noted < .max ? UInt64(noted) : nil
    }

    /// Between which timestamps its frames lie, Unix seconds.
    var timestamps: ClosedRange<UInt32> {
        min(oldestTimestamp, newestTimestamp)...newestTimestamp
    }
}

/// What is known of a block whose records are damaged, or not all there.
struct LostBlock {
    let head: LogBlockHead
    /// Its records for each destination, by its bit; where nothing tells them, all of them.
    let counts: [UInt64]

    init(_ head: LogBlockHead) {
        self.head = head
        counts = (0..<32).map { head.notedCount($0) ?? UInt64(head.records) }
    }

    /// - Parameter block: With all its bytes, of which some have changed.
    init(_ block: LogBlock) {
        let head = block.head
        self.head = head
        let read = block.countsIfOrdered
        counts = (0..<32).map { head.notedCount($0) ?? read?[$0] ?? UInt64(head.records) }
    }
}

extension LogBlock {
    /// Records of each destination, by its bit; nil unless they are as many as the head says, and for
    /// its destinations.
    fileprivate var countsIfOrdered: [UInt64]? {
        var (records, offset, routes) = (UInt32(0), 0, UInt32(0))
        while let record = record(at: offset) {
            (records, offset) = (records + 1, record.end)
            routes |= record.routes
        }
        guard offset == bytes.count, records == head.records, routes == head.routes else {
            return nil
        }
        return counts()
    }
}
