/// Who is behind refusals, over about a minute: for what is too little to stand out of all traffic, and
/// much of a single sender.
struct RefusalSources: Sendable {
    private struct Key: Hashable {
        let kind: String
        let address: Substring
    }

    /// What is known of a sender.
    private struct Sender {
        /// Refusals of about the last minute, as far as they were sampled.
        var count = 0.0
        /// Since the newest of them.
        var silentSeconds = 0.0
    }

    private var senders: [Key: Sender] = [:]
    /// The same of all senders, by kind.
    private var totals: [String: Double] = [:]

    /// Senders that are counted, at most; more of them are no single senders.
    static let capacity = 1_024
    static let windowSeconds = 60.0
    /// How long a sender may be silent before it is over, however much of it was refused: longer than
    /// between two refusals of one who sends just enough to be told of.
    static let longestSilenceSeconds = 10.0

    /// Lets time pass, in which the older ones fade.
    mutating func pass(seconds: Double) {
        guard seconds > 0, !totals.isEmpty else { return }
        let share = max(0, 1 - seconds / Self.windowSeconds)
        senders = senders.mapValues { sender in
            Sender(
                count: sender.count * share, silentSeconds: sender.silentSeconds + seconds)
        }.filter { $0.value.count >= 0.5 }
        totals = totals.mapValues { $0 * share }.filter { $0.value >= 0.5 }
    }

    /// Counts a refusal of a kind.
    mutating func note(_ kind: String, _ record: PacketRecord) {
        totals[kind, default: 0] += 1
        let key = Key(kind: kind, address: record.host)
        guard senders[key] != nil || senders.count < Self.capacity else { return }
        senders[key, default: Sender()].count += 1
        senders[key]?.silentSeconds = 0
    }

    /// Refusals of a kind, of all senders.
    func total(_ kind: String) -> Double { totals[kind] ?? 0 }

    /// The sender of most refusals of a kind, of those that have not ceased.
    func worst(_ kind: String) -> (address: String, count: Double)? {
        senders.filter {
            $0.key.kind == kind && $0.value.silentSeconds < Self.longestSilenceSeconds
        }
        .max { ($0.value.count, $1.key.address) < ($1.value.count, $0.key.address) }
        .map { (String($0.key.address), $0.value.count) }
    }
}

extension PacketRecord {
    /// The address without its port.
    package var host: Substring {
        address.prefix(upTo: address.lastIndex(of: ":") ?? address.endIndex)
    }

    /// What was found out about it, without what differs from frame to frame.
    var finding: Substring? {
        guard let diagnosis else { return nil }
        // How long before that was is told of each.
        return diagnosis.hasPrefix("valid under")
            ? diagnosis.prefix { $0 != "," && $0 != ":" } : diagnosis[...]
    }
}
