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
