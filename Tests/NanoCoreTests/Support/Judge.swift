import NanoCore

/// One verdict with offsets counted from the start of the connection, for comparison.
enum Ruling: Equatable, CustomStringConvertible {
    case accepted(offset: Int)
    case refused(RefusalReason, offset: Int)

    var description: String {
        switch self {
        case .accepted(let offset): "accepted@\(offset)"
        case .refused(let reason, let offset): "\(reason.name)@\(offset)"
        }
    }

    var reason: RefusalReason? {
        guard case .refused(let reason, _) = self else { return nil }
        return reason
    }
}

/// A gateway's judgement without the gateway: connections of bytes in, rulings out.
struct Judge {
    var intake: Intake
    var now: Moment
    /// Where connections come from.
    var address: UInt64 = 7
    /// The refusals of the last connection.
    private(set) var refusals: [Refusal] = []
    /// The payloads of the last connection's accepted packets that came encrypted, opened.
    private(set) var opened: [[UInt8]] = []
    private var connections: UInt64 = 0

    init(
        secrets: [ModelID: [UInt8]], minimumLevel: SecurityLevel = .standard,
        unixSeconds: Int64 = Judge.unixSeconds
    ) {
        let models = secrets.map { model, secret in
            ModelKeys(
                model: model, name: model.description, minimumLevel: minimumLevel,
                profile: .standard(for: model), keys: [HMACKey(secret: secret)])
        }
        self.init(models, unixSeconds: unixSeconds)
    }

    init(_ models: [ModelKeys], unixSeconds: Int64 = Judge.unixSeconds) {
        intake = Intake(
            configuration: IntakeConfiguration(keys: KeyTable(models)),
            guard: SharedReplayGuard(
                configuration: ReplayGuard.Configuration(), hashKey: (1, 2), shardCount: 1))
        now = Moment(unixMilliseconds: unixSeconds * 1_000, monotonicNanoseconds: 1_000_000_000)
    }

    static let unixSeconds: Int64 = 1_767_225_600

    /// Judges a whole connection, in pieces whose sizes cycle, and closes it.
    ///
    /// - Parameter device: The only one whose frames the connection may carry; nil for any.
    mutating func judge(
        _ stream: [UInt8], pieces: [Int] = [.max], only device: CertifiedDevice? = nil
    ) -> [Ruling] {
        connections += 1
        var reader = ConnectionReader(
            source: PacketSource(connection: connections, address: address), device: device)
        var rulings: [Ruling] = []
        var refusals: [Refusal] = []
        opened = []
        var (settled, end, piece) = (0, 0, 0)
        var isOpen = true
        while isOpen {
            isOpen = end < stream.count
            end += min(pieces[piece % pieces.count], stream.count - end)
            piece += 1
            let buffer = Array(stream[settled..<end])
            let base = settled
            var plain: [Range<Int>] = []
            let outcome = reader.read(
                buffer.span, ending: isOpen ? nil : .closed, intake: &intake, now: now
            ) { verdict, _ in
                switch verdict {
                case .accepted(let packet):
                    rulings.append(.accepted(offset: base + packet.frame.start))
                    if let range = packet.plain { plain.append(range) }
                case .refused(let refusal, let bytes, _):
                    rulings.append(.refused(refusal.reason, offset: base + bytes.lowerBound))
                    refusals.append(refusal)
                case .gapEnded: break
                }
            }
            opened += plain.map { Array(intake.plainPayloads[$0]) }
            settled += outcome.consumed
            if outcome.mustClose { break }
        }
        self.refusals = refusals
        return rulings
    }
}
