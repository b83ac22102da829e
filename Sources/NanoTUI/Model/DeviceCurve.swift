import NanoCore

/// What one device has sent in each of the last seconds, made from its totals in one snapshot after
/// another: of the last minutes, as far as they are remembered.
struct DeviceCurve: Sendable {
    private struct Look {
        /// The gateway's uptime, in seconds.
        var at: Double
        var accepted: UInt64
        var refused: UInt64
    }

    /// Seconds that a rate is settled over.
    private static let settledSeconds = 10

    private let device: DeviceName?
    /// Whether snapshots repeat totals that are seconds old.
    private let isRepeated: Bool
    /// Oldest first, at most two a second.
    private var looks: [Look] = []

    /// - Parameters:
    ///   - device: Nil for a curve of nothing.
    ///   - isRepeated: As a recording does: what has not changed is not known to have stood still.
    init(of device: DeviceName? = nil, isRepeated: Bool = false) {
        self.device = device
        self.isRepeated = isRepeated
    }

    /// Whether it is one of a device, and not of nothing.
    var isOfDevice: Bool { device != nil }

    /// Takes note of a snapshot that is later than the last one, or of a gateway that was started anew.
    mutating func note(_ snapshot: Snapshot) {
        let at = snapshot.gateway.uptimeSeconds
        guard let device, at >= 0, at < 1e12,
            let (accepted, refused) = Self.totals(of: device, in: snapshot)
        else { return }
        if let last = looks.last, at < last.at || accepted < last.accepted { looks = [] }
        if isRepeated, let last = looks.last,
            (accepted, refused) == (last.accepted, last.refused)
        {
            return
        }
        // Of several within a second the first and the newest stand.
        if looks.count > 1, Int(looks[looks.count - 2].at) == Int(at) { looks.removeLast() }
        looks.append(Look(at: at, accepted: accepted, refused: refused))
        // Looks are as far apart as ten seconds: the one before the first that counts stays.
        while looks.count > 1, at - looks[1].at > Double(History.seconds) { looks.removeFirst() }
    }

    /// Of a device that is not heard, what the registry has counted; nil for one that nothing is known of.
    private static func totals(
        of device: DeviceName, in snapshot: Snapshot
    ) -> (accepted: UInt64, refused: UInt64)? {
        if let row = snapshot.devices.first(where: { DeviceName($0) == device }) {
            return (row.accepted, row.refused)
        }
        return snapshot.registry.rows.first { $0.name == device }.map { (0, $0.frames) }
    }

    /// Packets in each of the last whole seconds, oldest first, at most ``History/seconds``.
    var accepted: [Double] { perSecond(\.accepted) }

    /// Refusals a second that are laid at its door, settled over some seconds.
    var refusedPerSecond: Double {
        let newest = perSecond(\.refused).suffix(Self.settledSeconds)
        return newest.isEmpty ? 0 : newest.reduce(0, +) / Double(newest.count)
    }

    /// What was added between two looks is spread evenly over the time in between.
    private func perSecond(_ total: (Look) -> UInt64) -> [Double] {
        guard let first = looks.first, let last = looks.last else { return [] }
        let end = Int(last.at)
        let start = max(Int(first.at.rounded(.up)), end - History.seconds)
        guard end > start else { return [] }
        var next = 1
        let sums = (start...end).map { second -> Double in
            while next < looks.count - 1, looks[next].at < Double(second) { next += 1 }
            let (from, to) = (looks[next - 1], looks[next])
            let share = (Double(second) - from.at) / (to.at - from.at)
            let added = total(to) - min(total(from), total(to))
            return Double(total(from)) + share * Double(added)
        }
        return zip(sums, sums.dropFirst()).map { max(0, $1 - $0) }
    }
}
