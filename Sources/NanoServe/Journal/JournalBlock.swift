import NanoCore

/// A run of accepted packets, written once and read by every destination that wants them all.
struct JournalBlock {
    /// Bytes that a block takes before the next one is begun.
    static let capacity = 256 * 1_024

    private(set) var bytes: [UInt8] = []
    private(set) var records: [JournalRecord] = []
    /// Resolutions that are still to come: one for each record and destination.
    var unresolved = 0

    init() {
        bytes.reserveCapacity(Self.capacity)
    }

    var hasRoom: Bool { bytes.count + FrameHeader.maximumFrameLength <= Self.capacity }

    /// - Parameter settlements: Destinations that will settle the packet.
    mutating func append(
        _ packet: StagedPacket, sequence: UInt64, settlements: Int, from source: Span<UInt8>
    ) {
        records.append(
            JournalRecord(
                start: UInt32(bytes.count), length: UInt16(packet.frame.count),
                model: packet.model, sequence: sequence,
                receivedMonotonicNanoseconds: packet.receivedAt.monotonicNanoseconds))
        source.withUnsafeBufferPointer { buffer in
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[packet.frame]))
        }
        unresolved += settlements
    }

    /// Empties the block for reuse; its memory stays.
    mutating func recycle() {
        bytes.removeAll(keepingCapacity: true)
        records.removeAll(keepingCapacity: true)
        unresolved = 0
    }
}

/// An accepted packet on its way into the journal; its bytes are still in the connection's buffer.
struct StagedPacket {
    var frame: Range<Int>
    var model: ModelID
    var routes: RouteMask
    var receivedAt: Moment
}

extension StagedPacket {
    init(_ packet: VerifiedPacket, for routes: RouteMask) {
        self.init(
            frame: packet.frame.start..<packet.frame.end, model: packet.frame.header.model,
            routes: routes, receivedAt: packet.receivedAt)
    }
}
