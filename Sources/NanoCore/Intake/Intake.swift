/// What an intake judges by.
public struct IntakeConfiguration: Sendable {
    public var keys: KeyTable
    public var time: TimePolicy
    public var limits: RateLimits.Configuration

    public init(
        keys: KeyTable, time: TimePolicy = TimePolicy(),
        limits: RateLimits.Configuration = RateLimits.Configuration()
    ) {
        self.keys = keys
        self.time = time
        self.limits = limits
    }
}

/// The one step that decides about a frame (`docs/protocol.md`, "Judgement").
///
/// Each event loop owns one; they share nothing but the replay guard. Judging allocates nothing,
/// on acceptance as on refusal.
public struct Intake: Sendable {
    public private(set) var counters = IntakeCounters()
    private var verifier: FrameVerifier
    private let time: TimePolicy
    private var limits: RateLimits
    private let replayGuard: SharedReplayGuard
    private var unsealed = UnsealedPayloads()
    private var templates: PayloadTemplates
    private var roll = DeviceRoll()

    public init(configuration: IntakeConfiguration, guard replayGuard: SharedReplayGuard) {
        verifier = FrameVerifier(keys: configuration.keys)
        time = configuration.time
        templates = PayloadTemplates(models: configuration.keys.gates.count)
        limits = RateLimits(configuration.limits)
        self.replayGuard = replayGuard
    }

    /// Judges by other keys from the next frame on: after a rotation, or when a grace has ended.
    public mutating func replaceKeys(_ keys: KeyTable) {
        verifier.replaceKeys(keys)
        // Other models may have these places now, or other profiles.
        templates = PayloadTemplates(models: keys.gates.count)
    }

    /// Hears other devices from the next frame on: after somebody has changed the registry.
    public mutating func replaceRoll(_ roll: DeviceRoll) {
        self.roll = roll
    }

    /// The opened payloads of the read under way; ``VerifiedPacket/plain`` says where each lies.
    public var plainPayloads: [UInt8] { unsealed.bytes }

    /// Gives up the opened payloads of the last read.
    ///
    /// - Parameter network: What limits count the sender's address as; nil for itself.
    mutating func beginRead(from network: UInt64?) {
        unsealed.removeAll()
        limits.network = network
    }

    /// Judges one frame: shape is done, what is cheap comes first.
    ///
    /// Replay is decided behind the MAC, in one step that also remembers the frame: whether a frame
    /// is a replay can only be said of a genuine one, and nothing unverified is remembered.
    ///
    /// - Parameter device: The only one whose frames the connection may carry; nil for any.
    /// - Throws: The ``Refusal``, which has been counted.
    public mutating func accept(
        _ frame: FrameBounds, in bytes: Span<UInt8>, from source: PacketSource,
        only device: CertifiedDevice? = nil, at now: Moment
    ) throws(Refusal) -> VerifiedPacket {
        do {
            let packet = try judge(frame, bytes, source, device, now)
            counters.countAccepted(frame.header.model)
            return packet
        } catch {
            refuse(error, frame.header, source, now)
            throw error
        }
    }

    /// Counts a refusal that was found outside of ``accept(_:in:from:at:)``: a fault in framing.
    mutating func refuse(
        _ refusal: Refusal, _ header: FrameHeader?, _ source: PacketSource, _ now: Moment
    ) {
        counters.count(refusal.reason, header?.model)
        if refusal.isRetransmission, let header { counters.countRetransmitted(header.model) }
        // Who waits to be approved does no harm to those behind the same address.
        guard refusal.reason != .rateLimited, !refusal.detail.isOfRegistry else { return }
        limits.charge(source: source, now: now)
    }

    mutating func countBytes(_ count: Int) {
        counters.bytes &+= UInt64(count)
    }

    /// Whether a frame's MAC holds, and what it cost to find out: ``FrameVerifier/probe(_:_:budget:)``.
    func probe(
        _ frame: FrameBounds, _ bytes: Span<UInt8>, budget: Int
    ) -> (holds: Bool, hashedBytes: Int)? {
        verifier.probe(frame, bytes, budget: budget)
    }

