import Foundation
import NanoSim

/// How hard the tests of this folder try, and from which seed.
///
/// `NANOGRIDATA_KILLS=…` sets how often a gateway is killed, and has the other tests try more too, which
/// `make chaos` does. `NANOGRIDATA_SEED=…` repeats the chances of a run, though not what the system's
/// scheduler makes of them.
enum Chaos {
    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }

    /// Whether there is time for everything.
    static var isLong: Bool { number("NANOGRIDATA_KILLS") != nil }

    /// Kills in one test.
    static var kills: Int { number("NANOGRIDATA_KILLS").map { Int(clamping: $0) } ?? 8 }

    /// The seed of a test, which it says, so that it can be repeated.
    static func seed(of test: String) -> UInt64 {
        let seed = number("NANOGRIDATA_SEED") ?? UInt64.random(in: 0..<1_000_000_000)
        print("\(test): NANOGRIDATA_SEED=\(seed)")
        return seed
    }
}
