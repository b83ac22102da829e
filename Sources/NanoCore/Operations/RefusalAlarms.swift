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
    /// With the ten seconds that are looked at an alarm is over half a minute after its cause.
    private static let holdNanoseconds: UInt64 = 20_000_000_000

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
        _ snapshot: Snapshot, _ window: RefusalWindow, _ sources: RefusalSources,
        _ standing: Set<String>
    ) -> [AlarmFinding] {
        guard let (first, last) = window.ends else { return [] }
        let seconds = Double(last.at - first.at) / 1e9
        let received = last.ledger.received &- first.ledger.received
        let floor = max(refusalsPerSecond, Double(received) / seconds * shareOfTraffic)
        return kinds.compactMap { kind in
            // What was refused while everything is, has an alarm of its own.
            if window.isLost, kind.reasons == [.replayStale] { return nil }
            let count = kind.count(last.ledger) &- kind.count(first.ledger)
            let rate = Double(count - min(count, excused(kind, first, last))) / seconds
            let id = "refused/\(kind.name)"
            let stands = standing.contains(id)
            var sender = sender(kind, sources, stands: stands)
            let least = stands ? floor * standingShare : floor
            guard rate >= least || sender != nil else { return nil }
            var told = rate
            if rate >= least {
                // Its share of what is told, not of the minute: it may have been worse before.
                sender = sender.flatMap { share(of: $0.address, kind, snapshot, first) }
            } else {
                // A slow sender's refusals may all lie before the seconds that are looked at.
                told = max(rate, sources.total(kind.name) / RefusalSources.windowSeconds)
            }
            return finding(id, kind, told, sender, snapshot, first, last)
        }
    }

    /// A single sender that is behind more refusals than chance makes, however few they are of all.
    ///
    /// - Returns: Its address, and its share of all of the kind.
    private static func sender(
        _ kind: Kind, _ sources: RefusalSources, stands: Bool
    ) -> (address: String, share: Double)? {
        guard kind.isOfSenders, let worst = sources.worst(kind.name),
            worst.count >= (stands ? standingOfSender : refusalsOfSender)
        else { return nil }
        return (worst.address, min(1, worst.count / sources.total(kind.name)))
    }

    /// What an address has of the rejections of a kind since a look; nil where that is nothing.
    private static func share(
        of address: String, _ kind: Kind, _ snapshot: Snapshot, _ first: RefusalWindow.Look
    ) -> (address: String, share: Double)? {
        let all = snapshot.rejections.reversed()
            .prefix { $0.unixMilliseconds >= first.unixMilliseconds }.filter(kind.has)
        let own = all.count { $0.host == address }
        return own > 0 ? (address, Double(own) / Double(all.count)) : nil
    }

    /// Refusals from one look to another that are no alarm of this kind.
    private static func excused(
        _ kind: Kind, _ first: RefusalWindow.Look, _ last: RefusalWindow.Look
    ) -> UInt64 {
        if kind.reasons == [.replay] { return retransmissions(first.ledger, last.ledger) }
        // Devices that the registry turns away have an alarm of their own.
        guard kind.reasons.contains(.profileViolation) else { return 0 }
        return last.turnedAway &- first.turnedAway
    }

    /// Replays that are no alarm: devices send again what they had no answer for. Nobody does so with
    /// more frames than were accepted.
    private static func retransmissions(
        _ first: LedgerSnapshot, _ last: LedgerSnapshot
    ) -> UInt64 {
        min(last.retransmitted &- first.retransmitted, last.accepted &- first.accepted)
    }

    /// One sentence, whether it is about all refusals of a kind or a sender's: one that changed its
    /// words with each look could not be read.
    private static func finding(
        _ id: String, _ kind: Kind, _ rate: Double, _ sender: (address: String, share: Double)?,
        _ snapshot: Snapshot, _ first: RefusalWindow.Look, _ last: RefusalWindow.Look
    ) -> AlarmFinding {
        let models = shares(of: kind, first, last)
        let total = models.reduce(0) { $0 + $1.count }
        let since = first.unixMilliseconds
        let most = most(of: kind, snapshot, since: since) { $0.host }
        let device = self.most(of: kind, snapshot, since: since) { $0.deviceID.map { $0[...] } }
        let address = most ?? sender?.address
        var text = "\(PlainWords.rate(rate)) frames/s refused"
        if !models.isEmpty { text += " of " + words(for: models.map(\.name)) }
        if let most {
            text += ", mostly from \(SafeText.escaped(most))"
        } else if let sender {
            text +=
                ", \(PlainWords.rate(rate * sender.share)) of them from "
                + SafeText.escaped(sender.address)
        }
        // Whose frames they are, or whose name is on them.
        if kind.isOfSenders, let device, !device.isEmpty {
            text += ", mostly as \(SafeText.shortened(device, to: 24))"
        }
        // What most of them are found to be, as the list of rejections has it.
        let diagnosis = self.most(of: kind, snapshot, since: since) { $0.finding }
        if let diagnosis, !diagnosis.isEmpty { text += ", \(SafeText.escaped(diagnosis))" }
        var finding = AlarmFinding(
            id: id, severity: .warning, title: kind.title, text: "\(text); \(kind.action)",
            holdNanoseconds: holdNanoseconds)
        if let most = models.first, Double(most.count) >= dominantShare * Double(total) {
            finding.model = most.id
        }
        finding.reason = kind.reasons.max {
            last.ledger[$0] &- first.ledger[$0] < last.ledger[$1] &- first.ledger[$1]
        }
        finding.address = address
        return finding
    }

    /// Models with refusals of a kind between two looks, most first.
    private static func shares(
        of kind: Kind, _ first: RefusalWindow.Look, _ last: RefusalWindow.Look
    ) -> [(id: ModelID, name: String, count: UInt64)] {
        let before = Dictionary(first.models.map { ($0.id, $0) }) { first, _ in first }
        return last.models.compactMap { model in
            let count = kind.count(model) &- kind.count(before[model.id])
            let name = model.title
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

    /// What most rejections of a kind since a time have in common, if they do.
    private static func most(
        of kind: Kind, _ snapshot: Snapshot, since unixMilliseconds: Int64,
        have part: (PacketRecord) -> Substring?
    ) -> String? {
        var counts: [Substring: Int] = [:]
        for record in snapshot.rejections.reversed() {
            guard record.unixMilliseconds >= unixMilliseconds else { break }
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
