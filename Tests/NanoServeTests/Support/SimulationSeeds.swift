import Foundation
import Testing

/// Runs a simulation from many seeds; one that fails says how to repeat it.
///
/// `NANOGRIDATA_SEED=…` runs one seed alone, `NANOGRIDATA_SEEDS=…` so many of them.
enum SimulationSeeds {
    /// - Parameters:
    ///   - count: Seeds of an ordinary run, from 0 on.
    ///   - suite: What to name to repeat one.
    static func run(
        _ count: UInt64, of suite: String, _ simulate: (UInt64) throws -> Void
    ) throws {
        if let seed = number("NANOGRIDATA_SEED") { return try simulate(seed) }
        for seed in 0..<(number("NANOGRIDATA_SEEDS") ?? count) {
            do {
                try simulate(seed)
            } catch {
                Issue.record("\(error); NANOGRIDATA_SEED=\(seed) swift test --filter \(suite)")
            }
        }
    }

    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }
}
