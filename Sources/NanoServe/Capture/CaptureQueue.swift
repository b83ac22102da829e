import NanoCore
import Synchronization

/// Packets of one lane on their way into a capture's files.
///
/// The event loop never waits for the disk: what finds no room is counted and left out.
final class CaptureQueue: Sendable {
    /// A packet as it was judged.
    struct Packet: Sendable {
        var unixMilliseconds: Int64
        var address: String
        var bytes: [UInt8]
        var refusal: Refusal?
        var model: ModelID?

        /// As dumps have it. A payload that came encrypted stays so.
        func record(id: UInt64) -> PacketRecord {
            let device = FrameBounds(readingAt: 0, in: bytes.span)
                .flatMap { CBORScan.deviceID(in: bytes.span, $0.payload) }
                .map { $0.text(in: bytes.span) }
            return PacketRecord(
                id: id, unixMilliseconds: unixMilliseconds, address: address, bytes: bytes,
                refusal: refusal, model: model, deviceID: device)
        }
    }

    private struct State {
        var packets: [Packet] = []
        var bytes = 0
        var missed: UInt64 = 0
    }

    private let state = Mutex(State())
    private let limitBytes: Int

    /// What a packet costs besides its bytes.
    private static let packetBytes = 160

    /// - Parameter limitBytes: Bytes of packets that may wait.
    init(limitBytes: Int) {
        self.limitBytes = limitBytes
    }

    /// Takes a packet, unless there is no room.
    func offer(
        _ frame: Range<Int>, of source: Span<UInt8>, unixMilliseconds: Int64, address: String,
        refusal: Refusal? = nil, model: ModelID?
    ) {
        state.withLock { state in
            guard state.bytes < limitBytes else {
                state.missed &+= 1
                return
            }
            state.bytes += frame.count + Self.packetBytes
            state.packets.append(
                Packet(
                    unixMilliseconds: unixMilliseconds, address: address,
                    bytes: frame.map { source[$0] }, refusal: refusal, model: model))
        }
    }

    /// Gives up what waits, and how much found no room since the last time.
    func take() -> (packets: [Packet], missed: UInt64) {
        state.withLock { state in
            defer { state = State() }
            return (state.packets, state.missed)
        }
    }
}
