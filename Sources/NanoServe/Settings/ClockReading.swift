import NanoCore

extension ClockRules {
    mutating func read(_ reader: inout SettingsReader) {
        mustBeSynchronised = reader.flag("clock.require_synchronised") ?? mustBeSynchronised
        alarmsUnsynchronised = reader.flag("clock.alarm_unsynchronised") ?? alarmsUnsynchronised
        offsetSeconds = reader.number("clock.offset_s", in: 3...3_600) ?? offsetSeconds
        leastDevices = reader.integer("clock.least_devices", in: 3...100_000) ?? leastDevices
        stepSeconds = reader.number("clock.step_s", in: 0.1...3_600) ?? stepSeconds
    }

    /// What is in effect, in a line.
    var summary: String {
        "alarm at steps of \(stepSeconds) s and \(offsetSeconds) s beside \(leastDevices) devices or more"
            + (mustBeSynchronised ? "; has to be synchronised" : "")
    }
}
