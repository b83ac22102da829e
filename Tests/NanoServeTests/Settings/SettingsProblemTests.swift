import Testing

@testable import NanoServe

@Suite struct SettingsProblemTests {
    @Test func `a problem knows the line of the first place that it names`() {
        // A name with what looks like a place in it is none.
        let first = SettingsPlace("a:3: b.yaml:12", line: 12).naming("devices.port")
        let second = SettingsPlace("a:3: b.yaml:4", line: 4)
        let problem: SettingsProblem = "\(first) and \(second): both ports are \(5_678)"
        #expect((problem + "; use two").line == 12)
        #expect(
            (problem + "; use two").sentence
                == "a:3: b.yaml:12: devices.port and a:3: b.yaml:4: both ports are 5678; use two")
    }

    @Test func `what stands outside of the file has no line`() {
        let problem: SettingsProblem = "\(SettingsPlace("option --port")): is no port"
        #expect(problem.line == nil && problem.sentence == "option --port: is no port")
    }
}
