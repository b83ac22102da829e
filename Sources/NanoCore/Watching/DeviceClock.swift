/// A device's clock against the gateway's, in seconds ahead: where it settled, how far it has wandered
/// since, and whether it jumped.
///
/// Timestamps are whole seconds, and frames come late now and then. So the clock is read off the median
/// of five packets, and only while these agree; packets that were held back somewhere do not.
struct DeviceClock: Sendable {
    /// The newest readings, in a ring.
    private var readings = InlineArray<5, Float>(repeating: 0)
    private var count: UInt8 = 0
    /// Where it settled at first, or after it jumped.
    private var anchor: Float = 0
    /// Monotonic nanoseconds at which it settled; 0 while it has not.
    private(set) var anchoredAt: UInt64 = 0
    /// Where it is.
    private(set) var settled: Float = 0
    /// The last jump, until it is over.
    private(set) var jumped: Float = 0
    private var jumpedAt: UInt64 = 0

    /// Five readings agree when they are within so many seconds.
    private static let agreementSeconds: Float = 3
    /// How long a jump is told.
    static let jumpNanoseconds: UInt64 = 600_000_000_000

    /// Takes in how far ahead the clock was at the newest packet.
    mutating func note(ahead seconds: Double, now nanoseconds: UInt64, jump leastJump: Double) {
        if jumped != 0, nanoseconds &- jumpedAt >= Self.jumpNanoseconds { jumped = 0 }
        readings[Int(count % 5)] = Float(seconds)
        count = count == 254 ? 5 : count + 1
        guard let median else { return }
        guard anchoredAt > 0 else { return anchor(at: median, nanoseconds) }
        let change = median - settled
        settled = median
        guard abs(change) >= Float(leastJump) else { return }
        // A clock that was set right is what one wants.
        let isRepaired = abs(median) <= Self.agreementSeconds
        jumped = isRepaired ? 0 : change
        jumpedAt = nanoseconds
        anchor(at: median, nanoseconds)
    }

    /// The gateway's own clock was set: no device's has changed.
    mutating func gatewayStepped(by seconds: Double) {
        for index in readings.indices { readings[index] -= Float(seconds) }
        anchor -= Float(seconds)
        settled -= Float(seconds)
    }

    /// Seconds that it has wandered since it settled.
    var drift: Float { anchoredAt > 0 ? settled - anchor : 0 }

    /// Seconds that it wanders in a day.
    func driftPerDay(now nanoseconds: UInt64) -> Double {
        let seconds = Double(nanoseconds &- anchoredAt) / 1e9
        return anchoredAt > 0 && seconds > 0 ? Double(drift) * 86_400 / seconds : 0
    }

    /// Where the last five readings agree; nil where they do not, or are fewer.
    private var median: Float? {
        guard count >= 5 else { return nil }
        var sorted = readings
        for index in 1..<5 {
            var place = index
            while place > 0, sorted[place - 1] > sorted[place] {
                sorted.swapAt(place - 1, place)
                place -= 1
            }
        }
        return sorted[4] - sorted[0] <= Self.agreementSeconds ? sorted[2] : nil
    }

    private mutating func anchor(at seconds: Float, _ nanoseconds: UInt64) {
        anchor = seconds
        settled = seconds
        anchoredAt = max(1, nanoseconds)
    }
}
