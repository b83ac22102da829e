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

    /// Writes down what was accepted, at the end of a read.
    ///
    /// - Returns: The payloads that came encrypted, opened.
    mutating func stageAccepted(
        _ bytes: Span<UInt8>, _ peer: PeerReference, _ now: Moment
    ) -> [UInt8] {
        guard books.hasOpened else {
            books.stageAccepted(bytes, [], peer, now)
            return []
        }
        let opened = intake.plainPayloads
        books.stageAccepted(bytes, opened, peer, now)
        return opened
    }
}

/// What a lane writes down about its verdicts.
struct LaneBooks {
    var devices = DeviceTable()
    /// Devices that are not known.
    var strangers = StrangerTable()
    /// Devices that are known to be refused.
    var turnedAway = StrangerTable()
    var talkers = TalkerTable()
    var packets = FrameRing(capacity: 256)
    var rejections = FrameRing(capacity: 512)
    /// The newest frames of the device that an operator follows.
    private(set) var followed: FollowedDevice?
    /// Where all that is judged goes besides, while a capture runs.
    var capture: CaptureQueue?
    /// Time of judging one frame.
    var decode = Histogram()
    /// Accepted packets of the read under way.
    private var accepted: [VerifiedPacket] = []
    /// Whether one of them came encrypted.
    private(set) var hasOpened = false
    /// The same, as the journal takes them.
    private(set) var staged: [StagedPacket] = []

    /// What the read under way has brought.
    private(set) var counts = ReadCounts()

    private let rules: RoutingRules
    private let hash: SipHash
    private let laneCount: UInt64
    private var nextRecord: UInt64
    private var verdicts: UInt64 = 0

    /// Accepted frames that are kept for the operator, at most, of each
    /// ``recordingNanoseconds``: the ring then holds what came since somebody last looked, and a
    /// flood does not spend its time on pushing itself out of the ring.
    private static let recordsOfOnePeriod = 64
    private static let recordingNanoseconds: UInt64 = 50_000_000
    private var recordingSince: UInt64 = 0
    private var recorded = 0

    init(index: Int, laneCount: Int, hash: SipHash, rules: RoutingRules) {
        self.rules = rules
        self.hash = hash
        self.laneCount = UInt64(laneCount)
        nextRecord = UInt64(index)
    }

    /// Begins to keep the frames of a device in a ring of their own.
    mutating func follow(_ device: UInt64) {
        guard followed?.device != device else { return }
        followed = FollowedDevice(device: device)
    }

    mutating func beginRead() {
        counts = ReadCounts()
    }

    /// Writes down one verdict.
    mutating func note(
        _ verdict: Verdict, _ bytes: Span<UInt8>, _ peer: PeerReference, _ now: Moment
    ) {
        switch verdict {
        case .accepted(let packet):
            accepted.append(packet)
            counts.genuine += 1
            if packet.plain != nil { hasOpened = true }
            capture?.offer(
                packet.frame.start..<packet.frame.end, of: bytes,
                unixMilliseconds: now.unixMilliseconds, address: address(of: peer),
                model: packet.frame.header.model)
        case .refused(let refusal, let range, let header):
            noteRefused(refusal, range, header, bytes, peer, now)
        case .gapEnded: break
        }
    }

    private mutating func noteRefused(
        _ refusal: Refusal, _ range: Range<Int>, _ header: FrameHeader?, _ bytes: Span<UInt8>,
        _ peer: PeerReference, _ now: Moment
    ) {
        verdicts &+= 1
        if refusal.isOffence {
            counts.offences.add(refusal.reason)
        } else if refusal.provesDevice {
            counts.genuine += 1
        } else if refusal.isForgotten {
            counts.unheard += 1
        }
        talkers.countRefused(peer.talker)
        if refusal.provesSender, let header,
            let payload = FrameBounds(readingAt: range.lowerBound, in: bytes)?.payload
        {
            let device = CBORScan.deviceID(in: bytes, payload)
            if refusal.detail.isOfRegistry {
                noteStranger(refusal, header, device, bytes, peer, now)
            }
            // Without a secret anybody makes up devices.
            if let device, header.level != .none {
                devices.noteRefused(device: hash.hash(header.model.rawValue, bytes, device))
            }
        }
        rejections.append(
            range, of: bytes, id: takeRecordNumber(), receivedAt: now, from: peer,
            refusal: refusal, model: header?.model)
        capture?.offer(
            range, of: bytes, unixMilliseconds: now.unixMilliseconds, address: address(of: peer),
            refusal: refusal, model: header?.model)
    }

