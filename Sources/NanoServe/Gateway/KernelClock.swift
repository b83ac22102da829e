import CTimex
import NanoCore

/// What the kernel knows of its clock (adjtimex(2)).
enum KernelClock {
    /// Nil where it does not tell, or this process may not ask, as in some containers.
    static var reading: ClockReading? {
        var isSynchronised: Int32 = 0
        var (estimated, maximum) = (0, 0)
        guard nanogridata_read_clock_state(&isSynchronised, &estimated, &maximum) == 0 else {
            return nil
        }
        return ClockReading(
            isSynchronised: isSynchronised != 0, estimatedErrorSeconds: Double(estimated) / 1e6,
            maximumErrorSeconds: Double(maximum) / 1e6)
    }
}
