import NanoCore

/// Packets that will go to disk together.
struct LogGroup {
    /// Closed at so many bytes.
    static let fullBytes = 256 << 10
    /// The same for one that goes to a disk with little room.
    private static let partBytes = 32 << 10

    private(set) var bytes: [UInt8] = []
    private(set) var records: UInt32 = 0
    private(set) var newestTimestamp: UInt32 = 0
    private(set) var oldestTimestamp: UInt32 = .max
    /// When its first packet was received; 0 while there is none.
    private(set) var begunMonotonicNanoseconds: UInt64 = 0
    /// Records to be settled by each destination.
    private(set) var counts = [UInt64](repeating: 0, count: 32)
    /// Packets that each destination takes at once.
    private(set) var countsAtOnce = [UInt64](repeating: 0, count: 32)

    var isEmpty: Bool { records == 0 }
    var isFull: Bool { bytes.count >= Self.fullBytes }

    /// - Parameter atOnce: Destinations of the packet that take everything.
    @inline(__always)
    mutating func append(
        _ packet: StagedPacket, atOnce: RouteMask, from source: Span<UInt8>, opened: [UInt8]
    ) {
        let stored = packet.routes.subtracting(atOnce)
        if isEmpty { begunMonotonicNanoseconds = packet.receivedAt.monotonicNanoseconds }
        LogRecord.append(packet, routes: stored, from: source, opened: opened, to: &bytes)
        records += 1
        newestTimestamp = max(newestTimestamp, packet.entry.timestamp)
        oldestTimestamp = min(oldestTimestamp, packet.entry.timestamp)
        Self.count(stored, in: &counts)
        Self.count(atOnce, in: &countsAtOnce)
    }

    @inline(__always)
    private static func count(_ routes: RouteMask, in counts: inout [UInt64]) {
        var remaining = routes.rawValue
        while remaining != 0 {
            counts[remaining.trailingZeroBitCount] += 1
            remaining &= remaining - 1
        }
    }

    /// What goes before the records, but for what is known when they are written.
    var head: LogBlockHead {
        var routes: UInt32 = 0
        for (bit, count) in counts.enumerated() where count > 0 { routes |= 1 << UInt32(bit) }
        var head = LogBlockHead(
            number: 0, bytes: UInt32(bytes.count), records: records, routes: routes,
            newestTimestamp: newestTimestamp, oldestTimestamp: oldestTimestamp,
            unixMilliseconds: 0, monotonicNanoseconds: 0, checksum: 0)
        head.note(counts: counts)
        return head
    }

    /// The same packets in small groups: where the disk has no room for all of them at once, it may have for
    /// some. What destinations take at once counts with the last.
    var parts: [LogGroup] {
        guard bytes.count > Self.partBytes else { return [self] }
        var parts: [LogGroup] = []
        var part = beginning
        var offset = 0
        while offset < bytes.count, let record = LogRecord(bytes, at: offset) {
            part.bytes += bytes[offset..<record.end]
            part.records += 1
            Self.count(RouteMask(rawValue: record.routes), in: &part.counts)
            offset = record.end
            if part.bytes.count >= Self.partBytes {
                parts.append(part)
                part = beginning
            }
        }
        if part.isEmpty, let last = parts.popLast() { part = last }
        part.countsAtOnce = countsAtOnce
        return parts + [part]
    }

    /// A group of the same times without packets.
    private var beginning: LogGroup {
        var group = LogGroup()
        group.newestTimestamp = newestTimestamp
        group.oldestTimestamp = oldestTimestamp
        group.begunMonotonicNanoseconds = begunMonotonicNanoseconds
        return group
    }

    /// Empties the group; its memory stays, unless a burst has made it large.
    mutating func removeAll() {
        var memory = bytes
        bytes = []
        if memory.capacity <= 2 * Self.fullBytes {
            memory.removeAll(keepingCapacity: true)
        } else {
            memory = []
        }
        self = LogGroup()
        bytes = memory
    }
}
