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

    /// Timestamps are whole seconds, and frames take some time.
    public static let toleranceSeconds = 3.0

    /// - Parameters:
    ///   - offsets: Each device's clock less the gateway's, in seconds.
    ///   - leastDevices: Fewer say nothing.
    init?(offsets: [Double], leastDevices: Int) {
        guard !offsets.isEmpty, offsets.count >= leastDevices else { return nil }
        let sorted = offsets.sorted()
        let middle = sorted.count / 2
        let median =
            sorted.count.isMultiple(of: 2)
            ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
        aheadSeconds = median == 0 ? 0 : -median
        agreeing = sorted.count { abs($0 - median) <= Self.toleranceSeconds }
        devices = sorted.count
    }

    /// Whether two thirds of the devices agree, so that a few wrong clocks say nothing.
    public var holds: Bool { agreeing * 3 >= devices * 2 }
}
