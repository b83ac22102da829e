/// How much a device sends, learned from itself, and whether it sends much more.
///
/// What it sends beyond its usual rate is first set off against what it did not send before: a device
/// that comes back with a backlog does not surge.
struct DeviceRate: Sendable {
    /// Packets a second.
    private(set) var usual: Float = 0
    /// Seconds that were learned from, up to the memory.
    private var learnedSeconds: Float = 0
    /// Packets that it has not sent.
    private var missed: Float = 0
    /// Packets beyond what is usual, of about the last minute.
    private(set) var surplus: Float = 0
    private var surgedSeconds: Float = 0

    /// Seconds that it takes to know what is usual.
    static let leastSeconds: Float = 600
    /// Packets that may always come at once.
    private static let burst: Float = 12
    private static let memorySeconds: Float = 1_800
    private static let windowSeconds: Float = 60
    /// What has not been sent is forgotten in about that time.
    private static let missedSeconds: Float = 3_600
    /// Packets beyond what is usual that are never a surge.
    static let leastSurplus: Float = 60
    /// A surge that lasts so long is what is usual from then on.
    static let longestSurgeSeconds: Float = 3_600

    /// Takes in what came since the last look.
    ///
    /// - Parameter isSilent: Whether it has been silent for unusually long: that says nothing of how much
    ///   it sends.
    mutating func note(packets: UInt64, seconds: Double, factor: Double, isSilent: Bool) {
        let seconds = Float(seconds)
        guard seconds > 0 else { return }
        let packets = Float(packets)
        settle(packets - usual * seconds, seconds)
        guard !isSurging(factor: factor, stands: true) else {
            surgedSeconds += seconds
            if surgedSeconds > Self.longestSurgeSeconds { self = DeviceRate() }
            return
        }
        surgedSeconds = 0
        if isSilent { return }
        learnedSeconds = min(learnedSeconds + seconds, Self.memorySeconds)
        // A backlog says nothing either.
        let most = knows ? 3 * usual * seconds + Self.burst : packets
        usual += (min(packets, most) / seconds - usual) * min(1, seconds / learnedSeconds)
    }

    /// Takes note that nothing could come: what is kept comes later.
    mutating func miss(seconds: Double) {
        settle(-usual * Float(seconds), Float(seconds))
    }

    private mutating func settle(_ excess: Float, _ seconds: Float) {
        missed *= max(0, 1 - seconds / Self.missedSeconds)
        surplus *= max(0, 1 - seconds / Self.windowSeconds)
        if excess < 0 {
            missed = min(missed - excess, usual * Self.missedSeconds)
        } else if knows {
            let caughtUp = min(missed, excess)
            missed -= caughtUp
            surplus += excess - caughtUp
        }
    }

    /// - Parameter stands: Whether it did at the last look: that takes half as much.
    func isSurging(factor: Double, stands: Bool) -> Bool {
        guard knows else { return false }
        let limit = max(Self.leastSurplus, Float(factor - 1) * usual * Self.windowSeconds)
        return surplus >= (stands ? limit / 2 : limit)
    }

    /// Whether it is known what is usual.
    var knows: Bool { learnedSeconds >= Self.leastSeconds }

    /// Packets a second now, by what came beyond the usual within a minute.
    var current: Float { usual + surplus / Self.windowSeconds }
}
