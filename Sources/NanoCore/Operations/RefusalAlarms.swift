/// Alarms for refusals: one for each kind, whatever number of models and devices it comes from.
enum RefusalAlarms {
    /// Reasons that an operator does the same about.
    private struct Kind {
        let name: String
        let title: String
        let reasons: [RefusalReason]
        let action: String
        /// Whether a single sender is an alarm where all refusals together are none.
        var isOfSenders = false

        func has(_ record: PacketRecord) -> Bool {
            record.refusal.map { reasons.contains($0.reason) } ?? false
        }

        /// Refusals of this kind so far, of all models.
        func count(_ ledger: LedgerSnapshot) -> UInt64 {
            reasons.reduce(0) { $0 &+ ledger[$1] }
        }

        /// Refusals of this kind so far, of one model.
        func count(_ model: ModelSnapshot?) -> UInt64 {
            model.map { model in reasons.reduce(0) { $0 &+ model[$1] } } ?? 0
        }
    }

    /// Refusals of a kind a second from which they are an attack or an outage, not an accident;
    /// more where there is more traffic.
    static let refusalsPerSecond = 5.0
    private static let shareOfTraffic = 0.001
    /// What of that keeps an alarm standing.
    private static let standingShare = 0.5
    /// From this share on, a model or an address is where it comes from.
    private static let dominantShare = 0.6
    /// Refusals of a single sender within about a minute from which on they are no accident, and down to
    /// which it stays so.
    static let refusalsOfSender = 30.0
    private static let standingOfSender = 15.0
    private static let holdNanoseconds: UInt64 = 30_000_000_000

    private static let kinds = [
        Kind(
            name: "replay", title: "replay storm", reasons: [.replay],
            action: "look at the rejections for who records and repeats", isOfSenders: true),
        Kind(
            name: "stale", title: "stale frames", reasons: [.replayStale],
            action: "check the devices' clocks, and whether frames come minutes late"),
        Kind(
            name: "mac", title: "MAC failures", reasons: [.macMismatch, .crcMismatch],
            action: "check the devices' secrets, or who is forging", isOfSenders: true),
        Kind(
            name: "clock", title: "wrong clocks",
            reasons: [.timestampDrift, .timestampAncient, .timestampFuture],
            action: "check the devices' and the gateway's time source"),
        Kind(
            name: "framing", title: "garbage",
            reasons: [
                .badMagic, .unsupportedVersion, .reservedNotZero, .payloadTooLarge,
                .unknownPayloadType, .unknownSecurityLevel,
            ],
            action: "find out who speaks something else to this port"),
        Kind(
            name: "truncated", title: "frames cut short", reasons: [.truncated],
            action: "check the network, and who opens connections and abandons them"),
        Kind(
            name: "unknown", title: "unknown models", reasons: [.unknownModel],
            action: "give the model a secret, or find out who sends"),
        Kind(
            name: "level", title: "level too low", reasons: [.securityTooLow],
            action: "raise the devices' security level"),
        Kind(
            name: "limit", title: "limit exceeded", reasons: [.rateLimited],
            action: "find out who sends so much, or raise the limit"),
        Kind(
            name: "payload", title: "bad payloads",
            reasons: [.decryptFailed, .cborMalformed, .cborLimit, .profileViolation],
            action: "check the devices' firmware against the profile"),
    ]

    /// Counts who is behind what was refused since the look before.
    static func count(
        _ snapshot: Snapshot, _ trends: AlarmTrends, in sources: inout RefusalSources
    ) {
        sources.pass(seconds: trends.seconds)
        guard let previous = trends.previous else { return }
        for record in snapshot.rejections.reversed() {
            guard record.unixMilliseconds >= previous.gateway.unixMilliseconds else { break }
            guard let kind = kinds.first(where: { $0.isOfSenders && $0.has(record) }),
                record.refusal?.isRetransmission == false
            else { continue }
            sources.note(kind.name, record)
        }
    }

    static func findings(
        _ snapshot: Snapshot, _ trends: AlarmTrends, _ sources: RefusalSources,
        _ standing: Set<String>
    ) -> [AlarmFinding] {
        guard let previous = trends.previous, trends.seconds > 0 else { return [] }
        let received = snapshot.ledger.received &- previous.ledger.received
        return kinds.compactMap { kind in
            // What was refused while everything is, has an alarm of its own.
            let isLost = [previous, snapshot].contains { $0.gateway.replayLoss != nil }
            if isLost, kind.reasons == [.replayStale] { return nil }
            let count = kind.count(snapshot.ledger) &- kind.count(previous.ledger)
            let excused = excused(kind, snapshot, previous)
            let rate = Double(count - min(count, excused)) / trends.seconds
            let id = "refused/\(kind.name)"
            let usual = Double(received) / trends.seconds * shareOfTraffic
            let floor = max(refusalsPerSecond, usual)
            guard rate >= (standing.contains(id) ? floor * standingShare : floor) else {
                return sender(id, kind, sources, standing)
            }
            return finding(id, kind, rate, snapshot, previous)
        }
    }

