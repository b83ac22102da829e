import NanoCore
import Testing

@testable import NanoServe

/// What is said about watching devices.
@Suite struct WatchSettingsTests {
    @Test func `every way of being unusual is watched unless told otherwise`() throws {
        #expect(try load().watch == WatchRules())
        let rules = WatchRules()
        #expect(rules.watchesSilence && rules.watchesSurges)
        #expect(rules.watchesClocks && rules.watchesValues)
    }

    @Test func `every key reaches the gateway and the summary`() throws {
        let settings = try load(
            """
            watch:
              silence: {enabled: no, intervals: 20}
              surge: {enabled: no, factor: 3}
              clocks: {enabled: no, drift_s: 8, jump_s: 60}
              values: {enabled: no, spreads: 12.5, learn_s: 60}
            """)
        var rules = WatchRules()
        rules.watchesSilence = false
        rules.silentIntervals = 20
        rules.watchesSurges = false
        rules.surgeFactor = 3
        rules.watchesClocks = false
        rules.driftSeconds = 8
        rules.jumpSeconds = 60
        rules.watchesValues = false
        rules.valueSpreads = 12.5
        rules.valueLearningSeconds = 60
        #expect(GatewayConfiguration(settings).watch == rules)
        #expect(settings.summary.contains { $0.hasSuffix(" nothing of devices") })
    }

    @Test func `each mistake is named with its line`() throws {
        let yaml = """
            watch:
              silence:
                intervals: 1
              surge: {factor: often}
              values:
                spread: 9
            """
        #expect(
            try problems(yaml) == [
                "nanogridata.yaml:3: watch.silence.intervals: 1 is not allowed; use a number from 2 "
                    + "to 1000",
                "nanogridata.yaml:4: watch.surge.factor: \"often\" is not allowed; use a number from "
                    + "1.5 to 1000",
                "nanogridata.yaml:6: watch.values.spread is not a known key; did you mean "
                    + "watch.values.spreads? watch.values may have enabled, "
                    + "learn_s, spreads",
            ])
    }
}
