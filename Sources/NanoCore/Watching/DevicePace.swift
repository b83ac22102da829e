/// How often a device is heard, learned from itself, and whether it has fallen silent.
///
/// Time is monotonic, and counts only while the gateway listens. A device says no goodbye: one that is
/// switched off is silent, until it is forgotten.
struct DevicePace: Sendable {
    /// Monotonic nanoseconds at which it was last seen to have been heard.
    private(set) var heardAt: UInt64
    /// Seconds between two times that it is heard: their running mean, how far they are from it, and
    /// the longest of late.
    private(set) var usualSeconds: Float = 0
    private var deviation: Float = 0
    private var longest: Float = 0
    /// Pauses that were learned from.
    private var pauses: UInt16 = 0

    /// Pauses that it takes to know what is usual.
    static let leastPauses = 10
    /// However often a device sends, it may be silent for so long.
    static let leastSeconds = 30.0
    /// A pause of late may be exceeded by so much.
    private static let longestFactor: Float = 1.5
    private static let weight: Float = 0.125
    private static let fading: Float = 0.98

    init(now nanoseconds: UInt64) {
        heardAt = nanoseconds
    }

    /// Takes note that packets have come since the last look.
    ///
    /// A silence is no pause to learn from, or the next would have to be longer to be one.
    mutating func heard(now nanoseconds: UInt64, intervals: Double) {
        let pause = Float(silence(now: nanoseconds))
        let learned = knows ? min(pause, Float(limit(intervals: intervals))) : pause
        if pauses == 0 {
            usualSeconds = learned
        } else {
            let weight = max(Self.weight, 1 / Float(pauses + 1))
            deviation += weight * (abs(learned - usualSeconds) - deviation)
            usualSeconds += weight * (learned - usualSeconds)
        }
        longest = max(learned, longest * Self.fading)
        pauses = min(pauses + 1, UInt16(Self.leastPauses))
        heardAt = nanoseconds
    }

    /// Leaves out time in which nobody could be heard.
    mutating func leaveOut(nanoseconds: UInt64, now: UInt64) {
        heardAt = min(heardAt &+ nanoseconds, now)
    }

    /// Seconds for which it has not been heard.
    func silence(now nanoseconds: UInt64) -> Double {
        nanoseconds > heardAt ? Double(nanoseconds - heardAt) / 1e9 : 0
    }

    /// Seconds of silence that are too many.
    func limit(intervals: Double) -> Double {
        let usual = Double(usualSeconds + 2 * deviation)
        return max(Self.leastSeconds, intervals * usual, Double(Self.longestFactor * longest))
    }

    func isSilent(now nanoseconds: UInt64, intervals: Double) -> Bool {
        knows && silence(now: nanoseconds) > limit(intervals: intervals)
    }

    private var knows: Bool { pauses >= Self.leastPauses }
}
