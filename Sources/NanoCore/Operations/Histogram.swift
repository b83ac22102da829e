/// Times in memory of fixed size, exact to 3 %.
///
/// Every power of two is cut into 32 equal buckets, up to 73 minutes; what took longer counts in
/// the last. Recording is a shift and two additions and never allocates; a histogram belongs to one
/// event loop and is merged with the others' when somebody looks.
public struct Histogram: Equatable, Sendable {
    private static let precisionBits = 5
    private static let highestBit = 42
    private static let bucketCount = (highestBit - precisionBits + 1) << precisionBits

    private var buckets = [UInt64](repeating: 0, count: bucketCount)
    /// Times recorded.
    public private(set) var count: UInt64 = 0
    /// Their sum, in nanoseconds.
    public private(set) var sumNanoseconds: UInt64 = 0
    /// The longest of them, in nanoseconds.
    public private(set) var maximumNanoseconds: UInt64 = 0

    public init() {}

    /// Counts one time.
    public mutating func record(nanoseconds: UInt64) {
        record(nanoseconds: nanoseconds, times: 1)
    }

    /// Counts one time for each of several events that took equally long.
    public mutating func record(nanoseconds: UInt64, times: UInt64) {
        buckets[Self.bucket(of: nanoseconds)] &+= times
        count &+= times
        sumNanoseconds &+= nanoseconds &* times
        if times > 0 { maximumNanoseconds = max(maximumNanoseconds, nanoseconds) }
    }

    /// Adds what another histogram has counted.
    public mutating func merge(_ other: Histogram) {
        for index in buckets.indices { buckets[index] &+= other.buckets[index] }
        count &+= other.count
        sumNanoseconds &+= other.sumNanoseconds
        maximumNanoseconds = max(maximumNanoseconds, other.maximumNanoseconds)
    }

    /// The time within which this share of events stayed, in nanoseconds: at most 3 % too long,
    /// never too short. 0 when nothing was recorded.
    ///
    /// - Parameter share: 0…1; 0.99 for the 99th percentile.
    public func quantile(_ share: Double) -> UInt64 {
        precondition((0...1).contains(share))
        guard count > 0 else { return 0 }
        let rank = max(1, UInt64((share * Double(count)).rounded(.up)))
        var seen: UInt64 = 0
        for (index, events) in buckets.enumerated() {
            seen &+= events
            if seen >= rank { return min(Self.upperBound(of: index), maximumNanoseconds) }
        }
        return maximumNanoseconds
    }

    /// The times that ``QuantileSnapshot/buckets`` count up to, in nanoseconds: from 500 ns, about
    /// what judging takes, to the ten seconds of a destination in trouble.
    public static let bucketBoundsNanoseconds: [UInt64] = [
        500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
        2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000,
        500_000_000, 1_000_000_000, 2_500_000_000, 10_000_000_000,
    ]

    /// Median, 99th percentile, maximum, sum and buckets.
    public var summary: QuantileSnapshot {
        var summary = QuantileSnapshot()
        summary.count = count
        summary.sumMicroseconds = Double(sumNanoseconds) / 1_000
        summary.buckets = cumulativeCounts(atMostNanoseconds: Self.bucketBoundsNanoseconds)
        summary.p50Microseconds = Double(quantile(0.5)) / 1_000
        summary.p99Microseconds = Double(quantile(0.99)) / 1_000
        summary.maximumMicroseconds = Double(maximumNanoseconds) / 1_000
        return summary
    }

    /// How many events took at most so long, for each of these times in ascending order, as
    /// Prometheus wants its buckets. A time that lies inside a bucket here leaves that bucket out.
    public func cumulativeCounts(atMostNanoseconds bounds: [UInt64]) -> [UInt64] {
        var index = 0
        var seen: UInt64 = 0
        return bounds.map { bound in
            while index < buckets.count, Self.upperBound(of: index) <= bound {
                seen &+= buckets[index]
                index += 1
            }
            return bound >= maximumNanoseconds ? count : seen
        }
    }

    /// The first 32 buckets are one nanosecond wide, the next 32 too, then two, four and so on.
    private static func bucket(of nanoseconds: UInt64) -> Int {
        let exponent = UInt64.bitWidth - 1 - (nanoseconds | 1).leadingZeroBitCount
        guard exponent >= precisionBits else { return Int(nanoseconds) }
        let shift = exponent - precisionBits
        let index = shift << precisionBits + Int(truncatingIfNeeded: nanoseconds >> UInt64(shift))
        return min(index, bucketCount - 1)
    }

    /// The longest time that a bucket counts.
    private static func upperBound(of index: Int) -> UInt64 {
        if index == bucketCount - 1 { return .max }
        if index < 1 << precisionBits { return UInt64(index) }
        let shift = index >> precisionBits - 1
        let first = UInt64(index - shift << precisionBits)
        return (first + 1) << UInt64(shift) - 1
    }
}
