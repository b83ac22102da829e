import NanoCore

/// The newest frames of a lane with their verdicts, in memory that is allocated once.
struct FrameRing {
    private struct Slot {
        var id: UInt64 = 0
        var receivedAt = Moment(unixMilliseconds: 0, monotonicNanoseconds: 0)
        var talker: Int32 = 0
        var port: UInt16 = 0
        var length: UInt16 = 0
        var refusal: Refusal?
        var model: ModelID?
        /// Few frames have one: the memory for it is not kept.
        var plain: [UInt8] = []
    }

    private var slots: [Slot]
    private var bytes: [UInt8]
    private(set) var written: UInt64 = 0

    init(capacity: Int) {
        slots = Array(repeating: Slot(), count: capacity)
        bytes = Array(repeating: 0, count: capacity * FrameHeader.maximumFrameLength)
    }

    /// Keeps a frame in place of the oldest.
    ///
    /// - Parameters:
    ///   - frame: Where it lies in `source`; what is over the largest frame's length is cut.
    ///   - plain: Its opened payload, if it came encrypted.
    mutating func append(
        _ frame: Range<Int>, of source: Span<UInt8>, id: UInt64, receivedAt: Moment,
        from peer: PeerReference, refusal: Refusal? = nil, model: ModelID?,
        plain: ArraySlice<UInt8> = []
    ) {
        let place = Int(written % UInt64(slots.count))
        let length = min(frame.count, FrameHeader.maximumFrameLength)
        slots[place] = Slot(
            id: id, receivedAt: receivedAt, talker: Int32(peer.talker),
            port: peer.port, length: UInt16(length), refusal: refusal, model: model,
            plain: Array(plain))
        let start = place * FrameHeader.maximumFrameLength
        bytes.withUnsafeMutableBytes { ring in
            source.withUnsafeBytes { buffer in
                let copied = UnsafeRawBufferPointer(
                    rebasing: buffer[frame.lowerBound..<frame.lowerBound + length])
                UnsafeMutableRawBufferPointer(rebasing: ring[start..<start + length])
                    .copyMemory(from: copied)
            }
        }
        written += 1
    }

    /// What the ring holds, oldest first.
    func records(address: (Int) -> String) -> [PacketRecord] {
        let count = min(written, UInt64(slots.count))
        return (written - count..<written).map { number in
            let place = Int(number % UInt64(slots.count))
            let slot = slots[place]
            let start = place * FrameHeader.maximumFrameLength
            let frame = Array(bytes[start..<start + Int(slot.length)])
            let device = FrameBounds(readingAt: 0, in: frame.span)
                .flatMap { CBORScan.deviceID(in: frame.span, $0.payload) }
                .map { $0.text(in: frame.span) }
            return PacketRecord(
                id: slot.id, unixMilliseconds: slot.receivedAt.unixMilliseconds,
                address: "\(address(Int(slot.talker))):\(slot.port)", bytes: frame,
                refusal: slot.refusal, model: slot.model, deviceID: device, plain: slot.plain,
                monotonicNanoseconds: slot.receivedAt.monotonicNanoseconds)
        }
    }
}

/// Who is at the other end, in numbers that cost nothing to keep.
struct PeerReference {
    /// Place in the lane's ``TalkerTable``.
    var talker: Int
    var port: UInt16
}
