import NanoCore

/// Packets that will go to disk together.
struct LogGroup {
    /// Closed at so many bytes.
    static let fullBytes = 256 << 10

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
