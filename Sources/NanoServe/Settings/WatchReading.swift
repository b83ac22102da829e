import NanoCore

extension WatchRules {
    mutating func read(_ reader: inout SettingsReader) {
        watchesSilence = reader.flag("watch.silence.enabled") ?? watchesSilence
        silentIntervals =
            reader.number("watch.silence.intervals", in: 2...1_000) ?? silentIntervals
        watchesSurges = reader.flag("watch.surge.enabled") ?? watchesSurges
        surgeFactor = reader.number("watch.surge.factor", in: 1.5...1_000) ?? surgeFactor
        watchesClocks = reader.flag("watch.clocks.enabled") ?? watchesClocks
        driftSeconds = reader.number("watch.clocks.drift_s", in: 4...3_600) ?? driftSeconds
        jumpSeconds = reader.number("watch.clocks.jump_s", in: 5...86_400) ?? jumpSeconds
        watchesValues = reader.flag("watch.values.enabled") ?? watchesValues
        valueLearningSeconds =
            reader.number("watch.values.learn_s", in: 0...86_400) ?? valueLearningSeconds
        valueSpreads = reader.number("watch.values.spreads", in: 5...1_000) ?? valueSpreads
    }

    /// What is in effect, in a line.
    var summary: String {
        let parts = [
            watchesSilence ? "silence of \(silentIntervals) intervals" : nil,
            watchesSurges ? "surges of \(surgeFactor) times the rate" : nil,
            watchesClocks ? "clocks that drift \(driftSeconds) s or jump \(jumpSeconds) s" : nil,
            watchesValues ? "values \(valueSpreads) spreads off" : nil,
        ].compactMap(\.self)
        return parts.isEmpty ? "nothing of devices" : parts.joined(separator: "; ")
    }
}
