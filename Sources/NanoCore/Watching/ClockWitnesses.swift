/// Genuine frames that were refused for their time, as evidence about the gateway's own clock.
///
/// When the gateway is off by more than it forgives, these are all that comes in. Time is judged in
/// front of the MAC, so theirs are verified here, for a few frames a look and never on an event loop.
struct ClockWitnesses: Sendable {
    private var heard: [DeviceName: HeardClock] = [:]
    /// Devices that are remembered of each source.
    private var ofSource: [IPNetwork?: Int] = [:]
    /// The newest record that was looked at.
    private var seenUnixMilliseconds = Int64.min

    /// Devices that are remembered, at most.
    static let capacity = 4_096
    /// MACs that are verified in one look, at most.
    static let proofsAtOnce = 50
    /// Of these such of one source, which may have made up as many names as it likes.
    static let proofsOfSource = 10
    /// Devices of one source that are remembered, at most.
    static let capacityOfSource = 64

    /// Takes in what is new among the refusals, each device once.
    mutating func hear(_ rejections: [PacketRecord], keys: KeyTable) {
        let proof = FrameProof(keys: keys)
        var proven: Set<DeviceName> = []
        var proofs: [IPNetwork?: Int] = [:]
        var newest = seenUnixMilliseconds
        for record in rejections.reversed() where proven.count < Self.proofsAtOnce {
            guard record.unixMilliseconds > seenUnixMilliseconds else { break }
            newest = max(newest, record.unixMilliseconds)
            guard let ahead = record.secondsAhead, let device = DeviceName(record) else { continue }
            let source = IPNetwork(sourceOfPlace: record.address)
            guard proofs[source, default: 0] < Self.proofsOfSource,
                heard[device] != nil || hasRoom(for: source), proven.insert(device).inserted
            else { continue }
            proofs[source, default: 0] += 1
            guard proof.holds(record.bytes) else { continue }
            note(device, ahead: ahead, at: record.unixMilliseconds, from: source)
        }
        seenUnixMilliseconds = newest
    }

    private func hasRoom(for source: IPNetwork?) -> Bool {
        heard.count < Self.capacity && ofSource[source, default: 0] < Self.capacityOfSource
    }

    private mutating func note(
        _ device: DeviceName, ahead: Double, at time: Int64, from source: IPNetwork?
    ) {
        if let known = heard[device] {
            ofSource[known.source, default: 1] -= 1
        }
        var clock = heard[device] ?? HeardClock(ahead: ahead, at: time, from: source)
        clock.note(
            ahead: ahead, at: time, from: source, since: time - ClockWatch.memoryMilliseconds)
        ofSource[clock.source, default: 0] += 1
        heard[device] = clock
    }

    /// What was heard since a time.
    mutating func votes(
        since unixMilliseconds: Int64, now: Moment
    ) -> [DeviceName: ClockConsensus.Vote] {
        seenUnixMilliseconds = min(seenUnixMilliseconds, now.unixMilliseconds)
        heard = heard.filter {
            (unixMilliseconds...now.unixMilliseconds).contains($0.value.heardAt)
        }
        ofSource = [:]
        for clock in heard.values { ofSource[clock.source, default: 0] += 1 }
        return heard.filter { !$0.value.isCatchingUp }.mapValues(\.vote)
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
