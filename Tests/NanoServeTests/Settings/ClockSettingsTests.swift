import NanoCore
import Testing

@testable import NanoServe

/// What is said about the gateway's own clock.
@Suite struct ClockSettingsTests {
    @Test func `a gateway is ready with any clock unless told otherwise`() throws {
        #expect(try load().clock == ClockRules())
        #expect(ClockRules().mustBeSynchronised == false)
    }

    @Test func `every key reaches the gateway and the summary`() throws {
        let settings = try load(
            """
            clock:
              require_synchronised: true
              alarm_unsynchronised: false
              offset_s: 12.5
              least_devices: 20
              step_s: 2
            """)
        let rules = GatewayConfiguration(settings).clock
        #expect(rules == settings.clock && rules.mustBeSynchronised && !rules.alarmsUnsynchronised)
        #expect(rules.offsetSeconds == 12.5 && rules.leastDevices == 20 && rules.stepSeconds == 2)
        #expect(
            settings.summary.contains {
                $0.hasPrefix("clock ") && $0.hasSuffix("; has to be synchronised")
            })
    }

    @Test func `each mistake is named with its line`() throws {
        let yaml = """
            clock:
              require_synchronised: maybe
              offset_s: 1
              least_devices: 0
              step: 2
            """
        #expect(
            try problems(yaml) == [
                "nanogridata.yaml:2: clock.require_synchronised: \"maybe\" is not a switch; use true "
                    + "or false",
                "nanogridata.yaml:3: clock.offset_s: 1 is not allowed; use a number from 3 to 3600",
                "nanogridata.yaml:4: clock.least_devices: 0 is not allowed; use 3…100000",
                "nanogridata.yaml:5: clock.step is not a known key; did you mean clock.step_s? "
                    + "clock may have alarm_unsynchronised, least_devices, offset_s, "
                    + "require_synchronised, step_s",
            ])
    }
}