    @inline(__always)
    private mutating func judge(
        _ frame: FrameBounds, _ bytes: Span<UInt8>, _ source: PacketSource,
        _ certified: CertifiedDevice?, _ now: Moment
    ) throws(Refusal) -> VerifiedPacket {
        let header = frame.header
        guard let place = verifier.keys.place(of: header.model) else {
            throw Refusal(
                .unknownModel, observed: .unsigned(UInt64(header.model.rawValue)), offset: 3)
        }
        let gate = verifier.keys.gates[place]
        guard header.level >= gate.minimumLevel else {
            throw Refusal(
                .securityTooLow, observed: .unsigned(UInt64(header.level.rawValue)),
                allowed: .unsigned(UInt64(gate.minimumLevel.rawValue)), offset: 5)
        }
        try limits.admits(source: source, now: now)
        try time.check(timestamp: header.timestamp, now: now)
        let template =
            gate.isSealed(header.level) ? nil : templates.find(bytes, frame, model: place)
        let deviceID =
            if let template {
                templates.deviceID(in: frame, at: template)
            } else {
                CBORScan.deviceID(in: bytes, frame.payload)
            }
        let known = identity(of: header.model, deviceID, bytes)
        let entry = ReplayGuard.Entry(
            model: header.model, timestamp: header.timestamp, device: known,
            tag: tag(of: frame, bytes), source: source)
        replayGuard.prefetch(entry)
        let index = try authenticate(frame, bytes, place, deviceID, known)
        let generation = verifier.keys.numbers[gate.firstKey &+ index]
        // What comes on another's connection is not remembered: its own device may send it yet.
        if let certified {
            try certified.check(deviceID, frame, bytes, hash: replayGuard.hash)
        }
        // Before anything is remembered: whoever has a model's secret can make up any number of ids.
        if let detail = roll.objection(to: known) {
            throw unlisted(detail, generation)
        }
        try remember(frame, entry, now)
        let device =
            deviceID == nil
            ? replayGuard.hash.hash(header.model.rawValue, source.address) : known
        // Who sends recordings, or frames that need no secret, has not shown to be a device.
        if header.level != .none { limits.verified(source: source, now: now) }
        try limits.admit(device: device, now: now)
        var plain: Range<Int>?
        if gate.isSealed(header.level) {
            plain = try unsealed.open(
                frame, bytes, verifier.keys.models[place], index, deviceID)
        } else if let template, templates.holds(bytes, frame, at: template) {
            // Nothing is left to judge.
        } else {
            try gate.profile.validate(bytes, payload: frame.payload, type: header.type)
            if template == nil {
                templates.learn(bytes, frame, model: place, profile: gate.profile)
            }
        }
        return VerifiedPacket(
            frame: frame, deviceID: deviceID, device: device, replayEntry: entry,
            receivedAt: now, generation: generation, plain: plain)
    }

    /// The place of the generation under which the MAC holds.
    @inline(__always)
    private mutating func authenticate(
        _ frame: FrameBounds, _ bytes: Span<UInt8>, _ place: Int, _ device: CBORString?,
        _ hash: UInt64
    ) throws(Refusal) -> Int {
        let offset = frame.mac.lowerBound - frame.start
        if frame.header.level == .none {
            try verifier.requireName(device, of: frame, bytes, at: place)
            guard CRC16.holds(frame, bytes) else {
                throw Refusal(
                    .crcMismatch, observed: .unsigned(UInt64(CRC16.sent(frame, bytes))),
                    allowed: .unsigned(UInt64(CRC16.checksum(bytes, frame.authenticated))),
                    offset: offset)
            }
            return 0
        }
        guard
            let generation = try verifier.generation(
                of: frame, bytes, at: place, device: device, hash: hash)
        else {
            throw Refusal(
                .macMismatch, observed: .unsigned(UInt64(frame.header.level.macLength)),
                offset: offset)
        }
        return generation
    }

    private func unlisted(_ detail: RefusalDetail, _ generation: Int) -> Refusal {
        Refusal(
            .profileViolation, detail, observed: .unsigned(UInt64(generation)),
            offset: FrameHeader.length, field: .deviceID)
    }

    /// The device as the guard knows it: a hash that cannot be steered. A recording comes from any
    /// address, so that devices without an id are one device of their model.
    @inline(__always)
    private func identity(
        of model: ModelID, _ deviceID: CBORString?, _ bytes: Span<UInt8>
    ) -> UInt64 {
        guard let deviceID else { return replayGuard.hash.hash(model.rawValue) }
        return replayGuard.hash.hash(model.rawValue, bytes, deviceID)
    }

    @inline(__always)
    private func remember(
        _ frame: FrameBounds, _ entry: ReplayGuard.Entry, _ now: Moment
    ) throws(Refusal) {
        switch replayGuard.insert(entry, now: now) {
        case .fresh: return
        case .replay(let detail):
            throw Refusal(.replay, detail, offset: frame.mac.lowerBound - frame.start)
        case .stale(let detail):
            throw Refusal(
                .replayStale, detail, observed: .unsigned(UInt64(frame.header.timestamp)),
                offset: 8)
        }
    }

    /// Two honest frames of a second may share a CRC, so at level `none` the frame itself counts.
    @inline(__always)
    private func tag(of frame: FrameBounds, _ bytes: Span<UInt8>) -> UInt64 {
        if frame.header.level == .none {
            return replayGuard.hash.hash(bytes, frame.authenticated)
        }
        var tag: UInt64 = 0
        for offset in frame.mac.lowerBound..<frame.mac.lowerBound + 8 {
            tag = tag &<< 8 | UInt64(bytes[offset])
        }
        return tag
    }
}
