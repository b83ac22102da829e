import Glibc
import NanoCore

/// What a lane's lock protects.
struct LaneState {
    var intake: Intake
    var books: LaneBooks

    init(index: Int, laneCount: Int, intake: Intake, hash: SipHash, rules: RoutingRules) {
        self.intake = intake
        books = LaneBooks(index: index, laneCount: laneCount, hash: hash, rules: rules)
    }
}

/// What a lane writes down about its verdicts.
struct LaneBooks {
    var devices = DeviceTable()
    var talkers = TalkerTable()
    var packets = FrameRing(capacity: 256)
    var rejections = FrameRing(capacity: 512)
    /// Time of judging one frame.
    var decode = Histogram()
    /// Accepted packets of the read under way.
    var staged: [StagedPacket] = []

    private let rules: RoutingRules
    private let hash: SipHash
    private let laneCount: UInt64
    private var nextRecord: UInt64
    private var verdicts: UInt64 = 0

    /// Of a read that holds hundreds of frames so many are kept for the operator: more of them would
    /// only push each other out of the ring.
    private static let recordsOfOneRead = 32

    init(index: Int, laneCount: Int, hash: SipHash, rules: RoutingRules) {
        self.rules = rules
        self.hash = hash
        self.laneCount = UInt64(laneCount)
        nextRecord = UInt64(index)
    }

    /// Writes down one verdict.
    mutating func note(
        _ verdict: Verdict, _ bytes: Span<UInt8>, _ peer: PeerReference, _ now: Moment
    ) {
        switch verdict {
        case .accepted(let packet): noteAccepted(packet, bytes, peer)
        case .refused(let refusal, let range, let header):
            noteRefused(refusal, range, header, bytes, peer, now)
        case .gapEnded: break
        }
    }

    private mutating func noteAccepted(
        _ packet: VerifiedPacket, _ bytes: Span<UInt8>, _ peer: PeerReference
    ) {
        let header = packet.frame.header
        let frame = packet.frame.start..<packet.frame.end
        staged.append(
            StagedPacket(
                frame: frame, model: header.model,
                routes: rules.destinations(type: header.type, model: header.model),
                receivedAt: packet.receivedAt))
        devices.noteAccepted(packet, in: bytes, from: peer)
        talkers.countAccepted(peer.talker)
        guard staged.count <= Self.recordsOfOneRead else { return }
        packets.append(
            frame, of: bytes, id: takeRecordNumber(),
            unixMilliseconds: packet.receivedAt.unixMilliseconds, from: peer, model: header.model)
    }

    private mutating func noteRefused(
        _ refusal: Refusal, _ range: Range<Int>, _ header: FrameHeader?, _ bytes: Span<UInt8>,
        _ peer: PeerReference, _ now: Moment
    ) {
        verdicts &+= 1
        talkers.countRefused(peer.talker)
        if refusal.provesSender, let model = header?.model,
            let payload = FrameBounds(readingAt: range.lowerBound, in: bytes)?.payload,
            let device = CBORScan.deviceID(in: bytes, payload)
        {
            devices.noteRefused(device: hash.hash(model.rawValue, bytes, device))
        }
        rejections.append(
            range, of: bytes, id: takeRecordNumber(), unixMilliseconds: now.unixMilliseconds,
            from: peer, refusal: refusal, model: header?.model)
    }

    private mutating func takeRecordNumber() -> UInt64 {
        defer { nextRecord &+= laneCount }
        return nextRecord
    }

    /// Spreads the time of a read evenly over its frames.
    mutating func noteDuration(since start: Moment) {
        let frames = UInt64(staged.count) &+ verdicts
        verdicts = 0
        guard frames > 0 else { return }
        let elapsed = Moment.now.monotonicNanoseconds &- start.monotonicNanoseconds
        decode.record(nanoseconds: elapsed / frames, times: frames)
    }
}
