/// What the devices' clocks say together about the gateway's.
///
/// A device's clock is compared with the gateway's whenever it sends; if most devices are off by the
/// same time, it is the gateway that is wrong.
public struct ClockConsensus: Codable, Equatable, Sendable {
    /// The gateway's clock less the median of the devices', in seconds: positive when the gateway's is
    /// ahead.
    public var aheadSeconds: Double
    /// Devices whose clocks are within ``toleranceSeconds`` of the median.
    public var agreeing: Int
    /// Devices that have spoken.
    public var devices: Int
    /// What part of the votes agrees, 0…1; nil where the gateway does not tell.
    public var agreeingShare: Double?

    /// Timestamps are whole seconds, and frames take some time.
    public static let toleranceSeconds = 3.0

    /// What one device says, and from where.
    struct Vote {
        /// The device's clock less the gateway's, in seconds.
        var ahead: Double
        /// Nil for an address that cannot be read; these are one.
        var source: IPNetwork?
    }

    /// Votes that the devices of one address share: enough that a single wrong clock elsewhere does not
    /// silence all that are behind it, and not enough for whoever makes names up there.
    private static let mostVotes = 2.0

    /// - Parameter leastDevices: Fewer say nothing.
    init?(_ votes: [Vote], leastDevices: Int) {
        guard !votes.isEmpty, votes.count >= leastDevices else { return nil }
        var counts: [IPNetwork?: Double] = [:]
        for vote in votes { counts[vote.source, default: 0] += 1 }
        let weighed = votes.map { vote in
            let devices = counts[vote.source] ?? 1
            return (ahead: vote.ahead, weight: min(devices, Self.mostVotes) / devices)
        }.sorted { $0.ahead < $1.ahead }
        let all = counts.values.reduce(0) { $0 + min($1, Self.mostVotes) }
        let median = Self.median(weighed, half: all / 2)
        let agreeing = weighed.filter { abs($0.ahead - median) <= Self.toleranceSeconds }
        aheadSeconds = median == 0 ? 0 : -median
        self.agreeing = agreeing.count
        devices = votes.count
        agreeingShare = agreeing.reduce(0) { $0 + $1.weight } / all
    }

    /// What has half of the weight on either side: the middle of two where it is between them.
    private static func median(_ sorted: [(ahead: Double, weight: Double)], half: Double) -> Double
    {
        var weight = 0.0
        for (place, vote) in sorted.enumerated() {
            weight += vote.weight
            if abs(weight - half) <= rounding, place + 1 < sorted.count {
                return (vote.ahead + sorted[place + 1].ahead) / 2
            }
            if weight > half { return vote.ahead }
        }
        return sorted.last?.ahead ?? 0
    }

    /// What sums of weights may be off.
    private static let rounding = 1e-9

    /// Whether two thirds of the votes agree, so that a few wrong clocks say nothing.
    public var holds: Bool {
        (agreeingShare ?? Double(agreeing) / Double(max(1, devices))) * 3 >= 2 - Self.rounding
    }
}

extension IPNetwork {
    /// The source of what came from an address and a port: `10.0.0.7:40123`, `[2001:db8::1]:40123`.
    init?(sourceOfPlace place: String) {
        guard let colon = place.lastIndex(of: ":"),
            let address = IPAddress(
                String(place[..<colon].filter { $0 != "[" && $0 != "]" }))
        else { return nil }
        self.init(sourceOf: address)
    }
}
