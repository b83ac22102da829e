import Foundation

/// A measurement that moves as the real ones do: a daily swing, a slow walk, and noise.
struct SensorCurve: Sendable {
    /// The key, or the sensor's type, in the payload.
    let name: String
    /// As in the payload: `C`, `%`.
    let unit: String
    /// The value never leaves this.
    let bounds: ClosedRange<Double>
    private let mean: Double
    private let swing: Double
    private let noise: Double
    private let phase: Double
    private var walk = 0.0

    /// - Parameters:
    ///   - swing: How far the value goes from the mean within a day.
    ///   - noise: How far two readings in a row may be apart.
    init(
        _ name: String, unit: String = "", mean: Double, swing: Double, noise: Double,
        bounds: ClosedRange<Double>, random: inout SplitMix64
    ) {
        self.name = name
        self.unit = unit
        self.bounds = bounds
        self.swing = swing
        self.noise = noise
        self.mean = mean + random.number(in: -0.5...0.5) * swing
        phase = random.number(in: -0.05...0.05)
    }

    /// The reading at a time in Unix seconds.
    mutating func reading(at seconds: Double, random: inout SplitMix64) -> Double {
        walk = walk * 0.995 + random.number(in: -0.5...0.5) * noise
        let day = (seconds / 86_400 + phase) * 2 * Double.pi
        let value = mean + swing * sin(day) + walk + random.number(in: -0.5...0.5) * noise
        return min(max(value, bounds.lowerBound), bounds.upperBound)
    }
}
