import NanoCore

/// The newest accepted frames of one device, which are out of the common ring within milliseconds
/// where thousands send.
struct FollowedDevice {
    /// The device's hash, as the limits use it.
    let device: UInt64
    var frames = FrameRing(capacity: 64)

    init(device: UInt64) {
        self.device = device
    }
}

extension FrameRing {
    /// Keeps an accepted frame in place of the oldest.
    mutating func append(
        _ packet: VerifiedPacket, of source: Span<UInt8>, opened: [UInt8], id: UInt64,
        from peer: PeerReference
    ) {
        append(
            packet.frame.start..<packet.frame.end, of: source, id: id,
            receivedAt: packet.receivedAt, from: peer,
            model: packet.frame.header.model, plain: packet.plain.map { opened[$0] } ?? [])
    }
}
