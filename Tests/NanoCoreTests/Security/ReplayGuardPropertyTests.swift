import NanoCore
import Testing

/// The guard against a plain set that forgets nothing, over long random histories: millions of
/// steps in all. Repeat a failure with the scenario and the seed that it prints.
@Suite struct ReplayGuardPropertyTests {
    static let steps = 200_000

    @Test(arguments: ReplayHistory.Scenario.allCases, [1, UInt64.random(in: 2 ... .max)])
    func `never accepts twice and refuses only for the reasons given`(
        scenario: ReplayHistory.Scenario, seed: UInt64
    ) {
        print("scenario \(scenario), seed \(seed)")
        var history = ReplayHistory(scenario, seed: seed)
        let outcome = history.run(steps: Self.steps)
        #expect(outcome.fault == nil, "scenario \(scenario), seed \(seed)")
        #expect(outcome.accepted > Self.steps / 50, "scenario \(scenario), seed \(seed)")
        #expect(outcome.refusedReplays > Self.steps / 1_000, "scenario \(scenario), seed \(seed)")
    }
}
