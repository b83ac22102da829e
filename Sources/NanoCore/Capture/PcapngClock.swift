/// How an interface counts time.
struct PcapngClock {
    /// The option `if_tsresol`: a negative power of ten, or of two with the high bit set.
    var resolution: UInt8 = 6
    /// The option `if_tsoffset`.
    var offsetSeconds: Int64 = 0

    /// Nanoseconds since 1970; the nearest that can be told where a file's time is out of range.
    func unixNanoseconds(_ ticks: UInt64) -> Int64 {
        let exponent = UInt64(resolution & 0x7F)
        let ticksPerSecond: UInt64
        if resolution & 0x80 != 0 {
            guard exponent < 64 else { return nanoseconds(0, 0) }
            ticksPerSecond = 1 << exponent
        } else {
            guard exponent < 20 else { return nanoseconds(0, 0) }
            ticksPerSecond = (0..<exponent).reduce(UInt64(1)) { value, _ in value * 10 }
        }
        let (seconds, rest) = ticks.quotientAndRemainder(dividingBy: ticksPerSecond)
        let fraction = ticksPerSecond.dividingFullWidth(
            rest.multipliedFullWidth(by: 1_000_000_000)
        ).quotient
        return nanoseconds(seconds, fraction)
    }

    private func nanoseconds(_ seconds: UInt64, _ fraction: UInt64) -> Int64 {
        let (total, overflow) = Int64(clamping: seconds).addingReportingOverflow(offsetSeconds)
        let bounded = overflow ? (offsetSeconds < 0 ? Int64.min : .max) : total
        let (whole, tooLarge) = bounded.multipliedReportingOverflow(by: 1_000_000_000)
        guard !tooLarge else { return bounded < 0 ? .min : .max }
        let (sum, carried) = whole.addingReportingOverflow(Int64(fraction))
        return carried ? .max : sum
    }
}