    /// A single sender that is behind more refusals than chance makes, however few they are of all.
    private static func sender(
        _ id: String, _ kind: Kind, _ sources: RefusalSources, _ standing: Set<String>
    ) -> AlarmFinding? {
        guard kind.isOfSenders, let worst = sources.worst(kind.name),
            worst.count >= (standing.contains(id) ? standingOfSender : refusalsOfSender)
        else { return nil }
        var finding = AlarmFinding(
            id: id, severity: .warning, title: kind.title,
            text: "\(PlainWords.count(worst.count)) frames refused within a minute, from "
                + "\(SafeText.escaped(worst.address)); \(kind.action)",
            holdNanoseconds: holdNanoseconds)
        finding.reason = kind.reasons.first
        finding.address = worst.address
        return finding
    }

    /// Refusals since the look before that are no alarm of this kind.
    private static func excused(
        _ kind: Kind, _ snapshot: Snapshot, _ previous: Snapshot
    ) -> UInt64 {
        if kind.reasons == [.replay] { return retransmissions(snapshot, previous) }
        // Devices that the registry turns away have an alarm of their own.
        guard kind.reasons.contains(.profileViolation) else { return 0 }
        return snapshot.registry.refused &- previous.registry.refused
    }

    /// Replays since the look before that are no alarm: devices send again what they had no answer
    /// for. Nobody does so with more frames than were accepted.
    private static func retransmissions(_ snapshot: Snapshot, _ previous: Snapshot) -> UInt64 {
        min(
            snapshot.ledger.retransmitted &- previous.ledger.retransmitted,
            snapshot.ledger.accepted &- previous.ledger.accepted)
    }

    private static func finding(
        _ id: String, _ kind: Kind, _ rate: Double, _ snapshot: Snapshot, _ previous: Snapshot
    ) -> AlarmFinding {
        let models = shares(of: kind, snapshot, previous)
        let total = models.reduce(0) { $0 + $1.count }
        let address = most(of: kind, snapshot, since: previous) { $0.host }
        let device = most(of: kind, snapshot, since: previous) { $0.deviceID.map { $0[...] } }
        var text = "\(PlainWords.count(rate)) frames/s refused"
        if !models.isEmpty { text += " of " + words(for: models.map(\.name)) }
        if let address { text += ", mostly from \(SafeText.escaped(address))" }
        // Whose frames they are, or whose name is on them.
        if kind.isOfSenders, let device, !device.isEmpty {
            text += ", mostly as \(SafeText.shortened(device, to: 24))"
        }
        var finding = AlarmFinding(
            id: id, severity: .warning, title: kind.title, text: "\(text); \(kind.action)",
            holdNanoseconds: holdNanoseconds)
        if let first = models.first, Double(first.count) >= dominantShare * Double(total) {
            finding.model = first.id
        }
        finding.reason = kind.reasons.max {
            snapshot.ledger[$0] &- previous.ledger[$0] < snapshot.ledger[$1] &- previous.ledger[$1]
        }
        finding.address = address
        return finding
    }

    /// Models with refusals of a kind since the look before, most first.
    private static func shares(
        of kind: Kind, _ snapshot: Snapshot, _ previous: Snapshot
    ) -> [(id: ModelID, name: String, count: UInt64)] {
        let before = Dictionary((previous.models + previous.unknownModels).map { ($0.id, $0) }) {
            first, _ in first
        }
        return (snapshot.models + snapshot.unknownModels).compactMap { model in
            let count = kind.count(model) &- kind.count(before[model.id])
            let name = model.name.isEmpty ? "\(model.id)" : "\(model.id) \(model.name)"
            return count > 0 ? (model.id, name, count) : nil
        }.sorted { ($1.count, $0.id) < ($0.count, $1.id) }
    }

    private static func words(for names: [String]) -> String {
        switch names.count {
        case 1: names[0]
        case 2: "\(names[0]) and \(names[1])"
        default: "\(names[0]) and \(names.count - 1) other models"
        }
    }

    /// What most rejections of a kind since the look before have in common, if they do.
    private static func most(
        of kind: Kind, _ snapshot: Snapshot, since previous: Snapshot,
        have part: (PacketRecord) -> Substring?
    ) -> String? {
        var counts: [Substring: Int] = [:]
        for record in snapshot.rejections.reversed() {
            guard record.unixMilliseconds >= previous.gateway.unixMilliseconds else { break }
            guard kind.has(record) else { continue }
            counts[part(record) ?? "", default: 0] += 1
        }
        let sum = counts.values.reduce(0, +)
        guard let most = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
            Double(most.value) >= dominantShare * Double(sum)
        else { return nil }
        return String(most.key)
    }
}
