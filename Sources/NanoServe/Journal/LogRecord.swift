import NanoCore

/// One accepted packet in a block: what the replay guard remembers of it, and its frame; behind that
/// its opened payload, where it came encrypted.
///
/// The frame is left out when its destinations have taken the packet already.
struct LogRecord {
    /// Bytes before the frame.
    static let headLength = 36

    /// The device as the guard names it.
    var device: UInt64
    var tag: UInt64
    /// By the clock of the block's ``LogBlockHead/monotonicNanoseconds``.
    var receivedMonotonicNanoseconds: UInt64
    var timestamp: UInt32
    /// Those that had to settle the packet, in their file's numbering.
    var routes: UInt32
    var model: ModelID
    /// 8 bits of the sender's address.
    var addressHint: UInt8
    /// The frame within the block's bytes, and what was opened of it.
    var frame: Range<Int>

    /// Where the next record begins.
    var end: Int { frame.upperBound }

    /// Appends a record and its frame.
    ///
    /// - Parameter opened: The payloads that came encrypted.
    @inline(__always)
    static func append(
        _ packet: StagedPacket, routes: RouteMask, from source: Span<UInt8>, opened: [UInt8],
        to bytes: inout [UInt8]
    ) {
        let frame =
            routes.isEmpty ? packet.frame.lowerBound..<packet.frame.lowerBound : packet.frame
        let plain = routes.isEmpty ? nil : packet.plain
        let length = frame.count + (plain?.count ?? 0)
        withUnsafeBytes(of: Head(packet, routes: routes, frameLength: length)) {
            bytes.append(contentsOf: $0)
        }
        source.withUnsafeBufferPointer { buffer in
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[frame]))
        }
        if let plain { bytes.append(contentsOf: opened[plain]) }
    }

    /// What stands before a frame, as it lies on disk: one copy rather than eight.
    private struct Head {
        let device: UInt64
        let tag: UInt64
        let receivedMonotonicNanoseconds: UInt64
        let timestamp: UInt32
        let routes: UInt32
        let length: UInt16
        let model: UInt8
        let addressHint: UInt8

        @inline(__always)
        init(_ packet: StagedPacket, routes: RouteMask, frameLength: Int) {
            let entry = packet.entry
            device = entry.device.littleEndian
            tag = entry.tag.littleEndian
            receivedMonotonicNanoseconds = packet.receivedAt.monotonicNanoseconds.littleEndian
            timestamp = entry.timestamp.littleEndian
            self.routes = routes.rawValue.littleEndian
            length = UInt16(frameLength).littleEndian
            model = entry.model.rawValue
            addressHint = UInt8(truncatingIfNeeded: entry.source.address &>> 56)
        }
    }

    /// Reads a record; nil when it is longer than its block.
    @inline(__always)
    init?(_ bytes: [UInt8], at offset: Int) {
        let start = offset + Self.headLength
        guard start <= bytes.count else { return nil }
        let length = Int(bytes.integer(at: offset + 32, UInt16.self))
        guard start + length <= bytes.count else { return nil }
        device = bytes.integer(at: offset)
        tag = bytes.integer(at: offset + 8)
        receivedMonotonicNanoseconds = bytes.integer(at: offset + 16)
        timestamp = bytes.integer(at: offset + 24)
        routes = bytes.integer(at: offset + 28)
        model = ModelID(rawValue: bytes[offset + 34])
        addressHint = bytes[offset + 35]
        frame = start..<start + length
    }

    /// What the replay guard is to remember.
    var entry: ReplayGuard.Entry {
        ReplayGuard.Entry(
            model: model, timestamp: timestamp, device: device, tag: tag,
            source: PacketSource(connection: 0, address: UInt64(addressHint) &<< 56))
    }
}

/// An accepted packet on its way into the journal; its bytes are still in the connection's buffer.
struct StagedPacket {
    var frame: Range<Int>
    /// Where its opened payload is, if it came encrypted.
    var plain: Range<Int>?
    /// What the replay guard has remembered of it.
    var entry: ReplayGuard.Entry
    var routes: RouteMask
    var receivedAt: Moment

    var model: ModelID { entry.model }
}

extension StagedPacket {
    init(_ packet: VerifiedPacket, for routes: RouteMask) {
        self.init(
            frame: packet.frame.start..<packet.frame.end, plain: packet.plain,
            entry: packet.replayEntry, routes: routes, receivedAt: packet.receivedAt)
    }
}
