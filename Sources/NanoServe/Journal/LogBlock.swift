import NanoCore

/// Accepted packets that went to disk together, as they lie there (`docs/journal.md`).
///
/// It never changes, so that any number of destinations can read it at once.
final class LogBlock: Sendable {
    let head: LogBlockHead
    let position: LogPosition
    /// The records, one behind the other.
    let bytes: [UInt8]

    init(_ head: LogBlockHead, at position: LogPosition, bytes: [UInt8]) {
        self.head = head
        self.position = position
        self.bytes = bytes
    }

    /// When a record was received, by the monotonic clock of now, which may not be that of then.
    ///
    /// A clock that was off by centuries leads to a wrong time, and to nothing else.
    func received(_ record: LogRecord, now: Moment) -> UInt64 {
        let age =
            (now.unixMilliseconds &- head.unixMilliseconds) &* 1_000_000
            &+ Int64(clamping: head.monotonicNanoseconds)
            &- Int64(clamping: record.receivedMonotonicNanoseconds)
        return now.monotonicNanoseconds - min(now.monotonicNanoseconds, UInt64(clamping: age))
    }

    /// Where the block behind this one is, in the same file.
    var end: LogPosition {
        LogPosition(
            segment: position.segment, offset: position.offset + LogBlockHead.length + bytes.count)
    }

    /// The record at an offset, nil at the end.
    @inline(__always)
    func record(at offset: Int) -> LogRecord? {
        offset < bytes.count ? LogRecord(bytes, at: offset) : nil
    }
}

/// A place in the journal: a file's number and an offset in it.
struct LogPosition: Comparable, Hashable, Codable, Sendable {
    var segment: UInt64 = 0
    var offset = 0

    static func < (left: LogPosition, right: LogPosition) -> Bool {
        (left.segment, left.offset) < (right.segment, right.offset)
    }
}

/// A place in the log: a record of a block.
struct LogPlace: Comparable, Hashable, Codable, Sendable {
    /// Where the block begins.
    var position: LogPosition
    /// The record's place among the block's.
    var record: UInt32 = 0

    static func < (left: LogPlace, right: LogPlace) -> Bool {
        left.position == right.position
            ? left.record < right.record : left.position < right.position
    }
}

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
    /// When the block was closed, on both clocks: records have their times by the monotonic one.
    var unixMilliseconds: Int64
    var monotonicNanoseconds: UInt64
    /// Of the records.
    var checksum: UInt64

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
        bytes.append(littleEndian: UInt32(0))
        bytes.append(littleEndian: UInt64(bitPattern: unixMilliseconds))
        bytes.append(littleEndian: monotonicNanoseconds)
        bytes.append(littleEndian: checksum)
        bytes.append(littleEndian: UInt64(0))
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
            unixMilliseconds: Int64(bitPattern: bytes.integer(at: offset + 32)),
            monotonicNanoseconds: bytes.integer(at: offset + 40),
            checksum: bytes.integer(at: offset + 48))
        guard self.bytes <= Self.maximumBytes, number <= Self.greatestNumber else { return nil }
    }
}

extension [UInt8] {
    /// Appends an integer, its lowest byte first.
    @inline(__always)
    mutating func append<Integer: FixedWidthInteger>(littleEndian value: Integer) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    /// The integer at an offset, which has to lie within.
    @inline(__always)
    func integer<Integer: FixedWidthInteger>(
        at offset: Int, _: Integer.Type = Integer.self
    ) -> Integer {
        precondition(offset >= 0 && offset + MemoryLayout<Integer>.size <= count)
        return withUnsafeBytes {
            Integer(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Integer.self))
        }
    }
}
