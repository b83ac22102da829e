import NanoCore
import Testing

/// The guard against a plain set that forgets nothing, over long random histories.
///
/// 40,000 steps each here; `make property` runs millions, in a release build.
@Suite struct ReplayGuardPropertyTests {
    @Test(arguments: ReplayHistory.Scenario.allCases, [1, 2] as [UInt64])
    func `never accepts twice and refuses only for the reasons given`(
        scenario: ReplayHistory.Scenario, seed: UInt64
    ) {
        var history = ReplayHistory(scenario, seed: seed)
        let outcome = history.run(steps: ReplayHistory.stepsPerTest)
        #expect(outcome.fault == nil, "scenario \(scenario), seed \(seed)")
        #expect(outcome.accepted > ReplayHistory.stepsPerTest / 10)
        #expect(outcome.refusedReplays > ReplayHistory.stepsPerTest / 100)
    }
}