    /// As records have it.
    private func address(of peer: PeerReference) -> String {
        "\(talkers.address(at: peer.talker)):\(peer.port)"
    }

    /// Who needs no secret could make up any number of devices, so those are not listed.
    private mutating func noteStranger(
        _ refusal: Refusal, _ header: FrameHeader, _ device: CBORString?, _ bytes: Span<UInt8>,
        _ peer: PeerReference, _ now: Moment
    ) {
        guard header.level != .none,
            case .unsigned(let generation) = refusal.observed
        else { return strangers.count() }
        let model = header.model
        let known =
            device.map { hash.hash(model.rawValue, bytes, $0) } ?? hash.hash(model.rawValue)
        let table: WritableKeyPath<LaneBooks, StrangerTable> =
            refusal.detail == .deviceUnknown ? \.strangers : \.turnedAway
        self[keyPath: table].note(
            known, generation: Int(clamping: generation), timestamp: header.timestamp, from: peer,
            at: now.unixMilliseconds
        ) { DeviceName(model, device?.text(in: bytes) ?? "") }
    }

    private mutating func takeRecordNumber() -> UInt64 {
        defer { nextRecord &+= laneCount }
        return nextRecord
    }

    /// Writes down what was accepted, at the end of a read: one packet behind the other, so that
    /// the processor fetches many of their devices from memory at once.
    ///
    /// - Parameter opened: The payloads that came encrypted.
    mutating func stageAccepted(
        _ bytes: Span<UInt8>, _ opened: [UInt8], _ peer: PeerReference, _ now: Moment
    ) {
        staged.removeAll(keepingCapacity: true)
        hasOpened = false
        guard !accepted.isEmpty else { return }
        talkers.countAccepted(peer.talker, packets: accepted.count)
        devices.noteAccepted(accepted, in: bytes, from: peer)
        for packet in accepted {
            let header = packet.frame.header
            let routes = rules.destinations(type: header.type, model: header.model)
            staged.append(StagedPacket(packet, for: routes))
        }
        record(bytes, opened, peer, now)
        accepted.removeAll(keepingCapacity: true)
    }

    /// Keeps accepted frames for the operator.
    private mutating func record(
        _ bytes: Span<UInt8>, _ opened: [UInt8], _ peer: PeerReference, _ now: Moment
    ) {
        if now.monotonicNanoseconds &- recordingSince >= Self.recordingNanoseconds {
            recordingSince = now.monotonicNanoseconds
            recorded = 0
        }
        for packet in accepted.prefix(Self.recordsOfOnePeriod - recorded)
        where packet.device != followed?.device {
            recorded += 1
            let id = takeRecordNumber()
            packets.append(packet, of: bytes, opened: opened, id: id, from: peer)
        }
        guard let device = followed?.device else { return }
        for packet in accepted where packet.device == device {
            let id = takeRecordNumber()
            followed?.frames.append(packet, of: bytes, opened: opened, id: id, from: peer)
        }
    }

    /// Spreads the time of a read evenly over its frames.
    ///
    /// - Returns: Monotonic nanoseconds, now.
    mutating func noteDuration(since start: Moment) -> UInt64 {
        let frames = UInt64(staged.count) &+ verdicts
        verdicts = 0
        let now = Moment.monotonicNow
        if frames > 0 {
            decode.record(
                nanoseconds: (now &- start.monotonicNanoseconds) / frames, times: frames)
        }
        return now
    }
}
