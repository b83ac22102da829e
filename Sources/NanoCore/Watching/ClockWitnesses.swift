/// Genuine frames that were refused for their time, as evidence about the gateway's own clock.
///
/// When the gateway is off by more than it forgives, these are all that comes in. Time is judged in
/// front of the MAC, so theirs are verified here, for a few frames a look and never on an event loop.
struct ClockWitnesses: Sendable {
    private var heard: [DeviceName: HeardClock] = [:]
    /// The newest record that was looked at.
    private var seenUnixMilliseconds = Int64.min

    /// Devices that are remembered, at most.
    static let capacity = 4_096
    /// MACs that are verified in one look, at most.
    static let proofsAtOnce = 50

    /// Takes in what is new among the refusals, each device once.
    mutating func hear(_ rejections: [PacketRecord], keys: KeyTable) {
        let proof = FrameProof(keys: keys)
        var proven: Set<DeviceName> = []
        var newest = seenUnixMilliseconds
        for record in rejections.reversed() where proven.count < Self.proofsAtOnce {
            guard record.unixMilliseconds > seenUnixMilliseconds else { break }
            newest = max(newest, record.unixMilliseconds)
            guard let ahead = record.secondsAhead, let device = DeviceName(record),
                proven.insert(device).inserted,
                heard.count < Self.capacity || heard[device] != nil,
                proof.holds(record.bytes)
            else { continue }
            let time = record.unixMilliseconds
            heard[device, default: HeardClock(ahead: ahead, at: time)]
                .note(ahead: ahead, at: time, since: time - ClockWatch.memoryMilliseconds)
        }
        seenUnixMilliseconds = newest
    }

    /// What was heard since a time: the devices' clocks less the gateway's.
    mutating func offsets(since unixMilliseconds: Int64, now: Moment) -> [DeviceName: Double] {
        seenUnixMilliseconds = min(seenUnixMilliseconds, now.unixMilliseconds)
        heard = heard.filter {
            (unixMilliseconds...now.unixMilliseconds).contains($0.value.heardAt)
        }
        return heard.filter { !$0.value.isCatchingUp }.mapValues(\.ahead)
    }
}

extension PacketRecord {
    /// The device's clock less the gateway's, where the frame was refused for that.
    fileprivate var secondsAhead: Double? {
        guard refusal?.reason.stage == .time,
            let frame = FrameBounds(readingAt: 0, in: bytes.span), frame.header.level != .none
        else { return nil }
        return Double(frame.header.timestamp) - Double(unixMilliseconds) / 1_000
    }
}
